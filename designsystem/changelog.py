"""The changelog of a release: what changed since the one before, as sections for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from designsystem.compare.change import Change, Kind, Severity
from designsystem.compare.words import code_span, reason_of, shown, where, words_of

MOST_SHOWN: Final = 500
"""Entries per section; the rest is counted."""

BREAKING: Final = "Breaking changes"
_SECTIONS: Final[dict[str, frozenset[Kind]]] = {
    "Added": frozenset(
        {Kind.TOKEN_ADDED, Kind.CONTEXT_ADDED, Kind.COMPONENT_ADDED, Kind.PROP_ADDED, Kind.PROP_WIDENED}
    ),
    "Deprecated": frozenset({Kind.TOKEN_MOVED, Kind.TOKEN_DEPRECATED}),
    "Removed": frozenset({Kind.TOKEN_REMOVED, Kind.CONTEXT_REMOVED, Kind.COMPONENT_REMOVED, Kind.PROP_REMOVED}),
}
_OTHERWISE: Final = "Changed"


@dataclass(frozen=True, slots=True)
class Section:
    """The changes under one heading, and how many more there are than are listed."""

    title: str
    changes: tuple[Change, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Changelog:
    """What one version changed. ``version`` is empty for what is not published yet, ``previous`` for a first one."""

    version: str
    previous: str
    date: str
    note: str
    sections: tuple[Section, ...]

    @property
    def markdown(self) -> str:
        """In the form of Keep a Changelog, from the version's own heading down."""
        heading = f"## {self.version or 'Unreleased'}" + (f" - {self.date}" if self.date else "")
        lines = [heading, "", *([self.note, ""] if self.note else [])]
        if not self.sections:
            lines += ["Nothing changed in tokens or components.", ""]
        for section in self.sections:
            lines += [f"### {section.title}", "", *map(_line, section.changes)]
            lines += [f"- … and {section.left_out:,} more"] if section.left_out else []
            lines.append("")
        return "\n".join(lines).rstrip() + "\n"

    def as_dict(self) -> dict[str, Any]:
        """The machine form."""
        sections = [
            {
                "title": section.title,
                "changes": [change.as_dict() | {"text": reason_of(change)} for change in section.changes],
                "left_out": section.left_out,
            }
            for section in self.sections
        ]
        return {
            "version": self.version,
            "previous": self.previous or None,
            "date": self.date or None,
            "note": self.note or None,
            "sections": sections,
        }


def changelog(
    changes: Iterable[Change],
    *,
    version: str = "",
    previous: str = "",
    date: str = "",
    note: str = "",
    most: int = MOST_SHOWN,
) -> Changelog:
    """What these changes come to. ``date`` is the day of publication as YYYY-MM-DD, ``note`` what its publisher wrote
    about it (Markdown), ``most`` how many entries a section lists. Equal changes give equal bytes."""
    found: dict[str, list[Change]] = {title: [] for title in (BREAKING, "Added", "Deprecated", _OTHERWISE, "Removed")}
    for change in changes:
        found[_title(change)].append(change)
    sections = (Section(title, tuple(each[:most]), max(0, len(each) - most)) for title, each in found.items() if each)
    return Changelog(version, previous, date, note.strip(), tuple(sections))


def page(changelogs: Iterable[Changelog], *, name: str = "") -> str:
    """CHANGELOG.md of a whole system: what is given, in that order (newest first), under one title."""
    title = f"# Changelog of {name}" if name else "# Changelog"
    return "\n".join([title, "", *(each.markdown for each in changelogs)]).rstrip() + "\n"


def _title(change: Change) -> str:
    if change.severity is Severity.MAJOR:
        return BREAKING
    return next((title for title, kinds in _SECTIONS.items() if change.kind in kinds), _OTHERWISE)


def _line(change: Change) -> str:
    """One item of a list: what, what happened, both sides, and what to use instead."""
    told = f"- {code_span(change.subject)} {words_of(change)}"
    if change.kind in (Kind.TOKEN_RENAMED, Kind.TOKEN_MOVED, Kind.COMPONENT_RENAMED, Kind.COMPONENT_MOVED):
        told += f": {code_span(str(change.before))} → {code_span(str(change.after))}"
    else:
        told += _sides(change)
    told += "" if change.confidence == 1 else f" ({change.confidence:.0%} sure)"
    told += f"; use {code_span(change.replaced_by)}" if change.replaced_by is not None else ""
    return told + where(change)


def _sides(change: Change) -> str:
    """Both sides of a value, where a reader wants to see them."""
    if change.kind in (Kind.TOKEN_DEPRECATED, Kind.TOKEN_TEXT, Kind.CODE, Kind.DOCUMENTATION):
        return ""
    sides: Sequence[str] = [code_span(text) for side in (change.before, change.after) if (text := shown(side))]
    return f": {' → '.join(sides)}" if sides else ""
