"""What an importer reads before anything is converted: tokens as their tool wrote them, in sheets, with modes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from designsystem import codes
from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import pointer
from designsystem.problem import Problem

Steps = tuple[str | int, ...]


class Place(NamedTuple):
    """Where something stands in a source."""

    file: JsonFile
    steps: Steps

    def problem(self, code: str, message: str, subject: str = "") -> Problem:
        """A remark on this place; it refuses nothing."""
        root = self.file.root
        node = root.at(self.steps) if root is not None else None
        start = node.start if node is not None else 0
        at = pointer(self.steps)
        return self.file.problem(code, start, message, pointer=at, subject=subject, severity="warning")

    def left_out(self, message: str, subject: str = "") -> Problem:
        """Says that what stands here has no place in the format."""
        return self.problem(codes.IMPORT_LEFT_OUT, message, subject)


class NotCarried(ValueError):
    """A value that the format has no way to say; the text says why."""


@dataclass(frozen=True)
class Modify:
    """What Tokens Studio does to a color: ``kind`` by ``amount`` in ``space``; ``color`` is what it is mixed with."""

    kind: str
    amount: Any
    space: str
    color: Any = None


@dataclass(frozen=True)
class Draft:
    """One token as its tool has it.

    ``type`` is the format's type that it becomes, None where only its alias tells. ``value`` has the shape of that
    type, its parts still as written. ``unit`` is what a length without a unit is measured in; ``sense`` says more of a
    number: a share (``opacity``), a height of lines (``line-height``). ``assumed`` says that the unit is our reading.
    """

    path: tuple[str, ...]
    type: str | None
    value: Any
    place: Place
    description: str | None = None
    deprecated: bool | str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)
    unit: str = "px"
    sense: str = ""
    modify: Modify | None = None
    assumed: bool = False

    @property
    def raw(self) -> str:
        """The path as its tool writes it in references."""
        return ".".join(self.path)


@dataclass
class Sheet:
    """Tokens that come and go together, and the file that they are written to."""

    name: str
    file: str
    drafts: dict[str, Draft] = field(default_factory=dict)
    groups: dict[tuple[str, ...], str] = field(default_factory=dict)
    """What is said of groups, by path."""

    def add(self, draft: Draft) -> None:
        """Takes a token; of two at one path the later counts."""
        self.drafts[draft.raw] = draft


@dataclass
class Axis:
    """One choice, such as light or dark: which sheets each context brings."""

    name: str
    contexts: dict[str, list[str]]
    default: str


class Scenery(NamedTuple):
    """One permutation: what is chosen other than by default, and the sheets in the order in which they override."""

    axis: str
    context: str
    sheets: tuple[str, ...]


@dataclass
class Plan:
    """A whole source: sheets by name, those that always apply, in order, and the choices."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    base: list[str] = field(default_factory=list)
    axes: list[Axis] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def drafts(self) -> Iterator[Draft]:
        """Every token of every sheet."""
        for sheet in self.sheets.values():
            yield from sheet.drafts.values()

    def sceneries(self) -> Iterator[Scenery]:
        """The default permutation, and every context with all other choices left at their defaults."""
        yield Scenery("", "", self._sheets({}))
        for axis in self.axes:
            for context in axis.contexts:
                if context != axis.default:
                    yield Scenery(axis.name, context, self._sheets({axis.name: context}))

    def _sheets(self, chosen: dict[str, str]) -> tuple[str, ...]:
        found = list(self.base)
        for axis in self.axes:
            found += axis.contexts[chosen.get(axis.name, axis.default)]
        return tuple(found)

    @property
    def needs_resolver(self) -> bool:
        """Whether the order of the sheets matters, so that a resolver has to state it."""
        paths = [raw for sheet in self.sheets.values() for raw in sheet.drafts]
        return bool(self.axes) or len(set(paths)) < len(paths)
