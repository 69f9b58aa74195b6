"""Housekeeping: forgets what has run out, for the nightly job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from index import audit as audit_log
from index import erasure
from services import sign_ins
from services.context import Context

GRACE = timedelta(days=7)
"""How long tokens and invitations that ran out stay, so that whoever comes late can be told why it is of no use."""

RECENTLY = timedelta(days=3)
AT_ONCE = 5000


async def forget(context: Context) -> dict[str, int]:
    """Delete what nobody needs any more; how much of each. Whatever is left where it breaks off goes the next time."""
    now = context.clock()
    kept = timedelta(days=context.limits.audit_days)
    return {
        "refresh_tokens": await sign_ins.forget_dead(context),
        "one_time_tokens": await _run(context, lambda db: erasure.forget_one_time_tokens(db, now - GRACE)),
        "invitations": await _run(context, lambda db: erasure.forget_invitations(db, now - GRACE)),
        "audit_rows": await _forget_audit(context, kept),
        "accounts_swept": await _sweep_erased(context),
    }


async def _run(context: Context, step: Callable[[AsyncConnection], Awaitable[int]]) -> int:
    async with context.engine.begin() as db:
        return await step(db)


async def _forget_audit(context: Context, kept: timedelta) -> int:
    """In small transactions: the first run after the setting was lowered may find years of them."""
    before, gone = context.clock() - kept, 0
    while True:
        found = await _run(context, lambda db: audit_log.forget_before(db, before, AT_ONCE))
        gone += found
        if found < AT_ONCE:
            return gone


async def _sweep_erased(context: Context) -> int:
    """What a request that was already under way may have written for an account while it was erased."""
    async with context.engine.begin() as db:
        erased = await erasure.erased_since(db, context.clock() - RECENTLY)
        for user_id in erased:
            await erasure.remove_belongings(db, user_id)
    return len(erased)
