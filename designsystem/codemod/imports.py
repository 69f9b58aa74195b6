"""What a script imports tokens as: constants, the tree ``tokens``, or everything under one name.

Without any modules named, tokens come from every package, and from files of one's own whose path has ``token`` in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from designsystem.codemod.names import Table
from designsystem.codemod.usage import Usage, look_up

_LETTERS: Final = (  # all that is not ASCII, but for the spaces among them
    r"\u0080-\u0084\u0086-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\uffff"
)
NAME: Final = rf"[A-Za-z_${_LETTERS}][\w${_LETTERS}]*+"
TREE: Final = "tokens"

_FROM: Final = re.compile(
    rf"""\b(?P<word>import|export)\s++(?:type\s++)?"""
    rf"""(?P<what>(?:(?!from\b){NAME}\s*+,?\s*+)?(?:\*\s*+(?:as\s++{NAME}\s*+)?|\{{[^{{}}]*+\}}\s*+)?)"""
    r"""\bfrom\s*+(?P<quote>['"])(?P<module>[^'"\n]++)(?P=quote)"""
)
_REQUIRED: Final = re.compile(
    rf"""\b(?:const|let|var)\s++(?P<what>\{{[^{{}}]*+\}}|{NAME})\s*+=\s*+(?:await\s++import|require)\s*+\(\s*+"""
    r"""(?P<quote>['"])(?P<module>[^'"\n]++)(?P=quote)\s*+\)"""
)
_SPEC: Final = re.compile(rf"(?P<type>\btype\s++)?(?P<name>{NAME})(?:\s*+(?:\bas\b|:)\s*+(?P<alias>{NAME}))?")
_SPACE: Final = re.compile(rf"\*\s*+as\s++(?P<name>{NAME})")
_DEFAULT: Final = re.compile(rf"\s*+(?P<name>{NAME})\s*+(?:,|$)")


class Spans:
    """Positions by the spans that hold them; these are added in the order in which they begin."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []  # the furthest so far
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """One that begins no earlier than those before."""
        self._starts.append(start)
        self._ends.append(max([end, *self._ends[-1:]]))

    def __contains__(self, at: object) -> bool:
        index = bisect_right(self._starts, at) if isinstance(at, int) else 0
        return index > 0 and isinstance(at, int) and at < self._ends[index - 1]


@dataclass
class Imports:
    """``constants``: names in this script to the new ones; ``gone`` those of tokens that went; ``trees`` names of the
    tree; ``spaces`` names under which everything is; ``usages`` those in the imports themselves, ``spans`` where these
    stand: their names are not looked at again."""

    constants: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=lambda: {TREE})
    spaces: set[str] = field(default_factory=set)
    usages: list[Usage] = field(default_factory=list)
    spans: Spans = field(default_factory=Spans)


def imports_of(text: str, path: str, constants: Table, modules: Container[str], is_code: Container[int]) -> Imports:
    """What is imported; ``is_code`` are the positions at which code stands."""
    found = Imports()
    for match in sorted([*_FROM.finditer(text), *_REQUIRED.finditer(text)], key=lambda each: each.start()):
        if match.start() not in is_code or not counts(match["module"], modules):
            continue
        found.spans.add(*match.span())
        if match.groupdict().get("word") == "export":
            found.usages += _exported(match, constants, own_tokens="token" in path.lower())
        else:
            _imported(match, constants, found)
    return found


def counts(module: str, modules: Container[str] | frozenset[str]) -> bool:
    """Whether tokens may come from this module."""
    if modules:
        return module in modules
    return not module.startswith((".", "/")) or "token" in module.lower()


def _imported(match: re.Match[str], constants: Table, found: Imports) -> None:
    what, start = match["what"], match.start("what")
    head, brace, rest = what.partition("{")
    if (space := _SPACE.search(head)) is not None:
        found.spaces.add(space["name"])
    elif (default := _DEFAULT.match(head)) is not None:
        if match.re is _REQUIRED:
            found.spaces.add(default["name"])
        elif "token" in match["module"].lower():
            found.trees.add(default["name"])
    bound = {spec["alias"] or spec["name"] for spec in _SPEC.finditer(rest)}
    for spec in _SPEC.finditer(rest) if brace else ():
        at = start + len(head) + 1 + spec.start("name")
        if spec["name"] == TREE:
            found.trees.add(spec["alias"] or TREE)
        for usage in look_up(constants, spec["name"], at, at + len(spec["name"])):
            if spec["alias"] is not None or usage.new is None:
                found.usages.append(usage)
                found.gone |= {spec["name"]} if usage.new is None and spec["alias"] is None else set()
                continue
            found.constants[spec["name"]] = usage.new
            twice = usage.new in bound and usage.new not in constants.renamed  # imported beside it already
            found.usages.append(_without(usage, rest, spec, start + len(head) + 1) if twice else usage)


def _without(usage: Usage, rest: str, spec: re.Match[str], offset: int) -> Usage:
    """A name taken out of a list, with the comma that follows it or stands before it."""
    after = re.compile(r"\s*,\s*").match(rest, spec.end())
    before = rest[: spec.start()].rstrip()
    first = len(before[:-1].rstrip()) if after is None and before.endswith(",") else spec.start()
    return Usage(offset + first, offset + (after.end() if after is not None else spec.end()), usage.old, "")


def _exported(match: re.Match[str], constants: Table, *, own_tokens: bool) -> Iterator[Usage]:
    """Names that are handed on: under the old name where others import them from here, unless this is a file of tokens,
    whose importers are rewritten too."""
    head, brace, rest = match["what"].partition("{")
    for spec in _SPEC.finditer(rest) if brace else ():
        at = match.start("what") + len(head) + 1 + spec.start("name")
        for usage in look_up(constants, spec["name"], at, at + len(spec["name"])):
            handed_on = usage.new is not None and spec["alias"] is None and not own_tokens
            yield replace(usage, new=f"{usage.new} as {usage.old}") if handed_on else usage
