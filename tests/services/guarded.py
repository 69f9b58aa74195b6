"""A design system with several people in its team, and short ways to try what its rules let them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gitstore.refs import RefUpdate
from gitstore.wire.pushes import PushRequest, Verdict
from services import protections, teams
from services.context import Context
from services.errors import Forbidden
from services.policy import Actor, Role
from services.protection import Protection
from services.pushes import Push
from tests.services.conftest import person
from tests.services.contents import World, make_world

MAIN = "refs/heads/main"


@dataclass
class Guarded:
    """Ada is the team's admin, bea and carl are editors."""

    world: World
    ada: Actor
    bea: Actor
    carl: Actor

    @property
    def context(self) -> Context:
        return self.world.context

    async def protect(self, pattern: str, **rule: Any) -> Protection:
        wanted = Protection(pattern=pattern, **rule)
        return await protections.set_protection(self.context, self.ada, self.world.id, wanted)

    async def put(self, actor: Actor, files: dict[str, bytes | None], *, branch: str | None = None) -> None:
        """Write files through the one way in, as a REST change does."""
        await self.world.put(files, actor=actor, branch=branch)

    async def refused(self, actor: Actor, files: dict[str, bytes | None], *, branch: str | None = None) -> list[str]:
        """What a change is refused with, by REST and by push alike: ``path subject``; nothing moves."""
        refs = await self.world.indexed_refs()
        try:
            await self.put(actor, files, branch=branch)
        except Forbidden as error:
            told = [f"{problem.path} {problem.subject}".strip() for problem in error.problems]
            lines = [str(problem) for problem in error.problems]
        else:
            raise AssertionError("the change was accepted")
        assert refs == await self.world.indexed_refs()
        name = f"refs/heads/{branch or 'main'}"
        old = self.world.git.ref(name)
        update = RefUpdate(name, old, self.world.git.commit(files, [old] if old else []))
        verdict = await self.judged(actor, update)
        assert not verdict.accepted and [line.strip() for line in verdict.lines[1:]] == lines
        return told

    async def judged(self, actor: Actor, *updates: RefUpdate) -> Verdict:
        """What a push would be told; it does not land."""
        push = Push(self.context, actor, self.world.id)
        try:
            return await push.pre_receive(PushRequest(list(updates)))
        finally:
            await push.closed()

    async def pushed(self, actor: Actor, *updates: RefUpdate) -> None:
        """A push that must land."""
        push = Push(self.context, actor, self.world.id)
        try:
            verdict = await push.pre_receive(PushRequest(list(updates)))
            assert verdict.accepted, verdict.lines
            results = await push.proc_receive(list(updates), [], False)
            assert all(result.ok for result in results), results
        finally:
            await push.closed()

    async def verify_email(self, actor: Actor) -> None:
        async with self.context.engine.begin() as db:
            await db.execute(text("UPDATE users SET email_verified_at = now() WHERE id = :id"), {"id": actor.user_id})

    async def audited(self) -> list[tuple[str, UUID | None, dict[str, Any]]]:
        query = text(
            "SELECT action, user_id, details FROM audit_log WHERE design_system_id = :id "
            "AND action LIKE 'protection.%' ORDER BY position"
        )
        async with self.context.engine.connect() as db:
            return [tuple(row) for row in await db.execute(query, {"id": self.world.id})]


async def make_guarded(context: Context) -> Guarded:
    world = await make_world(context)
    bea, carl = await person(context, "bea"), await person(context, "carl")
    for each in (bea, carl):
        await teams.add_member(context, world.ada, world.team_id, role=Role.EDITOR, user_id=each.user_id)
    return Guarded(world, world.ada, bea, carl)
