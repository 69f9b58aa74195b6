"""What changed in which theme: the permutations of both sides' resolvers compared, told where it shows there alone.

Permutations are made of parsed files, each read and parsed once however many contexts share it, so that one more costs
little. Those with fewer contexts off their defaults come first; of many no more than :data:`MOST_PERMUTATIONS` are
looked at, and a change that shows in one with fewer is not told again of one with more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, islice, product
from math import prod
from typing import Any, Final

from designsystem.compare.change import DEFAULT_POLICY, Change, Kind
from designsystem.compare.tokens import Policy, compare_tokens
from designsystem.problem import errors_of
from designsystem.resolver.document import Modifier, ResolverDocument, parse_resolver
from designsystem.resolver.layout import whole_file
from designsystem.resolver.references import Read, View
from designsystem.resolver.resolution import sources
from designsystem.tokens.diff import stated_otherwise
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.set import TokenSet

MOST_PERMUTATIONS: Final = 64
"""So many permutations are compared, the system's own tokens not counted."""

Contexts = tuple[tuple[str, str], ...]
_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Themed:
    """What changed in themes alone; ``compared`` of all the ``permutations`` that both sides have."""

    changes: tuple[Change, ...] = ()
    compared: int = 0
    permutations: int = 0


@dataclass(frozen=True)
class Side:
    """One state of a system, as themes need it: its own tokens, the resolver's path (None: it has none), its files.

    ``is_own``: whether the system's tokens are those of the resolver's default permutation.
    """

    tokens: TokenSet
    resolver: str | None
    read: Read
    is_own: bool = False


def resolver_among(named: str, found: Sequence[str]) -> str | None:
    """The resolver whose themes are compared: the one the manifest names, else the only one that there is."""
    if named in found:
        return named
    return found[0] if len(found) == 1 else None


def compare_themes(old: Side, new: Side, own: Sequence[Change], *, policy: Policy = DEFAULT_POLICY) -> Themed:
    """What changed in permutations and not among the system's own tokens, whose changes are ``own``.

    Contexts that only one side has are told as such and not compared. A resolver that cannot be read has none.
    """
    parsed: dict[tuple[str, bytes], TokenDocument] = {}
    before, after = _Permutations(old, parsed), _Permutations(new, parsed)
    if before.document is None and after.document is None:
        return Themed()
    changes = list(_contexts(before, after, policy))
    common = _common(before, after)
    total = prod(len(contexts) for contexts in common.values()) if common else 0
    if before.document is None or after.document is None or before.is_like(after):
        return Themed(tuple(changes), 0, total)
    comparison = _Comparison(before, after, own, policy)
    told_already = old.is_own and new.is_own and _defaults(before) == _defaults(after)
    wanted = list(islice(_ordered(common, skip_own=told_already), MOST_PERMUTATIONS))
    for contexts in wanted:
        comparison.look_at(contexts)
    return Themed((*changes, *comparison.told()), len(wanted), total)


class _Permutations:
    """The permutations of one side."""

    def __init__(self, side: Side, parsed: dict[tuple[str, bytes], TokenDocument]) -> None:
        self._side = side
        self._parsed = parsed
        for path, document in side.tokens.sources.items():
            parsed.setdefault((path, document.source), document)
        self._read: dict[str, TokenDocument | None] = {}

    @cached_property
    def document(self) -> ResolverDocument | None:
        """The resolver, if it can be used: without a look into files that it takes as a whole, where that will do."""
        path = self._side.resolver
        source = self._side.read(path) if path is not None else None
        if path is None or source is None:
            return None
        found = parse_resolver(path, source, lambda other: b"{}")
        if errors_of(found.problems):
            found = parse_resolver(path, source, self._side.read)
        return None if errors_of(found.problems) or not found.order else found

    @property
    def modifiers(self) -> Mapping[str, Modifier]:
        """The modifiers by name."""
        return self.document.modifiers if self.document is not None else {}

    def has(self, modifier: str, context: str) -> bool:
        """Whether this can be chosen."""
        return modifier in self.modifiers and context in self.modifiers[modifier].contexts

    @cached_property
    def files(self) -> dict[str, TokenDocument | None]:
        """Every source of every permutation, by name."""
        steps = self.document.order if self.document is not None else ()
        views = [view for step in steps for each in _choices(step) for view in each]
        return {name: document for view in views for name, document in [self._source(view)]}

    def is_like(self, other: _Permutations) -> bool:
        """Whether both sides are made of the very same files in the same way: then nothing can have changed."""
        mine, theirs = self.document, other.document
        if mine is None or theirs is None or mine.file is None or theirs.file is None:
            return mine is theirs
        if mine.file.text != theirs.file.text or self.files.keys() != other.files.keys():
            return False
        return all(document is other.files[name] for name, document in self.files.items())

    def at(self, inputs: Mapping[str, str]) -> TokenSet:
        """The tokens of one permutation; the default stands for what is not stated."""
        if self.document is None:
            return TokenSet.build(())
        chosen = {name: inputs.get(name, default_of(modifier)) for name, modifier in self.modifiers.items()}
        found = [self._source(view) for view in sources(self.document, chosen)]
        order = tuple(reversed(dict.fromkeys(name for name, _ in reversed(found))))
        return TokenSet.build((document for _, document in found if document is not None), order)

    def _source(self, view: View) -> tuple[str, TokenDocument | None]:
        path = whole_file(self.document, view) if self.document is not None else None
        if path is None:
            content = {key: place.node.value for key, place in view.members.items()}
            name = f"{view.at.file.path}#{view.at.node.start}"
            return name, self._parse(name, json.dumps(content).encode())
        if path not in self._read:
            standing = self._side.tokens.sources.get(path)
            source = standing.source if standing is not None else self._side.read(path)
            self._read[path] = self._parse(path, source) if source is not None else None
        return path, self._read[path]

    def _parse(self, name: str, source: bytes) -> TokenDocument:
        key = (name, source)
        if key not in self._parsed:
            self._parsed[key] = parse_document(name, source)
        return self._parsed[key]


class _Comparison:
    """What was seen so far, by what it is and where."""

    def __init__(self, before: _Permutations, after: _Permutations, own: Sequence[Change], policy: Policy) -> None:
        self._before, self._after, self._policy = before, after, policy
        self._renames = {str(each.old_subject): each.subject for each in own if each.kind is Kind.TOKEN_RENAMED}
        self._seen: dict[Contexts, set[_Key]] = {(): {_key(change) for change in own}}
        self._found: dict[_Key, tuple[Change, list[Contexts]]] = {}
        self._otherwise: dict[tuple[int, int], tuple[TokenDocument | None, TokenDocument | None, set[str]]] = {}

    def look_at(self, contexts: Contexts) -> None:
        """Compare one permutation."""
        inputs = _defaults(self._after) | dict(contexts)
        common = {name: context for name, context in inputs.items() if self._before.has(name, context)}
        before, after = self._before.at(common), self._after.at(inputs)
        among = self._stated_otherwise(before, after)
        if not among:
            return
        changes = compare_tokens(before, after, policy=self._policy, ids=self._renames, among=among)
        known = self._seen.get((), set()).union(
            *(self._seen.get(part, ()) for size in range(1, len(contexts)) for part in combinations(contexts, size))
        )
        fresh = {_key(change): change for change in changes}
        self._seen.setdefault(contexts, set()).update(fresh)
        for key, change in fresh.items():
            if key not in known:
                self._found.setdefault(key, (change, []))[1].append(contexts)

    def _stated_otherwise(self, before: TokenSet, after: TokenSet) -> set[str]:
        """The paths whose declarations can differ, each document compared once for all permutations; where one and the
        same document counts otherwise than before, all of its paths."""
        names = [*before.documents], [*after.documents]
        found: set[str] = set()
        for name in before.documents.keys() | after.documents.keys():
            one, other = before.documents.get(name), after.documents.get(name)
            key = (id(one), id(other))
            if key not in self._otherwise:
                self._otherwise[key] = (one, other, stated_otherwise(one, other))
            found |= self._otherwise[key][2]
        if names[0] != names[1]:
            return found.union(*(document.tokens for side in (before, after) for document in side.documents.values()))
        return found

    def told(self) -> Iterator[Change]:
        """Every change once, with all the contexts in which it shows."""
        for change, places in self._found.values():
            yield replace(change, contexts=tuple(self._label(contexts) for contexts in places))

    def _label(self, contexts: Contexts) -> str:
        stated = contexts or tuple(_defaults(self._after).items())
        return " ".join(f"{name}={context}" for name, context in stated)


def default_of(modifier: Modifier) -> str:
    """The context where none is stated; the first of a modifier without a default."""
    return modifier.default if modifier.default is not None else next(iter(modifier.contexts))


def _defaults(side: _Permutations) -> dict[str, str]:
    return {name: default_of(modifier) for name, modifier in side.modifiers.items()}


def _choices(step: Any) -> Iterable[Sequence[View]]:
    return step.contexts.values() if isinstance(step, Modifier) else [step.sources]


def _contexts(before: _Permutations, after: _Permutations, policy: Policy) -> Iterator[Change]:
    """Contexts that came and went, with the resolver's path as their subject."""
    old, new = before.modifiers, after.modifiers
    for side, other, kind in ((new, old, Kind.CONTEXT_ADDED), (old, new, Kind.CONTEXT_REMOVED)):
        document = (after if side is new else before).document
        for name, modifier in side.items():
            for context in modifier.contexts:
                if document is not None and not (name in other and context in other[name].contexts):
                    yield Change(kind, document.path, policy[kind], field=f"{name}={context}")


def _common(before: _Permutations, after: _Permutations) -> dict[str, list[str]]:
    """What can be chosen on both sides, by modifier, the newer one's default first."""
    found: dict[str, list[str]] = {}
    for name, modifier in after.modifiers.items():
        if name in before.modifiers:
            known = [each for each in modifier.contexts if each in before.modifiers[name].contexts]
            default = default_of(modifier)
            found[name] = [default, *(each for each in known if each != default)] if default in known else known
    return found


def _ordered(common: Mapping[str, Sequence[str]], *, skip_own: bool) -> Iterator[Contexts]:
    """Permutations by how many of their contexts are not the defaults: none, one, two …"""
    others = {name: list(contexts[1:]) for name, contexts in common.items() if len(contexts) > 1}
    for size in range(1 if skip_own else 0, len(others) + 1):
        for names in combinations(others, size):
            for choice in product(*(others[name] for name in names)):
                yield tuple(zip(names, choice, strict=True))


def _key(change: Change) -> _Key:
    sides = json.dumps([change.before, change.after], sort_keys=True, default=str)
    return change.kind.value, change.subject, change.field, str(change.old_subject), sides
