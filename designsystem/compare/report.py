"""Changes for people: one line each, and a page of Markdown for the comment of a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from designsystem.compare.change import Change, Kind, Severity, strongest
from designsystem.exporters.colors import color_text

HEADINGS = {
    Severity.MAJOR: "Breaking",
    Severity.MINOR: "New and deprecated",
    Severity.PATCH: "Values and text",
}
MOST_SHOWN = 200
"""Lines per heading of a page; the rest is counted."""

_WORDS = {
    Kind.TOKEN_ADDED: "added",
    Kind.TOKEN_REMOVED: "removed",
    Kind.TOKEN_RENAMED: "renamed",
    Kind.TOKEN_MOVED: "renamed, the old name stays as a deprecated alias",
    Kind.TOKEN_RETYPED: "has another type",
    Kind.TOKEN_VALUE: "has another value",
    Kind.TOKEN_ALIAS: "refers to another token",
    Kind.TOKEN_RESOLVED: "stands for something else through what it refers to",
    Kind.TOKEN_DEPRECATED: "deprecated",
    Kind.TOKEN_RESTORED: "no longer deprecated",
    Kind.TOKEN_TEXT: "is described otherwise",
    Kind.COMPONENT_ADDED: "added",
    Kind.COMPONENT_REMOVED: "removed",
    Kind.COMPONENT_RENAMED: "renamed",
    Kind.PROP_ADDED: "has a new prop",
    Kind.PROP_REMOVED: "lost a prop",
    Kind.PROP_RETYPED: "takes something else as prop",
    Kind.PROP_WIDENED: "takes more as prop",
    Kind.PROP_REQUIRED: "requires the prop",
    Kind.PROP_OPTIONAL: "no longer requires the prop",
    Kind.PROP_TEXT: "describes a prop otherwise",
    Kind.CODE: "has other code",
    Kind.DOCUMENTATION: "is documented otherwise",
}


def words_of(change: Change) -> str:
    """What happened, in words."""
    return _WORDS[change.kind] + (f" {change.field}" if change.field else "")


def shown(value: Any) -> str:
    """One side of a change in a cell: a colour as CSS, a dimension with its unit, an alias with what it stands for."""
    if value is None:
        return ""
    if isinstance(value, dict) and "value" in value and {"unit", "value"} != value.keys():
        plain = shown_value(value["value"])
        return f"{plain} = {shown_value(value['resolved'])}" if "resolved" in value else plain
    return shown_value(value)


def shown_value(value: Any) -> str:
    """A value, short."""
    if isinstance(value, dict):
        if value.keys() == {"value", "unit"}:
            return f"{value['value']}{value['unit']}"
        color = color_text(value) if "colorSpace" in value else None
        if color is not None:
            return color
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def swatch_of(value: Any) -> str | None:
    """The colour of one side of a change as CSS, for those who can show it; None where it is none."""
    plain = value.get("resolved", value.get("value")) if isinstance(value, dict) else None
    return color_text(plain) if isinstance(plain, dict) and "colorSpace" in plain else None


def markdown(changes: Sequence[Change], *, title: str = "Changes to the design system") -> str:
    """A page: what the next version has to be, and every change under how much it asks."""
    lines = [f"## {title}", ""]
    needed = strongest(changes)
    lines += [f"{summary(changes)} The next version is a **{needed.value}** one." if needed else "Nothing changed.", ""]
    for severity, heading in HEADINGS.items():
        lines += _section(heading, [change for change in changes if change.severity is severity])
    return "\n".join(lines).rstrip() + "\n"


def summary(changes: Iterable[Change]) -> str:
    """How many of which, in one sentence."""
    counts: dict[Severity, int] = {}
    for change in changes:
        counts[change.severity] = counts.get(change.severity, 0) + 1
    parts = [f"{counts[severity]:,} {HEADINGS[severity].lower()}" for severity in HEADINGS if severity in counts]
    return (", ".join(parts) or "No changes").capitalize() + "."


def _section(heading: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    lines = [f"### {heading}", "", "| what | change | before | after |", "| --- | --- | --- | --- |"]
    for change in changes[:MOST_SHOWN]:
        sure = "" if change.confidence == 1 else f" ({change.confidence:.0%} sure)"
        cells = (f"`{change.subject}`", words_of(change) + sure, shown(change.before), shown(change.after))
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    if len(changes) > MOST_SHOWN:
        lines += ["", f"… and {len(changes) - MOST_SHOWN:,} more"]
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
