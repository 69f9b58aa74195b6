"""How rows about branches and proposals are asked for."""

from __future__ import annotations

from services import branches, changes, proposals
from services.changes import Change
from services.drafts import Draft
from services.proposals import NewProposal, ProposalRecord
from tests.access.ask import Ask, Asking, fresh, sent
from tests.access.world import World


async def made_branch(world: World) -> str:
    """A branch that nobody protects."""
    founder = world.people.actor("founder")
    made = await branches.create_branch(world.people.context, founder, world.system_id, fresh("side"), "main")
    return made.name


async def fresh_branch(world: World, caller: str) -> Ask:
    return Ask(path={"name": await made_branch(world)})


async def renamed_branch(world: World, caller: str) -> Ask:
    return Ask({"name": fresh("renamed")}, path={"name": await made_branch(world)})


async def made_proposal(world: World) -> ProposalRecord:
    """An open one of the founder's, from a branch of its own that only adds to main."""
    context, founder, name = world.people.context, world.people.actor("founder"), await made_branch(world)

    def edit(draft: Draft) -> None:
        draft.put(f"notes/{name}.md", b"# A note")

    await changes.apply(context, founder, Change(system_id=world.system_id, edit=edit, message="Note", branch=name))
    wanted = NewProposal(title="A note", source=name, target="main")
    return (await proposals.open_proposal(context, founder, world.system_id, wanted)).proposal


def about(body: object = None) -> Asking:
    """A row about a proposal of its own."""

    async def ask(world: World, caller: str) -> Ask:
        return Ask(body, path={"number": (await made_proposal(world)).number})

    return ask


async def proposed(world: World, caller: str) -> Ask:
    return Ask({"title": "A note", "source": await made_branch(world)})


async def reviewed(world: World, caller: str) -> Ask:
    """By somebody else than its author, who is the founder."""
    made = await made_proposal(world)
    return Ask({"verdict": "approve", "commit": made.source_commit}, path={"number": made.number})


async def into_protected(world: World, caller: str) -> Ask:
    context, founder, made = world.people.context, world.people.actor("founder"), await made_proposal(world)
    wanted = NewProposal(title="A note", source=made.source, target="kept/one")
    return Ask(
        {}, path={"number": (await proposals.open_proposal(context, founder, world.system_id, wanted)).proposal.number}
    )


async def away_from_here(world: World, caller: str) -> Ask:
    """By way of another team's system, which has no proposal of that number."""
    made = await made_proposal(world)
    return Ask(path={"number": made.number, "system_id": world.away.system_id})


BRANCH_ASKS: dict[str, Asking] = {
    "create_branch": sent(lambda w: {"name": fresh("new")}),
    "create_branch (of a protected name)": sent(lambda w: {"name": fresh("kept/new")}),
    "rename_branch": renamed_branch,
    "delete_branch": fresh_branch,
    "create_proposal": proposed,
    "get_proposal": about(),
    "get_proposal (through another system)": away_from_here,
    "update_proposal": about({"title": "Another"}),
    "list_proposal_reviews": about(),
    "review_proposal": reviewed,
    "close_proposal": about(),
    "reopen_proposal": about(),
    "merge_proposal": about({}),
    "merge_proposal (into a protected branch)": into_protected,
}
"""Row → how it is asked."""
