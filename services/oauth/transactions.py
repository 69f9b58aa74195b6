"""What is remembered between two steps of a sign-in: sealed, for minutes, and found once only."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from services.context import Context
from services.oauth.errors import SignInExpired
from services.vault import SealBroken

TRANSACTION_SECONDS = 600
CODE_SECONDS = 60

_TRANSACTION = "oauth-transaction"
_CODE = "oauth-code"
_LINKING = "link."

Purpose = Literal["sign-in", "link"]


@dataclass(frozen=True, slots=True, repr=False)
class Transaction:
    """A person who is away at a provider. ``user_id`` is the account that an identity is to be linked to;
    ``challenge`` is that of the user interface, by which it alone can use the code that it is handed (RFC 7636)."""

    provider: str
    verifier: str
    nonce: str
    redirect_to: str | None = None
    challenge: str | None = None
    user_id: str | None = None

    @property
    def purpose(self) -> Purpose:
        return "sign-in" if self.user_id is None else "link"


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """A person who is back, proven: as account ``user_id`` to sign in, or as owner of an identity to be linked."""

    purpose: Purpose
    provider: str
    user_id: str
    token_version: int | None = None
    challenge: str | None = None
    subject: str | None = None
    email: str | None = None


async def begin(context: Context, begun: Transaction, browser: str) -> str:
    """Remember it and return its state, which is of use only together with what the ``browser`` keeps. Linking needs
    no browser: it ends with the account itself saying so."""
    state = secrets.token_urlsafe(32)
    if begun.purpose == "link":
        state, browser = _LINKING + state, ""
    await _keep(context, _TRANSACTION, f"{state}\n{browser}", asdict(begun), TRANSACTION_SECONDS)
    return state


async def resume(context: Context, state: str, browser: str) -> Transaction:
    """The transaction of a state, once; raises SignInExpired for unknown ones and those of other browsers."""
    browser = "" if state.startswith(_LINKING) else browser
    return Transaction(**await _take(context, _TRANSACTION, f"{state}\n{browser}", TRANSACTION_SECONDS))


async def hand_out(context: Context, proof: Proof) -> str:
    """A code for the proof, good for a minute and once."""
    code = secrets.token_urlsafe(32)
    await _keep(context, _CODE, code, asdict(proof), CODE_SECONDS)
    return code


async def redeem(context: Context, code: str, purpose: Purpose) -> Proof:
    """The proof that a code stands for; raises SignInExpired, also for a code of another purpose, which is used up."""
    proof = Proof(**await _take(context, _CODE, code, CODE_SECONDS))
    if proof.purpose != purpose:
        raise SignInExpired("This code is for something else.")
    return proof


async def _keep(context: Context, purpose: str, name: str, document: dict[str, Any], seconds: int) -> None:
    await context.redis.set(_key(purpose, name), context.vault.seal(purpose, json.dumps(document)), ex=seconds)


async def _take(context: Context, purpose: str, name: str, seconds: int) -> dict[str, Any]:
    sealed = await context.redis.getdel(_key(purpose, name))
    try:
        if sealed is not None:
            opened = context.vault.open(
                purpose, sealed.decode() if isinstance(sealed, bytes) else sealed, seconds=seconds
            )
            found: dict[str, Any] = json.loads(opened)
            return found
    except (SealBroken, ValueError):
        pass
    raise SignInExpired("This sign-in is over, was used already, or was begun in another browser. Start again.")


def _key(purpose: str, name: str) -> str:
    """Hashed, so that whoever reads Redis holds nothing that could be sent to us."""
    return f"xds:{purpose}:{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"
