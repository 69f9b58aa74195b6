"""How rows about branches are asked for."""

from __future__ import annotations

from services import branches
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


BRANCH_ASKS: dict[str, Asking] = {
    "create_branch": sent(lambda w: {"name": fresh("new")}),
    "create_branch (of a protected name)": sent(lambda w: {"name": fresh("kept/new")}),
    "rename_branch": renamed_branch,
    "delete_branch": fresh_branch,
}
"""Row → how it is asked."""
