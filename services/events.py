"""Events: what a landing changed, as past-tense facts for the activity log and the bus."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

MOST_EVENTS_PER_LANDING = 200
"""Above this many changed resources, one landing is told as a single ``design-system.changed`` with counts."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. ``action`` is ``<resource>.<past participle>``, e.g. ``token.updated``."""

    action: str
    resource_type: str
    resource_id: UUID | None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place in the system's gap-free sequence."""

    seq: int
    event: Event
    system_id: UUID
    user_id: UUID | None
    created_at: datetime

    def wire(self) -> dict[str, Any]:
        """The form that crosses the bus and is replayed to clients."""
        return {
            "seq": self.seq,
            "design_system_id": str(self.system_id),
            "user_id": str(self.user_id) if self.user_id else None,
            "action": self.event.action,
            "resource_type": self.event.resource_type,
            "resource_id": str(self.event.resource_id) if self.event.resource_id else None,
            "metadata": self.event.metadata,
            "created_at": self.created_at.isoformat(),
        }


def bounded(events: list[Event], *, system_id: UUID, most: int = MOST_EVENTS_PER_LANDING) -> list[Event]:
    """The events as they are, or one summary where telling each would cost more than reading anew."""
    if len(events) <= most:
        return events
    counts: dict[str, int] = {}
    for event in events:
        counts[event.action] = counts.get(event.action, 0) + 1
    shared: dict[str, Any] = {
        key: events[-1].metadata[key] for key in ("commit", "branch", "via") if key in events[-1].metadata
    }
    return [Event("design-system.changed", "design_system", system_id, {**shared, "counts": counts})]
