"""How rows about accounts are asked for: sign-ins, passwords, addresses, identities, keys."""

from __future__ import annotations

from uuid import UUID

from index import identities, one_time_tokens
from index.users import UserRecord
from services import grants, invitations, sign_ins, teams
from services import one_time_tokens as signed_tokens
from services.oauth import transactions
from services.oauth.transactions import Proof
from services.policy import Role
from tests.access.ask import Ask, Asking, fresh, sent
from tests.access.people import GUESTS, MEMBERS, PASSWORD, Credential, register
from tests.access.world import World

KEYS_OF_THEIR_OWN = {"admin-key", "viewers", "removeds", "granted-key"}
"""Keys with scope admin that are bound to nothing: they act for an account as its person does."""


async def refresh_token(world: World, caller: str) -> Ask:
    owner = world.people.owner(caller) or world.people.users["viewer"]
    pair = await sign_ins.login(world.people.context, email=owner.email, password=PASSWORD)
    return Ask({"refresh_token": pair.refresh_token})


async def _sign_in_of(world: World, user: UserRecord) -> Ask:
    context = world.people.context
    pair = await sign_ins.login(context, email=user.email, password=PASSWORD)
    return Ask(path={"session_id": context.access_tokens.verify(pair.access_token, context.clock()).sign_in_id})


async def own_sign_in(world: World, caller: str) -> Ask:
    return await _sign_in_of(world, world.people.owner(caller) or world.people.users["colleague"])


async def sign_in_of_colleague(world: World, caller: str) -> Ask:
    return await _sign_in_of(world, world.people.users["colleague"])


async def own_key(world: World, caller: str) -> Ask:
    owner = world.people.owner(caller) or world.people.users["colleague"]
    key, _ = await world.people.key(owner)
    return Ask(path={"key_id": key.id})


async def bound_key_of_colleague(world: World, caller: str) -> Ask:
    key, _ = await world.people.key(world.people.users["colleague"], team_id=world.team_id)
    return Ask(path={"key_id": key.id})


async def loose_key_of_colleague(world: World, caller: str) -> Ask:
    key, _ = await world.people.key(world.people.users["colleague"])
    return Ask(path={"key_id": key.id})


async def _twin(world: World, caller: str) -> dict[str, str]:
    """The credential of somebody of the caller's standing who will not be missed; where the caller may ask nothing
    about an account, its own."""
    people, context = world.people, world.people.context
    is_key = caller in KEYS_OF_THEIR_OWN
    if not is_key and caller not in people.users:
        return world.credentials[caller].rest
    user = await register(context, fresh("twin"), is_admin=caller == "root")
    founder = people.actor("founder")
    if caller in MEMBERS:
        await teams.add_member(context, founder, world.team_id, role=MEMBERS[caller], user_id=user.id)
    if caller in GUESTS:
        await grants.give(context, founder, world.system_id, role=GUESTS[caller], user_id=user.id)
    if is_key:
        return (await people.key(user))[1].rest
    return Credential((await sign_ins.login(context, email=user.email, password=PASSWORD)).access_token).rest


async def change_password(world: World, caller: str) -> Ask:
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD}-{fresh('more')}"}
    return Ask(body, headers=await _twin(world, caller))


async def erase(world: World, caller: str) -> Ask:
    return Ask({"password": PASSWORD}, headers=await _twin(world, caller))


async def _one_time(world: World, purpose: signed_tokens.Purpose) -> str:
    user, context = await world.people.newcomer(), world.people.context
    async with context.engine.begin() as db:
        locked = await one_time_tokens.lock_account(db, user.id)
        assert locked is not None
        return await signed_tokens.issue(context, db, locked, purpose, mailed=True)


async def reset(world: World, caller: str) -> Ask:
    return Ask({"token": await _one_time(world, signed_tokens.RESET), "new_password": f"{PASSWORD}-{fresh('more')}"})


async def verify(world: World, caller: str) -> Ask:
    return Ask({"token": await _one_time(world, signed_tokens.VERIFICATION)})


def newcomer(world: World) -> dict[str, object]:
    return {"email": f"{fresh('new')}@example.org", "password": PASSWORD, "name": "New"}


async def invited_newcomer(world: World, caller: str) -> Ask:
    body = newcomer(world)
    invited = await invitations.invite(
        world.people.context,
        world.people.actor("founder"),
        world.team_id,
        email=str(body["email"]),
        role=Role.VIEWER,
    )
    return Ask({**body, "invitation": invited.token})


async def complete_oauth(world: World, caller: str) -> Ask:
    return Ask(query=await world.people.back_from_github("b" * 43), headers={"Cookie": f"xds-oauth={'b' * 43}"})


async def complete_elsewhere(world: World, caller: str) -> Ask:
    return Ask(query=await world.people.back_from_github("b" * 43), headers={"Cookie": f"xds-oauth={'e' * 43}"})


async def redeem(world: World, caller: str) -> Ask:
    user = world.people.users["colleague"]
    proof = Proof("sign-in", "github", str(user.id), user.token_version)
    return Ask({"code": await transactions.hand_out(world.people.context, proof)})


async def _link_code(world: World, user_id: UUID) -> Ask:
    proof = Proof("link", "github", str(user_id), subject=fresh("subject"), email=None)
    return Ask({"code": await transactions.hand_out(world.people.context, proof)})


async def link(world: World, caller: str) -> Ask:
    return await _link_code(world, (world.people.owner(caller) or world.people.users["colleague"]).id)


async def link_begun_by_colleague(world: World, caller: str) -> Ask:
    return await _link_code(world, world.people.users["colleague"].id)


async def _identity(world: World, user_id: UUID) -> UUID:
    context = world.people.context
    async with context.engine.begin() as db:
        record = await identities.insert(
            db, user_id=user_id, provider="github", subject=fresh("subject"), email=None, now=context.clock()
        )
    assert record is not None
    return record.id


async def own_identity(world: World, caller: str) -> Ask:
    owner = world.people.owner(caller) or world.people.users["colleague"]
    return Ask(path={"identity_id": await _identity(world, owner.id)})


async def shown_identity(world: World, caller: str) -> Ask:
    asked = await own_identity(world, caller)
    return Ask(shown=UUID(str(asked.path["identity_id"])))


async def identity_of_colleague(world: World, caller: str) -> Ask:
    return Ask(path={"identity_id": await _identity(world, world.people.users["colleague"].id)})


ACCOUNT_ASKS: dict[str, Asking] = {
    "register": sent(newcomer),
    "register (while it is closed)": sent(newcomer),
    "register (while it is closed, invited)": invited_newcomer,
    "login": sent(lambda w: {"email": "viewer@example.org", "password": PASSWORD}),
    "refresh": refresh_token,
    "logout": refresh_token,
    "end_session": own_sign_in,
    "end_session (a colleague's)": sign_in_of_colleague,
    "rename_me": sent(lambda w: {"name": fresh("Name ")}),
    "erase_me": erase,
    "request_email_verification (where none is sent)": lambda w, caller: Ask(answers=(409,)),
    "change_password": change_password,
    "forgot_password": sent(lambda w: {"email": "viewer@example.org"}),
    "reset_password": reset,
    "verify_email": verify,
    "complete_oauth": complete_oauth,
    "complete_oauth (begun in another browser)": complete_elsewhere,
    "redeem_oauth_code": redeem,
    "link_identity": link,
    "link_identity (begun by a colleague)": link_begun_by_colleague,
    "list_identities": shown_identity,
    "unlink_identity": own_identity,
    "unlink_identity (a colleague's)": identity_of_colleague,
    "list_api_keys (of the team)": lambda w, caller: Ask(query={"team_id": w.team_id}, shown=w.key_id),
    "create_api_key": sent(lambda w: {"name": "CI", "scopes": ["read"]}),
    "create_api_key (for the team)": sent(lambda w: {"name": "CI", "scopes": ["read"], "team_id": str(w.team_id)}),
    "create_api_key (for the system)": sent(
        lambda w: {"name": "CI", "scopes": ["read"], "design_system_id": str(w.system_id)}
    ),
    "revoke_api_key (one's own)": own_key,
    "revoke_api_key (a colleague's, bound to the team)": bound_key_of_colleague,
    "revoke_api_key (a colleague's, bound to nothing)": loose_key_of_colleague,
}
"""Row → how it is asked."""
