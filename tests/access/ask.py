"""What one request of the table is made of, and the plain ways to say it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from tests.access.world import World

NUMBERS = count(1)


@dataclass
class Ask:
    """One request. ``shown`` is the id that a list holds where the cell is ``ok``, and lacks where it is ``none``;
    ``answers`` are the statuses that refuse nothing, where they are not the entry's own."""

    body: object = None
    query: dict[str, Any] = field(default_factory=dict)
    path: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    shown: UUID | None = None
    etag: str = ""
    answers: tuple[int, ...] = ()


Asking = Callable[[World, str], Ask | Awaitable[Ask]]


def path_ids(world: World) -> dict[str, object]:
    """What stands in URLs, where a row says nothing else."""
    return {
        "team_id": world.team_id,
        "system_id": world.system_id,
        "key_id": world.key_id,
        "user_id": world.people.users["colleague"].id,
        "token_id": world.tokens[0] if world.tokens else uuid4(),
        "component_id": world.components[0] if world.components else uuid4(),
        "grant_id": world.grant_id,
        "invitation_id": world.invitation_id,
        "session_id": uuid4(),
        "identity_id": uuid4(),
        "provider": "github",
        "name": "kept/one",
        "version_number": 1,
        "version": "0.1.0",
        "artifact": "tokens.css",
        "base": "kept/one",
        "head": "main",
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
