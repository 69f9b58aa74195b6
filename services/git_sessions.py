"""Git sessions: every clone, fetch and push that this process is serving, ended when its actor may do that no more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from index.systems import SystemRecord
from services.access import system_for
from services.context import Context
from services.errors import UNREACHABLE, Forbidden, NotFound, Unauthenticated
from services.policy import Action, Actor
from services.revocations import Revocation

log = logging.getLogger("xds.git")

ASK_EVERY = 10.0
"""Seconds after which a session asks by itself, for revocations that never arrived (Redis away, a process killed)."""


@dataclass(eq=False, slots=True)
class GitSession:
    """One running request of a git client. ``may_be_cut`` says no while it does what must be done whole: a push that
    was authorised under the lock lands."""

    actor: Actor
    system: SystemRecord
    action: Action
    may_be_cut: Callable[[], bool] = lambda: True
    doubted: asyncio.Event = field(default_factory=asyncio.Event)

    def is_among(self, revocation: Revocation) -> bool:
        """Whether that concerns it."""
        return revocation.concerns(
            Revocation(
                user_id=self.actor.user_id,
                key_id=self.actor.key_id,
                sign_in_id=self.actor.sign_in_id,
                team_id=self.system.team_id,
                system_id=self.system.id,
            )
        )


class GitSessions:
    """Runs the git sessions of one process, and asks about each anew what was asked at its start: at once when it hears
    of a revocation that concerns it, and now and then by itself."""

    def __init__(self, context: Context, *, ask_every: float = ASK_EVERY) -> None:
        self.heard = 0
        """How many revocations were heard of so far. Take it before asking whether a session may begin."""
        self._context = context
        self._ask_every = ask_every
        self._running: set[GitSession] = set()

    def __len__(self) -> int:
        """How many are running."""
        return len(self._running)

    def doubt(self, revocation: Revocation) -> None:
        """Have every session asked about that the revocation concerns; subscribes to ``revocations.Listener``."""
        self.heard += 1
        for session in self._running:
            if session.is_among(revocation):
                session.doubted.set()

    async def run(self, session: GitSession, exchange: Coroutine[Any, Any, None], *, since: int) -> None:
        """Carry the exchange out. Raises Unauthenticated, Forbidden or NotFound once it has cut it off, git's process
        included. ``since`` is what ``heard`` was before the session was allowed: what came later is asked about."""
        if self.heard != since:
            session.doubted.set()
        working = asyncio.create_task(exchange)
        self._running.add(session)
        try:
            while not await self._over(session, working):
                refusal = await self._refusal(session)
                if refusal is not None and session.may_be_cut() and not working.done():
                    log.info("%s of %s was cut off: %s", session.action, session.system.id, refusal)
                    raise refusal
            working.result()
        finally:
            self._running.discard(session)
            # Not cancelled twice: the second one would cut short what the first set going.
            if not working.done():
                working.cancel()
            await asyncio.wait([working])

    async def _over(self, session: GitSession, working: asyncio.Task[None]) -> bool:
        """Whether it has ended; otherwise it is time to ask."""
        doubted = asyncio.create_task(session.doubted.wait())
        try:
            await asyncio.wait([working, doubted], timeout=self._ask_every, return_when=asyncio.FIRST_COMPLETED)
        finally:
            doubted.cancel()
        session.doubted.clear()
        return working.done()

    async def _refusal(self, session: GitSession) -> Unauthenticated | Forbidden | NotFound | None:
        """Why it may not go on. A database that does not answer revokes nothing: it is asked again."""
        try:
            async with self._context.reads.connect() as db:
                await system_for(db, session.actor, session.system.id, session.action)
        except (Unauthenticated, Forbidden, NotFound) as refusal:
            return refusal
        except UNREACHABLE as error:
            log.warning("a git session could not be asked about: %s", error)
        return None
