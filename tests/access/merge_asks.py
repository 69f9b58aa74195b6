"""How rows about merges are asked for."""

from __future__ import annotations

from services import design_tokens
from services.design_tokens import Where
from tests.access.ask import Ask, Asking, fresh
from tests.access.branch_asks import made_branch
from tests.access.world import World


async def ahead(world: World, path: str) -> str:
    """A branch with a token that the default branch has not."""
    name = await made_branch(world)
    context, founder = world.people.context, world.people.actor("founder")
    fields = {"value": 1, "type": "number"}
    where = Where(branch=name)
    await design_tokens.create_token(context, founder, world.system_id, path, fields, file=None, where=where)
    return name


async def into_main(world: World, caller: str) -> Ask:
    return Ask({"into": "main"}, path={"name": await ahead(world, f"size.{fresh('m')}")})


async def into_protected(world: World, caller: str) -> Ask:
    return Ask({"into": "kept/one"}, path={"name": await ahead(world, f"size.{fresh('m')}")})


async def owned(world: World, caller: str) -> Ask:
    return Ask({"into": "main"}, path={"name": await ahead(world, f"owned.{fresh('m')}")})


async def trial(world: World, caller: str) -> Ask:
    return Ask({"into": "main", "dry_run": True}, path={"name": "kept/one"})


MERGE_ASKS: dict[str, Asking] = {
    "merge_branch": into_main,
    "merge_branch (into a protected branch)": into_protected,
    "merge_branch (of tokens that an editor owns)": owned,
    "merge_branch (on trial)": trial,
}
"""Row → how it is asked."""
