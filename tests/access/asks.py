"""How each row is asked for: what differs from the entry's own path with the world's ids in it."""

from __future__ import annotations

from tests.access.account_asks import ACCOUNT_ASKS
from tests.access.ask import Ask, Asking, away, fresh, sent
from tests.access.branch_asks import BRANCH_ASKS
from tests.access.history_asks import HISTORY_ASKS
from tests.access.merge_asks import MERGE_ASKS
from tests.access.release_asks import RELEASE_ASKS
from tests.access.team_asks import TEAM_ASKS
from tests.access.world import World

CONSUMING = {
    "delete_team",
    "remove_team_member (oneself)",
    "update_design_system (visibility)",
    "delete_design_system",
}
"""Rows whose success spoils the world for the next caller: they get a bare one of their own."""


def other_visibility(world: World) -> object:
    return {"visibility": "public" if world.visibility == "private" else "private"}


def new_token(world: World) -> dict[str, object]:
    return {"category": "size", "name": fresh("n"), "type": "number", "value": 1}


def batch(world: World) -> object:
    return {"operations": [{"op": "create", "path": f"size.{fresh('b')}", "type": "number", "value": 1}]}


def other_system(world: World, caller: str) -> Ask:
    return Ask(path={"system_id": world.other_id})


CONTENT_ASKS: dict[str, Asking] = {
    "home": lambda w, caller: Ask(answers=(307,)),
    "list_design_systems": lambda w, caller: Ask(shown=w.system_id),
    "list_design_systems (of the team)": lambda w, caller: Ask(query={"team_id": w.team_id}, shown=w.system_id),
    "create_design_system": sent(lambda w: {"team_id": str(w.team_id), "name": fresh("System ")}),
    "create_design_system (public)": sent(
        lambda w: {"team_id": str(w.team_id), "name": fresh("System "), "visibility": "public"}
    ),
    "get_design_system (another of the team)": other_system,
    "update_design_system": sent(lambda w: {"description": fresh("Description ")}),
    "update_design_system (visibility)": sent(other_visibility),
    "create_component": sent(lambda w: {"name": fresh("New")}),
    "update_component": sent(lambda w: {"documentation": fresh("# ")}),
    "delete_component": lambda w, caller: Ask(path={"component_id": w.components.pop()}),
    "get_component (through another system)": away(),
    "delete_component (through another system)": away(),
    "create_token": sent(new_token),
    "create_token (on a protected branch)": sent(lambda w: {**new_token(w), "branch": "kept/one"}),
    "create_token (of a group that an editor owns)": sent(lambda w: {**new_token(w), "category": "owned"}),
    "validate_tokens": sent(lambda w: {"document": {"size": {"$type": "number", "x": {"$value": 1}}}}),
    "batch_tokens": sent(batch),
    "update_token": sent(lambda w: {"description": fresh("Description ")}),
    "delete_token": lambda w, caller: Ask(path={"token_id": w.tokens.pop()}),
    "rename_token": sent(lambda w: {"path": f"size.{fresh('r')}"}),
    "get_token (through another system)": away(),
    "update_token (through another system)": away({"description": "Not ours"}),
}
"""Row → how it is asked."""

ASKS = ACCOUNT_ASKS | TEAM_ASKS | CONTENT_ASKS | BRANCH_ASKS | MERGE_ASKS | HISTORY_ASKS | RELEASE_ASKS
"""Rows that are not here are asked plainly."""
