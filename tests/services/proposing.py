"""People who propose, review and merge, on a system whose default branch can ask for approvals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitstore.refs import RefUpdate
from services import branches, proposal_merges, proposal_reports, proposals
from services.context import Context
from services.policy import Actor
from services.proposal_merges import MergedProposal
from services.proposal_reports import Report
from services.proposals import NewProposal, ProposalRecord, ReviewView
from services.protection import Protection
from services.protections import set_protection
from services.reviews import Verdict
from tests.services.contents import TOKENS, World, tokens_file
from tests.services.guarded import Guarded, make_guarded

MAIN = "refs/heads/main"


@dataclass
class Proposing:
    """Ada is the admin, bea and carl are editors; ``side`` is a branch of bea's with a change that main has not."""

    world: World
    guarded: Guarded
    ada: Actor
    bea: Actor
    carl: Actor

    @property
    def context(self) -> Context:
        return self.world.context

    def tip(self, branch: str) -> str:
        return self.world.git.ref(f"refs/heads/{branch}") or ""

    async def branch(self, name: str, actor: Actor | None = None, **tokens: Any) -> str:
        """A branch from main with one commit; the commit."""
        who = actor or self.bea
        await branches.create_branch(self.context, who, self.world.id, name, None)
        return await self.commit(name, who, **tokens)

    async def commit(self, branch: str, actor: Actor | None = None, **tokens: Any) -> str:
        done = await self.world.put({TOKENS: tokens_file(**tokens)}, branch=branch, actor=actor or self.bea)
        assert done.commit is not None
        return done.commit

    async def open(self, source: str = "side", actor: Actor | None = None, **more: Any) -> ProposalRecord:
        wanted = NewProposal(title=more.pop("title", "Redder"), source=source, **more)
        return (await proposals.open_proposal(self.context, actor or self.bea, self.world.id, wanted)).proposal

    async def review(
        self, actor: Actor, verdict: Verdict = "approve", commit: str | None = None, number: int = 1, body: str = "Fine"
    ) -> ReviewView:
        return await proposals.review_proposal(
            self.context,
            actor,
            self.world.id,
            number,
            verdict=verdict,
            commit=commit or (await self.row(number)).source_commit,
            body=body,
        )

    async def merge(self, actor: Actor | None = None, number: int = 1, **more: Any) -> MergedProposal:
        return await proposal_merges.merge_proposal(self.context, actor or self.ada, self.world.id, number, **more)

    async def report(self, number: int = 1) -> Report:
        return await proposal_reports.report(self.context, self.ada, self.world.id, number)

    async def row(self, number: int = 1) -> ProposalRecord:
        async with self.context.engine.connect() as db:
            return await proposals.found_one(db, self.world.id, number)

    async def protect(self, approvals: int = 1, pattern: str = "main") -> None:
        rule = Protection(pattern=pattern, role="editor", required_approvals=approvals)
        await set_protection(self.context, self.ada, self.world.id, rule)

    async def push(self, *updates: RefUpdate, actor: Actor | None = None) -> None:
        await self.guarded.pushed(actor or self.bea, *updates)

    async def told(self) -> list[str]:
        return [action for _, action, _ in await self.world.events() if action.startswith("proposal.")]


async def make_proposing(context: Context) -> Proposing:
    guarded = await make_guarded(context)
    world = guarded.world
    await world.put({TOKENS: tokens_file(x=1, y=1, z=1)})
    made = Proposing(world, guarded, guarded.ada, guarded.bea, guarded.carl)
    await made.branch("side", x=2, y=1, z=1)
    return made
