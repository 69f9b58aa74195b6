"""Signing in, or linking an identity, through a provider: away, back, and the code traded for what was wanted."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from index import identities, users
from index.identities import IdentityRecord
from services import audit, identity_providers, sign_ins
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, ServiceError, Unauthenticated
from services.oauth import exchanges, github, linking, oidc, transactions
from services.oauth.errors import ProviderRefused, SignInExpired, code_of
from services.oauth.notices import tell_linked
from services.oauth.profiles import Profile
from services.oauth.providers import Provider
from services.oauth.returning import check_return, with_answer
from services.oauth.transactions import Proof, Transaction
from services.policy import Action, Actor, require
from services.sign_ins import TokenPair
from services.standing import account_of

_ERRORS = frozenset({"access_denied", "temporarily_unavailable", "server_error", "login_required", "consent_required"})


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """What a provider says when it sends somebody back (RFC 6749 §4.1.2, RFC 9207)."""

    state: str
    browser: str
    code: str | None = None
    error: str | None = None
    iss: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """Where the person goes on to; or, where nobody asked for them back, the sign-in itself, or a code for linking."""

    location: str | None = None
    pair: TokenPair | None = None
    link_code: str | None = None


async def begin(
    context: Context, name: str, *, browser: str, redirect_to: str | None = None, challenge: str | None = None
) -> str:
    """The provider's URL to send the person to. ``browser`` is a secret that only their browser holds; ``challenge``
    lets nobody use the code but who knows its verifier. Raises NotFound, InvalidInput and ProviderUnavailable."""
    if redirect_to is not None:
        check_return(context.oauth, redirect_to)
    elif challenge is not None:
        raise InvalidInput.of("query/code_challenge", "no-redirect", "There is no code without redirect_to.")
    provider = await identity_providers.find(context, name)
    return await _asking_url(context, provider, _begun(name, redirect_to, challenge), browser)


async def begin_linking(context: Context, actor: Actor, name: str, *, redirect_to: str | None = None) -> str:
    """The provider's URL to open, to let an identity there open the actor's account. Not for API keys: who finds one
    must not get in for good."""
    await _person(context, actor)
    if redirect_to is not None:
        check_return(context.oauth, redirect_to)
    provider = await identity_providers.find(context, name)
    return await _asking_url(context, provider, _begun(name, redirect_to, None, actor.user_id), "")


async def complete(context: Context, name: str, arrival: Arrival) -> Outcome:
    """Somebody came back. What fails after the state was recognised is told to the page that wants them back."""
    begun = await transactions.resume(context, arrival.state, arrival.browser)
    try:
        if begun.provider != name:
            raise SignInExpired("This sign-in was begun at another identity provider.")
        profile = await _profile(context, begun, arrival)
        return await _proven(context, begun, profile)
    except ServiceError as error:
        await _note_refusal(context, begun, error)
        if begun.redirect_to is None:
            raise
        return Outcome(with_answer(begun.redirect_to, {"error": code_of(error)}))


async def redeem(context: Context, code: str, verifier: str | None) -> TokenPair:
    """The first tokens of a sign-in, for the code that its page was handed; raises SignInExpired."""
    proof = await transactions.redeem(context, code, "sign-in")
    if proof.challenge is not None:
        given = exchanges.challenge_of(verifier) if verifier and verifier.isascii() else ""
        if not hmac.compare_digest(given.encode(), proof.challenge.encode()):
            raise SignInExpired("This code was handed to somebody else.")
    async with context.engine.begin() as db:
        user = await users.get(db, UUID(proof.user_id))
        if user is None or user.token_version != proof.token_version:
            raise SignInExpired("The account has changed since. Sign in again.")
        return await sign_ins.begin(context, db, user, method=proof.provider)


async def finish_linking(context: Context, actor: Actor, code: str) -> IdentityRecord:
    """Let the identity that the code stands for open the actor's account, where it was this account that began.

    Raises InvalidInput for a code that is over, and Conflict where the identity opens an account already."""
    await _person(context, actor)
    try:
        proof = await transactions.redeem(context, code, "link")
    except SignInExpired as error:  # the actor is signed in well enough
        raise InvalidInput.of("code", "bad-code", "This code is over, was used already, or is none.") from error
    if proof.user_id != str(actor.user_id):
        raise Forbidden("Another account began to link this identity.")
    profile = Profile(proof.provider, str(proof.subject), proof.email)
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        await identities.forget_erased(db, provider=profile.provider, subject=profile.subject)
        record = await linking.link(context, db, profile, user)
        if record is None:
            raise Conflict("This identity opens an account already.")
    await tell_linked(context, user, proof.provider)
    return record


async def _person(context: Context, actor: Actor) -> None:
    require(actor, Action.ACCOUNT_UPDATE)
    if actor.key_id is not None:
        raise Forbidden("An API key cannot change how its owner signs in. Sign in yourself.")
    async with context.reads.connect() as db:
        await account_of(db, actor)


def _begun(name: str, redirect_to: str | None, challenge: str | None, user_id: UUID | None = None) -> Transaction:
    return Transaction(
        provider=name,
        verifier=secrets.token_urlsafe(48),
        nonce=secrets.token_urlsafe(32),
        redirect_to=redirect_to,
        challenge=challenge,
        user_id=None if user_id is None else str(user_id),
    )


async def _asking_url(context: Context, provider: Provider, begun: Transaction, browser: str) -> str:
    callback = context.oauth.callback_url(provider.name)
    state = await transactions.begin(context, begun, browser)
    if provider.kind == "github":
        return github.asking_url(provider, begun, state, callback)
    return await oidc.asking_url(context.issuers, provider, begun, state, callback)


async def _profile(context: Context, begun: Transaction, arrival: Arrival) -> Profile:
    provider = await identity_providers.find(context, begun.provider)
    if provider.kind == "oidc":
        await oidc.check_sender(context.issuers, provider, arrival.iss)
    if arrival.error is not None or not arrival.code:
        code = arrival.error if arrival.error in _ERRORS else "server_error"
        raise ProviderRefused(f"The identity provider did not let you sign in ({code}).", str(code))
    callback = context.oauth.callback_url(provider.name)
    if provider.kind == "github":
        return await github.profile_of(context.fetcher, provider, begun, code=arrival.code, redirect_uri=callback)
    return await oidc.profile_of(
        context.fetcher,
        context.issuers,
        provider,
        begun,
        code=arrival.code,
        redirect_uri=callback,
        now=context.clock(),
    )


async def _proven(context: Context, begun: Transaction, profile: Profile) -> Outcome:
    if begun.user_id is not None:
        proof = Proof("link", begun.provider, begun.user_id, subject=profile.subject, email=profile.email)
        code = await transactions.hand_out(context, proof)
        return Outcome(link_code=code) if begun.redirect_to is None else _with_code(begun.redirect_to, code)
    user = await linking.account_of(context, profile)
    if begun.redirect_to is None:
        async with context.engine.begin() as db:
            return Outcome(pair=await sign_ins.begin(context, db, user, method=begun.provider))
    proof = Proof("sign-in", begun.provider, str(user.id), user.token_version, begun.challenge)
    return _with_code(begun.redirect_to, await transactions.hand_out(context, proof))


def _with_code(redirect_to: str, code: str) -> Outcome:
    return Outcome(with_answer(redirect_to, {"code": code}))


async def _note_refusal(context: Context, begun: Transaction, error: ServiceError) -> None:
    """For the audit log, where it is about access: not when a provider is away or a person changed their mind."""
    if not isinstance(error, Unauthenticated | Forbidden | Conflict) or isinstance(error, ProviderRefused):
        return
    actor = Actor(user_id=UUID(begun.user_id)) if begun.user_id else None
    act = Act.IDENTITY_LINKED if begun.user_id else Act.SIGN_IN
    async with context.engine.begin() as db:
        await audit.record(
            db, context.clock(), actor, act, outcome="refused", method=begun.provider, reason=code_of(error)
        )
