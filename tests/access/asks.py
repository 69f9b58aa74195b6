"""How each row is asked for: what differs from the entry's own path with the world's ids in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from services import sign_ins, teams
from services.policy import Role
from tests.access.people import PASSWORD
from tests.access.world import World

NUMBERS = count(1)


@dataclass
class Ask:
    """One request. ``shown`` is the id that a list holds where the cell is ``ok``, and lacks where it is ``none``."""

    body: object = None
    query: dict[str, Any] = field(default_factory=dict)
    path: dict[str, object] = field(default_factory=dict)
    shown: UUID | None = None
    etag: str = ""
    redirects: bool = False


Asking = Callable[[World, str], Ask | Awaitable[Ask]]

CONSUMING = {
    "delete_team",
    "remove_team_member (oneself)",
    "update_design_system (visibility)",
    "delete_design_system",
}
"""Rows whose success spoils the world for the next caller: they get a bare one of their own."""


def path_ids(world: World) -> dict[str, object]:
    """The ids that stand in URLs, where a row says nothing else."""
    return {
        "team_id": world.team_id,
        "system_id": world.system_id,
        "key_id": world.key_id,
        "user_id": world.people.users["colleague"].id,
        "token_id": world.tokens[0] if world.tokens else uuid4(),
        "component_id": world.components[0] if world.components else uuid4(),
    }


def fresh(prefix: str) -> str:
    """A name that nothing has yet."""
    return f"{prefix}{next(NUMBERS)}"


def plainly(world: World, caller: str) -> Ask:
    """The entry's path with the world's ids in it, and nothing else."""
    return Ask()


def sent(body: Callable[[World], object]) -> Asking:
    """A row that needs a body and nothing else."""
    return lambda world, caller: Ask(body(world))


def away(body: object = None) -> Asking:
    """By way of another team and its system, with the ids of what belongs to this one."""
    return lambda world, caller: Ask(body, path={"team_id": world.away.team_id, "system_id": world.away.system_id})


async def refresh_token(world: World, caller: str) -> Ask:
    email = (world.people.owner(caller) or world.people.users["viewer"]).email
    pair = await sign_ins.login(world.people.context, email=email, password=PASSWORD)
    return Ask({"refresh_token": pair.refresh_token})


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


async def add_newcomer(world: World, caller: str) -> Ask:
    return Ask({"user_id": str((await world.people.newcomer()).id), "role": "viewer"})


async def remove_newcomer(world: World, caller: str) -> Ask:
    user, founder = await world.people.newcomer(), world.people.actor("founder")
    await teams.add_member(world.people.context, founder, world.team_id, role=Role.VIEWER, user_id=user.id)
    return Ask(path={"user_id": user.id})


def remove_oneself(world: World, caller: str) -> Ask:
    owner = world.people.owner(caller)
    return Ask(path={"user_id": owner.id if owner else uuid4()})


def other_visibility(world: World) -> object:
    return {"visibility": "public" if world.visibility == "private" else "private"}


def new_token(world: World) -> dict[str, object]:
    return {"category": "size", "name": fresh("n"), "type": "number", "value": 1}


def newcomer(world: World) -> object:
    return {"email": f"{fresh('new')}@example.org", "password": PASSWORD, "name": "New"}


def batch(world: World) -> object:
    return {"operations": [{"op": "create", "path": f"size.{fresh('b')}", "type": "number", "value": 1}]}


ASKS: dict[str, Asking] = {
    "home": lambda w, caller: Ask(redirects=True),
    "register": sent(newcomer),
    "register (while it is closed)": sent(newcomer),
    "login": sent(lambda w: {"email": "viewer@example.org", "password": PASSWORD}),
    "refresh": refresh_token,
    "logout": refresh_token,
    "rename_me": sent(lambda w: {"name": fresh("Name ")}),
    "list_api_keys (of the team)": lambda w, caller: Ask(query={"team_id": w.team_id}, shown=w.key_id),
    "create_api_key": sent(lambda w: {"name": "CI", "scopes": ["read"]}),
    "create_api_key (for the team)": sent(lambda w: {"name": "CI", "scopes": ["read"], "team_id": str(w.team_id)}),
    "create_api_key (for the system)": sent(
        lambda w: {"name": "CI", "scopes": ["read"], "design_system_id": str(w.system_id)}
    ),
    "revoke_api_key (one's own)": own_key,
    "revoke_api_key (a colleague's, bound to the team)": bound_key_of_colleague,
    "revoke_api_key (a colleague's, bound to nothing)": loose_key_of_colleague,
    "list_teams": lambda w, caller: Ask(shown=w.team_id),
    "create_team": sent(lambda w: {"name": fresh("Team ")}),
    "update_team": sent(lambda w: {"name": fresh("Nightjar ")}),
    "add_team_member": add_newcomer,
    "change_team_member_role": sent(lambda w: {"role": "editor"}),
    "change_team_member_role (through another team)": away({"role": "viewer"}),
    "remove_team_member": remove_newcomer,
    "remove_team_member (oneself)": remove_oneself,
    "remove_team_member (through another team)": away(),
    "list_design_systems": lambda w, caller: Ask(shown=w.system_id),
    "list_design_systems (of the team)": lambda w, caller: Ask(query={"team_id": w.team_id}, shown=w.system_id),
    "create_design_system": sent(lambda w: {"team_id": str(w.team_id), "name": fresh("System ")}),
    "create_design_system (public)": sent(
        lambda w: {"team_id": str(w.team_id), "name": fresh("System "), "visibility": "public"}
    ),
    "update_design_system": sent(lambda w: {"description": fresh("Description ")}),
    "update_design_system (visibility)": sent(other_visibility),
    "create_component": sent(lambda w: {"name": fresh("New")}),
    "update_component": sent(lambda w: {"documentation": fresh("# ")}),
    "delete_component": lambda w, caller: Ask(path={"component_id": w.components.pop()}),
    "get_component (through another system)": away(),
    "delete_component (through another system)": away(),
    "create_token": sent(new_token),
    "validate_tokens": sent(lambda w: {"document": {"size": {"$type": "number", "x": {"$value": 1}}}}),
    "batch_tokens": sent(batch),
    "update_token": sent(lambda w: {"description": fresh("Description ")}),
    "delete_token": lambda w, caller: Ask(path={"token_id": w.tokens.pop()}),
    "rename_token": sent(lambda w: {"path": f"size.{fresh('r')}"}),
    "get_token (through another system)": away(),
    "update_token (through another system)": away({"description": "Not ours"}),
}
"""Row → how it is asked; rows that are not here are asked plainly."""
