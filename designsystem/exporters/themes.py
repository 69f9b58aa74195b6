"""Themes side by side: for each context of a resolver's modifiers the tokens that differ from the default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import Any

from designsystem import codes
from designsystem.exporters.entries import collect
from designsystem.exporters.exported import Block, Entry
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import Modifier, ResolverDocument
from designsystem.resolver.resolution import Resolution, modifier_tokens, resolve

MOST_BLOCKS = 500
"""How many blocks one export may have; those for one modifier alone come first."""

Contexts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Themes:
    """The tokens that hold by default, and the blocks of what differs, the least particular first."""

    base: Resolution
    blocks: tuple[Block, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def placed(problem: Problem, resolution: Resolution) -> Problem:
    """A problem of a resolution's tokens where the token that counts stands."""
    place = resolution.origins.get(problem.subject)
    if place is None:
        return problem
    line, column = place.file.position(place.node.start)
    return replace(problem, path=place.file.path, line=line, column=column)


def themed(document: ResolverDocument, inputs: Mapping[str, Any] | None = None, *, most: int = MOST_BLOCKS) -> Themes:
    """The themes of a resolver beside its default permutation; ``inputs`` fix modifiers, which then do not vary.

    A token that hangs on one modifier stands in a block for each context that changes it. One that hangs on several,
    by what it refers to or because they all state it, also stands in blocks for contexts together, so that every
    combination is right. With errors, there are no blocks: see ``base.problems``. More blocks than ``most`` are not
    written, but told.
    """
    base = resolve(document, inputs or {})
    if errors_of(base.problems):
        return Themes(base)
    return _Comparison(document, dict(inputs or {}), base, most).themes()


class _Comparison:
    """The permutations of one resolver that a style sheet needs."""

    def __init__(self, document: ResolverDocument, inputs: Mapping[str, Any], base: Resolution, most: int) -> None:
        self.most = most
        fixed = {name.lower() for name in inputs}
        self.document = document
        self.inputs = inputs
        self.base = base
        self.varying = [each for each in document.modifiers.values() if each.name.lower() not in fixed]
        self.problems: list[Problem] = []
        self._entries: dict[Contexts, Mapping[str, Entry]] = {(): _by_path(base)}
        self._resolved: dict[Contexts, Resolution] = {(): base}

    def themes(self) -> Themes:
        blocks: list[Block] = []
        if sum(len(each.contexts) for each in self.varying) > self.most:
            message = f"the resolver has more than {self.most} contexts; fix some modifiers by inputs"
            self.problems.append(Problem(codes.EXPORT_THEME, message, self.document.path))
            return Themes(self.base, (), self.problems)
        for modifier in self.varying:
            for context in self._others(modifier):
                blocks += self._block(((modifier.name, context),), None)
        for contexts, paths in self._combined().items():
            blocks += self._block(contexts, paths)
        return Themes(self.base, tuple(blocks), self.problems)

    def _block(self, contexts: Contexts, paths: Iterable[str] | None) -> Iterator[Block]:
        """What differs from every part of these contexts; nothing where it is all the same."""
        mine = self._at(contexts)
        parts = [self._at(part) for size in range(len(contexts)) for part in combinations(contexts, size)]
        looked_at = mine if paths is None else [path for path in mine if path in set(paths)]
        changed = [mine[path] for path in looked_at if any(not _same(mine[path], part.get(path)) for part in parts)]
        if paths is None:
            self._report_missing(contexts, mine)
        if changed:
            yield Block(contexts, changed)

    def _report_missing(self, contexts: Contexts, mine: Mapping[str, Entry]) -> None:
        said = " and ".join(f"{modifier}={context}" for modifier, context in contexts)
        for path, entry in self._at(()).items():
            if path not in mine and contexts in self._resolved:
                message = f"there is no such token under {said}; CSS keeps the value that it has by default"
                self.problems.append(entry.problem(codes.EXPORT_THEME, message))

    def _combined(self) -> dict[Contexts, list[str]]:
        """The contexts of several modifiers that change a token together, with these tokens, the fewest first."""
        together: dict[tuple[str, ...], list[str]] = {}
        for path, names in self._hangs_on.items():
            if len(names) > 1:
                together.setdefault(names, []).append(path)
        found: dict[Contexts, list[str]] = {}
        for names, paths in together.items():
            contexts = {each.name: [None, *self._others(each)] for each in self.varying if each.name in names}
            if len(found) + prod(map(len, contexts.values())) > self.most:
                self._refuse(names, paths)
                continue
            for choice in product(*contexts.values()):
                stated = tuple((name, each) for name, each in zip(contexts, choice, strict=True) if each is not None)
                if len(stated) > 1:
                    found.setdefault(stated, []).extend(paths)
        return dict(sorted(found.items(), key=lambda item: len(item[0])))

    def _refuse(self, names: Iterable[str], paths: Iterable[str]) -> None:
        message = f"the token hangs on {', '.join(names)} together, which have too many combinations to write them all"
        entries = self._at(())
        self.problems += [entries[path].problem(codes.EXPORT_THEME, message) for path in paths if path in entries]

    @cached_property
    def _hangs_on(self) -> dict[str, tuple[str, ...]]:
        """The modifiers that a token's value may hang on: that state it, or something that it ever refers to."""
        singles = {
            each.name: [self._at(((each.name, other),)) for other in self._others(each)] for each in self.varying
        }
        found: dict[str, list[str]] = {}
        for modifier in self.varying:
            base = self._at(())
            reached = self._reach(modifier_tokens(modifier))
            for single in singles[modifier.name]:
                reached |= {path for path, entry in single.items() if not _same(entry, base.get(path))}
            for path in reached:
                found.setdefault(path, []).append(modifier.name)
        order = {path: number for number, path in enumerate(self._at(()))}
        return {
            path: tuple(found[path]) for path in sorted(found, key=lambda each: (order.get(each, len(order)), each))
        }

    def _reach(self, paths: set[str]) -> set[str]:
        """These paths and whatever refers to one of them in any permutation looked at."""
        found, size = set(paths), -1
        while len(found) != size:
            size = len(found)
            for resolution in self._resolved.values():
                found |= resolution.tokens.reach(found)
        return found

    def _at(self, contexts: Contexts) -> Mapping[str, Entry]:
        """The entries of one permutation, those of the default where it has errors, which become problems."""
        if contexts not in self._entries:
            resolution = resolve(self.document, {**self.inputs, **dict(contexts)})
            if faults := errors_of(resolution.problems):
                self.problems += [fault for fault in faults if fault not in self.problems]
                self._entries[contexts] = self._entries[()]
            else:
                self._resolved[contexts] = resolution
                self._entries[contexts] = _by_path(resolution)
        return self._entries[contexts]

    def _others(self, modifier: Modifier) -> list[str]:
        return [context for context in modifier.contexts if context != self.base.inputs[modifier.name]]


def _by_path(resolution: Resolution) -> dict[str, Entry]:
    entries, _ = collect(resolution.tokens)
    return {entry.path: entry for entry in entries}


def _same(one: Entry, other: Entry | None) -> bool:
    return other is not None and one.css == other.css and one.parts == other.parts
