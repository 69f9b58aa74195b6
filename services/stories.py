"""Stories: a landing told as events, in the words of tokens, components and branches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from designsystem.components.component import Component
from designsystem.tokens.token import Token
from gitstore.refs import RefUpdate
from index.fold import TouchedComponent, identity_of
from index.systems import SystemRecord
from services.events import Event
from services.mirroring import Mirrored

TOKEN_FIELDS = ("path", "type", "value", "description", "deprecated", "extensions")
COMPONENT_FIELDS = ("name", "category", "directory", "props", "code", "documentation")


def resource_events(system: SystemRecord, mirrored: Mirrored, *, commit: str | None, via: str) -> list[Event]:
    """One event per token and component that the default branch's move created, updated or deleted.

    A token whose resolved value alone changed, through an alias, has no event of its own: its alias target has.
    """
    shared = {"commit": commit, "branch": system.default_branch, "via": via}
    return [*_token_events(system.id, mirrored, shared), *_component_events(mirrored, shared)]


def branch_event(update: RefUpdate, *, via: str, message: str) -> Event:
    """The move of one branch or tag."""
    kind = "tag" if update.name.startswith("refs/tags/") else "branch"
    verb = "created" if update.old is None else "deleted" if update.new is None else "updated"
    details: dict[str, Any] = {"ref": update.name, "old": update.old, "commit": update.new, "via": via}
    if kind == "branch":
        details["branch"] = update.name.removeprefix("refs/heads/")
    if message:
        details["message"] = message[:500]
    return Event(f"{kind}.{verb}", kind, None, details)


def _token_events(system_id: UUID, mirrored: Mirrored, shared: dict[str, Any]) -> list[Event]:
    before, after, difference = mirrored.before.tokens, mirrored.after.tokens, mirrored.tokens
    was = {identity_of(system_id, before, path): before.tokens[path] for path in difference.removed}
    was |= {identity_of(system_id, before, path): before.tokens[path] for path in difference.changed}
    now = {identity_of(system_id, after, path): after.tokens[path] for path in (*difference.added, *difference.changed)}
    events = []
    for identity in dict.fromkeys((*was, *now)):
        old, new = was.get(identity), now.get(identity)
        changes = _differing(old, new, TOKEN_FIELDS)
        if not changes:
            continue
        verb = "created" if old is None else "deleted" if new is None else "updated"
        shown = new or old
        details = {**shared, "path": shown.path if shown else None, "changes": changes}
        events.append(Event(f"token.{verb}", "token", identity, details))
    return events


def _component_events(mirrored: Mirrored, shared: dict[str, Any]) -> list[Event]:
    events = []
    for touched in mirrored.components:
        if touched.was is None and touched.now is None:
            continue
        verb = "created" if touched.was is None else "deleted" if touched.now is None else "updated"
        events.append(Event(f"component.{verb}", "component", touched.id, {**shared, **_component_details(touched)}))
    return events


def _component_details(touched: TouchedComponent) -> dict[str, Any]:
    """Name and what changed; code and documentation are named, not quoted: a client reads them by ETag."""
    shown = touched.now or touched.was
    changes = _differing(touched.was, touched.now, COMPONENT_FIELDS)
    for long in ("code", "documentation"):
        if long in changes:
            changes[long] = True
    return {"name": shown.name if shown else None, "changes": changes}


def _differing(old: Token | Component | None, new: Token | Component | None, fields: tuple[str, ...]) -> dict[str, Any]:
    """The fields in which two states differ, with the new values; empty for a deletion's fields."""
    if new is None:
        return {"deleted": True}
    return {
        name: _plain(getattr(new, name)) for name in fields if old is None or getattr(old, name) != getattr(new, name)
    }


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else value
