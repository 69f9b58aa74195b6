"""All token files of a design system together: which token counts, what it resolves to, and what depends on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from designsystem.jsontext.values import equal
from designsystem.problem import Problem
from designsystem.tokens.check import Checker
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.inheritance import Inherited, inherit
from designsystem.tokens.resolve import Resolver
from designsystem.tokens.token import Resolved, Token


class TokenSet:
    """An immutable set of token documents, safe to share between threads.

    A path declared in several files is the token of the last file in path order, or in ``order`` where that is given:
    then only the files that it lists count, and that one overrides another is meant. Whatever is worked out once
    (resolved values, who refers to whom, ids) is remembered; the memos are written without a lock, since two threads
    can only work out the same. ``replace`` hands on what a change does not reach.

    ``sources`` are the files by themselves; ``documents`` the same with what their groups inherit from one another.
    """

    __slots__ = (
        "_dependents",
        "_explicit_ids",
        "_inherited",
        "_repeated",
        "_resolver",
        "default_ids",
        "documents",
        "ids_memo",
        "order",
        "sources",
        "tokens",
    )

    sources: Mapping[str, TokenDocument]
    documents: Mapping[str, TokenDocument]
    tokens: Mapping[str, Token]

    def __init__(
        self,
        sources: Mapping[str, TokenDocument],
        inherited: Mapping[str, Inherited] = MappingProxyType({}),
        order: tuple[str, ...] | None = None,
    ) -> None:
        """Use :meth:`build` or :meth:`replace`; ``inherited`` is what the set before had worked out."""
        self.order = order
        names = sorted(sources) if order is None else [path for path in order if path in sources]
        ordered = {path: sources[path] for path in names}
        tokens, declared = _merged(ordered)
        self.sources = MappingProxyType(ordered)
        self._inherited = inherit(ordered, tokens, inherited)
        if self._inherited:
            ordered = ordered | {path: entry.effective for path, entry in self._inherited.items()}
            tokens, declared = _merged(ordered)
        self.documents = MappingProxyType(ordered)
        self.tokens = MappingProxyType(tokens)
        self._repeated: dict[str, tuple[Token, ...]] | None = {} if declared == len(tokens) else None
        self._dependents: dict[str, frozenset[str]] | None = None
        self._resolver = Resolver(self)
        self._explicit_ids: dict[UUID, str] | None = None
        self.ids_memo: dict[UUID, dict[UUID, str]] = {}
        self.default_ids: dict[tuple[UUID, str], UUID] = {}

    @classmethod
    def build(cls, documents: Iterable[TokenDocument], order: tuple[str, ...] | None = None) -> TokenSet:
        """The set of these documents; of two with the same path the later counts."""
        return cls({document.path: document for document in documents}, order=order)

    def takes(self, path: str) -> bool:
        """Whether a document at this path would count."""
        return self.order is None or path in self.order

    def replace(self, changes: Mapping[str, TokenDocument | None]) -> TokenSet:
        """A new set in which these documents stand (None: no longer) instead of what stood at their paths."""
        documents = dict(self.sources)
        for path, document in changes.items():
            if document is None:
                documents.pop(path, None)
            else:
                documents[path] = document
        new = TokenSet(documents, self._inherited, self.order)
        new.default_ids = self.default_ids
        self._hand_on(new)
        return new

    def get(self, path: str) -> Token | None:
        """The token at a path."""
        return self.tokens.get(path)

    def declarations(self, path: str) -> tuple[Token, ...]:
        """Every declaration of a path, in the order of files; the last one counts."""
        token = self.tokens.get(path)
        return () if token is None else self.repeated.get(path, (token,))

    @property
    def repeated(self) -> Mapping[str, tuple[Token, ...]]:
        """The declarations of every path that more than one file declares."""
        if self._repeated is None:
            found: dict[str, list[Token]] = {}
            for document in self.documents.values():
                for path, token in document.tokens.items():
                    if self.tokens[path] is not token:
                        found.setdefault(path, []).append(token)
            self._repeated = {path: (*tokens, self.tokens[path]) for path, tokens in found.items()}
        return self._repeated

    def resolve(self, path: str) -> Resolved | None:
        """Type and plain value of a token once every alias is followed; None where it is broken or does not exist."""
        return self._resolver.resolve(path)

    def expands_too_far(self, path: str) -> bool:
        """Whether a token is broken because its aliases would make its value grow past every measure."""
        return self._resolver.expands_too_far(path)

    @property
    def explicit_ids(self) -> Mapping[UUID, str]:
        """The path of the token that holds each explicit id; the first in the order of files where two do."""
        if self._explicit_ids is None:
            found: dict[UUID, str] = {}
            for document in self.documents.values():
                for path, identifier in document.explicit_ids.items():
                    if self.tokens[path].file == document.path:
                        found.setdefault(identifier, path)
            self._explicit_ids = found
        return self._explicit_ids

    def dependents(self, path: str) -> frozenset[str]:
        """The tokens that refer to this path directly, whether or not a token stands there."""
        return self._index().get(path, frozenset())

    def reach(self, paths: Iterable[str]) -> set[str]:
        """These paths and every token that refers to one of them, however indirectly."""
        index = self._index()
        found = set(paths)
        waiting = list(found)
        while waiting:
            fresh = index.get(waiting.pop(), frozenset()) - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def check(self, since: TokenSet | None = None) -> list[Problem]:
        """What is wrong with the set; with ``since`` only with what differs from it and what that reaches."""
        return Checker(self).check(since)

    def changed_documents(self, since: TokenSet) -> list[str]:
        """The paths of the documents that are not the very same in both sets."""
        return _changed(self.documents, since.documents)

    def changed_sources(self, since: TokenSet) -> list[str]:
        """The same of the files by themselves: those that somebody wrote, not those that only inherit otherwise."""
        return _changed(self.sources, since.sources)

    def changed_paths(self, since: TokenSet, among: Collection[str] | None = None) -> set[str]:
        """The token paths that were added or removed, or whose type, value or references differ, between two sets.

        ``among``: the only ones that can, where that is known; see :meth:`touched_paths`.
        """
        paths = self._reached_paths(since) if among is None else among
        return {path for path in paths if not _alike(self, since, path)}

    def touched_paths(self, since: TokenSet) -> set[str]:
        """Every path that a changed document declares or declared."""
        paths: set[str] = set()
        for name in self.changed_documents(since):
            for side in (self.documents.get(name), since.documents.get(name)):
                if side is not None:
                    paths.update(side.tokens)
        return paths

    def _reached_paths(self, since: TokenSet) -> set[str]:
        """:meth:`touched_paths` less those of which it is known that at most their place is another."""
        paths: set[str] = set()
        for name in self.changed_documents(since):
            mine, other = self.documents.get(name), since.documents.get(name)
            if mine is None or other is None:
                paths.update((mine or since.documents[name]).tokens)
            elif mine.since is not None and mine.since.document() is other:
                paths.update(mine.since.reached)
            else:
                paths.update(other.tokens.keys() - mine.tokens.keys())
                paths.update(path for path, token in mine.tokens.items() if other.tokens.get(path) is not token)
        return paths

    def _index(self) -> dict[str, frozenset[str]]:
        if self._dependents is None:
            index: dict[str, set[str]] = {}
            for document in self.documents.values():
                for path in document.references:
                    for target in document.tokens[path].alias_paths:
                        index.setdefault(target, set()).add(path)
            self._dependents = {target: frozenset(paths) for target, paths in index.items()}
        return self._dependents

    def _hand_on(self, new: TokenSet) -> None:
        changed = new.changed_paths(self)
        if self._dependents is not None:
            new._dependents = _reindexed(self, new, changed)
        if self._resolver.known:
            new._resolver.inherit(self._resolver, self.reach(changed) | new.reach(changed))


def _changed(mine: Mapping[str, TokenDocument], theirs: Mapping[str, TokenDocument]) -> list[str]:
    changed = [path for path, document in mine.items() if theirs.get(path) is not document]
    changed.extend(path for path in theirs if path not in mine)
    return changed


def _merged(documents: Mapping[str, TokenDocument]) -> tuple[dict[str, Token], int]:
    """Every token by path, that of the last file where several have it, and how many were declared in all."""
    tokens: dict[str, Token] = {}
    declared = 0
    for document in documents.values():
        declared += len(document.tokens)
        tokens.update(document.tokens)
    return tokens, declared


def _alike(a: TokenSet, b: TokenSet, path: str) -> bool:
    """Whether a path resolves the same way in both sets as long as what it refers to does."""
    mine, theirs = a.declarations(path), b.declarations(path)
    if len(mine) != len(theirs):
        return False
    return all(
        one is other
        or (
            one.type == other.type
            and equal(one.value, other.value)
            and equal(one.filled, other.filled)
            and a.documents[one.file].inherited_types.get(path) == b.documents[other.file].inherited_types.get(path)
        )
        for one, other in zip(mine, theirs, strict=True)
    )


def _reindexed(old: TokenSet, new: TokenSet, changed: set[str]) -> dict[str, frozenset[str]]:
    """The dependents index of ``new``, from that of ``old`` and the paths that changed."""
    index = dict(old._index())
    for path in changed:
        before = {target for token in old.declarations(path) for target in token.alias_paths}
        after = {target for token in new.declarations(path) for target in token.alias_paths}
        for target in before - after:
            left = index[target] - {path}
            if left:
                index[target] = left
            else:
                del index[target]
        for target in after - before:
            index[target] = index.get(target, frozenset()) | {path}
    return index
