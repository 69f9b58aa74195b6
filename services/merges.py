"""Merges: one branch's changes brought into another on meaning, judged and landed as every change is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.access import Standing
from services.context import Context
from services.events import Event
from services.policy import Actor


class Approvals(Protocol):
    """What a proposal has to say of its own merge, within the transaction that lands it and under the system's lock."""

    async def require(self, db: AsyncConnection, standing: Standing, *, source: str, into: str) -> None:
        """Return if the commit ``source`` may be merged into the branch ``into``; raises Forbidden or Conflict.

        Asked instead of the branch's protection: it is for the proposal to say who may, and with how many approvals.
        """
        ...

    async def merged(self, db: AsyncConnection, commit: str) -> Sequence[Event]:
        """Record that it was merged as ``commit``, where the branch now stands; the events are logged with the move.

        Called before the branch moves; what it writes is undone with the transaction where that fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a merge: the commit at which ``into`` now stands, and what could not be decided (a trial's)."""

    commit: str
    into: str
    changed: bool
    fast_forward: bool = False
    conflicts: tuple[Any, ...] = ()


async def merge(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    source: str,
    into: str,
    message: str | None = None,
    resolutions: Sequence[Any] = (),
    expected: str | None = None,
    approvals: Approvals | None = None,
) -> Merged:
    """Merge a branch into another; raises Conflict with every clash that is left open."""
    raise NotImplementedError
