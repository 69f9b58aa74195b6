"""What changed between two sets of tokens, in terms of tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from designsystem.jsontext.values import equal
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Resolved, Token

_EMPTY = TokenSet.build(())


@dataclass(frozen=True, slots=True)
class TokenDiff:
    """Paths in order. ``changed`` includes tokens that stand for something else because an alias leads to a changed
    one; ``moved`` those that only stand at another place: line, column or file."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def diff(old: TokenSet | None, new: TokenSet, among: Collection[str] | None = None) -> TokenDiff:
    """From ``old`` (None: nothing) to ``new``; costs what the changed documents and their reach cost.

    ``among``: the only paths whose declarations can differ, where that is known (:func:`stated_otherwise`).
    """
    old = old or _EMPTY
    added, removed, changed, moved = set(), set(), set(), set()
    for path in new.touched_paths(old) if among is None else among:
        before, after = old.get(path), new.get(path)
        if before is None and after is not None:
            added.add(path)
        elif after is None and before is not None:
            removed.add(path)
        elif before is not None and after is not None and before is not after:
            if not _says_the_same(before, after):
                changed.add(path)
            elif _place(before) != _place(after):
                moved.add(path)
    for path in _reach(old, new, among):
        if path in old.tokens and path in new.tokens and path not in changed and not _resolves_alike(old, new, path):
            changed.add(path)
            moved.discard(path)
    return TokenDiff(*(tuple(sorted(paths)) for paths in (added, removed, changed, moved)))


def stated_otherwise(old: TokenDocument | None, new: TokenDocument | None) -> set[str]:
    """The paths that two states of one document (None: it is not there) do not declare in the same way."""
    if old is new:
        return set()
    if old is None or new is None:
        return {path for document in (old, new) if document is not None for path in document.tokens}
    return {
        path
        for path in old.tokens.keys() | new.tokens.keys()
        if path not in old.tokens
        or path not in new.tokens
        or not _says_the_same(old.tokens[path], new.tokens[path])
        or not equal(old.tokens[path].filled, new.tokens[path].filled)
        or old.inherited_types.get(path) != new.inherited_types.get(path)
    }


def _reach(old: TokenSet, new: TokenSet, among: Collection[str] | None) -> set[str]:
    if not old.tokens:
        return set()
    return new.reach(new.changed_paths(old, among))


def _says_the_same(a: Token, b: Token) -> bool:
    return (
        a.type == b.type
        and a.description == b.description
        and equal(a.value, b.value)
        and equal(a.deprecated, b.deprecated)
        and equal(a.extensions, b.extensions)
    )


def _place(token: Token) -> tuple[str, int, int]:
    return token.file, token.line, token.column


def _resolves_alike(old: TokenSet, new: TokenSet, path: str) -> bool:
    before: Resolved | None = old.resolve(path)
    after: Resolved | None = new.resolve(path)
    if before is None or after is None:
        return before is after
    return before.type == after.type and equal(before.value, after.value)
