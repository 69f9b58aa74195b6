"""What users of a design system have to do from one version to another: old names and what takes their place.

The machine form is described by :data:`SCHEMA`. Migrations of versions that follow one another are joined into one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from designsystem.compare.change import Change, Kind

SCHEMA_VERSION: Final = 1
_Entry = dict[str, Any]

_STEP: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["old", "new"],
    "properties": {
        "old": {"type": "string", "description": "What it is called in the older version."},
        "new": {
            "type": ["string", "null"],
            "description": "What to use instead in the newer version; null where nothing takes its place.",
        },
        "kind": {
            "enum": ["renamed", "deprecated", "removed"],
            "description": "deprecated: the old name still works.",
        },
        "confidence": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "1 where an id, an alias or replacedBy says so; less where values and names suggest it.",
        },
        "type": {"type": ["string", "null"], "description": "The token's type in the newer version."},
    },
    "additionalProperties": False,
}
_CHANGE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["subject", "kind"],
    "properties": {
        "subject": {"type": "string", "description": "Token path or component folder in the newer version."},
        "kind": {"enum": [Kind.TOKEN_RETYPED.value, *(kind.value for kind in Kind if kind.value.startswith("prop-"))]},
        "field": {"type": "string", "description": "The prop."},
        "before": {"description": "The type or the prop's schema as it was."},
        "after": {"description": "As it is."},
    },
    "additionalProperties": False,
}
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Migration of an xText design system",
    "type": "object",
    "required": ["schemaVersion", "tokens", "components", "check"],
    "properties": {
        "schemaVersion": {"const": SCHEMA_VERSION},
        "from": {"type": ["string", "null"], "description": "The older version; null before the first."},
        "to": {"type": ["string", "null"]},
        "tokens": {"type": "array", "items": _STEP, "description": "Dotted token paths, all replaced at once."},
        "components": {"type": "array", "items": _STEP, "description": "Names of components."},
        "check": {
            "type": "array",
            "items": _CHANGE,
            "description": "What no renaming settles: tokens of another type, props that went or are required now.",
        },
    },
    "additionalProperties": False,
}
"""JSON Schema (2020-12) of a migration."""


class InvalidMigration(ValueError):
    """What should be a migration is none."""


_PROPS: Final = frozenset({Kind.PROP_REMOVED, Kind.PROP_RETYPED, Kind.PROP_REQUIRED})
_WORKS: Final = "deprecated"


def migration(changes: Iterable[Change], *, old: str | None = None, new: str | None = None) -> dict[str, Any]:
    """The migration of one step between two versions, from its changes; ``tokens`` in the order of their old names.

    Every pair is meant at once: where two tokens swapped names, each entry is right by itself.
    """
    tokens: list[_Entry] = []
    components: list[_Entry] = []
    check: list[_Entry] = []
    for change in changes:
        if change.kind in (Kind.TOKEN_RENAMED, Kind.TOKEN_MOVED):
            kind = "renamed" if change.kind is Kind.TOKEN_RENAMED else _WORKS
            tokens.append(_step(str(change.old_subject), change.subject, kind, change))
        elif change.kind is Kind.TOKEN_REMOVED:
            tokens.append(_step(change.subject, change.replaced_by, "removed", change))
        elif change.kind in (Kind.TOKEN_DEPRECATED, Kind.TOKEN_TEXT) and change.replaced_by is not None:
            tokens.append(_step(change.subject, change.replaced_by, _WORKS, change))
        elif change.kind is Kind.COMPONENT_RENAMED:
            components.append(_step(str(change.before), str(change.after), "renamed"))
        elif change.kind is Kind.COMPONENT_REMOVED:
            components.append(_step(str(change.before), None, "removed"))
        elif change.kind in _PROPS or change.kind is Kind.TOKEN_RETYPED:
            check.append(_checked(change))
    return _whole(old, new, _first_each(tokens), _first_each(components), check)


def parse_migration(source: bytes | str) -> dict[str, Any]:
    """A migration from its JSON text; raises InvalidMigration for what :data:`SCHEMA` does not describe."""
    try:
        found = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise InvalidMigration(f"it is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schemaVersion") != SCHEMA_VERSION:
        raise InvalidMigration(f"it is no object with schemaVersion {SCHEMA_VERSION}")
    for member in ("tokens", "components", "check"):
        entries = found.get(member)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise InvalidMigration(f"{member} is a list of objects")
    for entry in (*found["tokens"], *found["components"]):
        if not isinstance(entry.get("old"), str) or not isinstance(entry.get("new"), str | None):
            raise InvalidMigration("every step has an old name, and a new one or null")
        sure = entry.get("confidence", 1.0)
        if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
            raise InvalidMigration("a confidence is a number from 0 to 1")
    return found


def joined(migrations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One migration from the first one's older version to the last one's newer: a → b and b → c make a → c.

    What an alias stood in for that was removed later is renamed.
    """
    if not migrations:
        return migration(())
    tokens: dict[str, _Entry] = {}
    components: dict[str, _Entry] = {}
    check: dict[tuple[str, str, str], _Entry] = {}
    for each in migrations:
        tokens = _followed(tokens, each["tokens"])
        components = _followed(components, each["components"])
        moved = {entry["old"]: entry["new"] for entry in each["tokens"] if entry["kind"] != _WORKS}
        check = _moved(check, moved)
        for entry in each["check"]:
            key = (entry["subject"], entry["kind"], entry.get("field", ""))
            before = check[key]["before"] if key in check else entry.get("before")
            check[key] = {**entry, "before": before}
    told = [entry for entry in check.values() if entry.get("before") != entry.get("after")]
    ends = (migrations[0].get("from"), migrations[-1].get("to"))
    return _whole(*ends, list(tokens.values()), list(components.values()), told)


def _followed(known: Mapping[str, _Entry], steps: Iterable[_Entry]) -> dict[str, _Entry]:
    """What is known of the way so far, with one step more. Names that came up on the way are told of too, for those
    who are half-way."""
    following = {step["old"]: step for step in steps}
    found = {old: _one_further(entry, following) for old, entry in known.items()}
    found |= {old: dict(step) for old, step in following.items() if old not in known}
    return {old: entry for old, entry in found.items() if entry["new"] != old}


def _one_further(entry: _Entry, following: Mapping[str, _Entry]) -> _Entry:
    """Where one old name leads after a further step; an alias that stood in for it may end there."""
    own = following.get(entry["old"]) if entry["kind"] == _WORKS else None
    step = following.get(entry["new"])
    if step is not None and step["new"] is None and own is not None and own["new"] is not None:
        step = own
    further = dict(entry)
    if step is not None:
        further |= {"new": step["new"]} | ({"type": step["type"]} if "type" in step else {})
        if "confidence" in entry:
            further["confidence"] = min(entry["confidence"], step.get("confidence", 1.0))
    if entry["kind"] == _WORKS and (own is None or own["kind"] == _WORKS):
        return further
    gone = further["new"] is None or entry["kind"] == "removed" or (step is not None and step["kind"] == "removed")
    return {**further, "kind": "removed" if gone else "renamed"}


def _moved(
    check: Mapping[tuple[str, str, str], _Entry], moved: Mapping[str, str | None]
) -> dict[tuple[str, str, str], _Entry]:
    """What is to be checked, under the names that things have one step further; what went needs no check."""
    found: dict[tuple[str, str, str], _Entry] = {}
    for (subject, kind, field), entry in check.items():
        now = moved.get(subject, subject) if kind == Kind.TOKEN_RETYPED else subject
        if now is not None:
            found[now, kind, field] = {**entry, "subject": now}
    return found


def _first_each(entries: Iterable[_Entry]) -> list[_Entry]:
    """One entry for each old name: a rename tells more than that the old name is deprecated."""
    found: dict[str, _Entry] = {}
    for entry in entries:
        found.setdefault(entry["old"], entry)
    return list(found.values())


def _step(old: str, new: str | None, kind: str, change: Change | None = None) -> _Entry:
    found: _Entry = {"old": old, "new": new, "kind": kind}
    return found if change is None else found | {"confidence": change.confidence, "type": change.type}


def _checked(change: Change) -> _Entry:
    found: _Entry = {"subject": change.subject, "kind": change.kind.value}
    found |= {"field": change.field} if change.field else {}
    return found | {"before": change.before, "after": change.after}


def _whole(
    old: str | None, new: str | None, tokens: list[_Entry], components: list[_Entry], check: list[_Entry]
) -> dict[str, Any]:
    return {
        "schemaVersion": SCHEMA_VERSION,
        "from": old,
        "to": new,
        "tokens": sorted(tokens, key=lambda entry: entry["old"]),
        "components": sorted(components, key=lambda entry: entry["old"]),
        "check": sorted(check, key=lambda entry: (entry["subject"], entry["kind"], entry.get("field", ""))),
    }
