"""Changes for people: one line each, and a page of Markdown for the comment of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from designsystem.compare.change import Change, Severity, strongest
from designsystem.compare.words import code_span, shown, where, words_of

HEADINGS = {
    Severity.MAJOR: "Breaking",
    Severity.MINOR: "New and deprecated",
    Severity.PATCH: "Values and text",
}
MOST_SHOWN = 200
"""Lines per heading of a page; the rest is counted."""


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
        instead = f"; use {code_span(change.replaced_by)}" if change.replaced_by is not None else ""
        what = words_of(change) + sure + instead + where(change)
        cells = (code_span(change.subject), what, shown(change.before), shown(change.after))
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    if len(changes) > MOST_SHOWN:
        lines += ["", f"… and {len(changes) - MOST_SHOWN:,} more"]
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
