"""Follows aliases: the type and plain value of a token, worked out without recursion however long a chain is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designsystem.tokens.aliases import BROKEN, alias_of, alias_places, substitute
from designsystem.tokens.token import Resolved, Token

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet

MAX_WEIGHT = 10_000
"""How many parts a resolved value may have: aliases in lists of lists could otherwise multiply without end."""

_MISSING: Any = object()


class Resolver:
    """Resolves the tokens of one set and remembers the answers."""

    __slots__ = ("_known", "_set", "_weights")

    def __init__(self, token_set: TokenSet) -> None:
        self._set = token_set
        self._known: dict[str, Resolved | None] = {}
        self._weights: dict[str, int] = {}

    @property
    def known(self) -> bool:
        """Whether anything has been resolved yet."""
        return bool(self._known)

    def inherit(self, other: Resolver, stale: set[str]) -> None:
        """Takes over what another set's resolver worked out, except for these paths."""
        self._known = other._known.copy()
        self._weights = other._weights.copy()
        for path in stale:
            self._known.pop(path, None)
            self._weights.pop(path, None)

    def resolve(self, path: str) -> Resolved | None:
        """See ``TokenSet.resolve``."""
        known = self._known.get(path, _MISSING)
        if known is not _MISSING:
            return known  # type: ignore[no-any-return]
        token = self._set.tokens.get(path)
        if token is None:
            return None
        if not token.alias_paths:
            return self._remember(path, Resolved(token.type, token.value), _weight(token.value))
        return self._follow(token)

    def _follow(self, start: Token) -> Resolved | None:
        """Depth first with a stack of our own; what is still open when met again lies on a cycle and is broken."""
        stack = [(start, iter(start.alias_paths))]
        open_paths = {start.path}
        while stack:
            token, targets = stack[-1]
            for target in targets:
                if target in self._known or target not in self._set.tokens:
                    continue
                if target in open_paths:
                    self._break(stack, target)
                    continue
                following = self._set.tokens[target]
                open_paths.add(target)
                stack.append((following, iter(following.alias_paths)))
                break
            else:
                stack.pop()
                open_paths.discard(token.path)
                if token.path not in self._known:
                    self._finish(token)
        return self._known.get(start.path)

    def _break(self, stack: list[tuple[Token, Any]], target: str) -> None:
        """Everything on the stack from the target up refers to itself."""
        for token, _ in reversed(stack):
            self._remember(token.path, None, 0)
            if token.path == target:
                break

    def _finish(self, token: Token) -> None:
        parts = [self._known.get(target) for target in token.alias_paths]
        if any(part is None for part in parts):
            self._remember(token.path, None, 0)
            return
        weight = _weight(token.value) + sum(self._weights.get(target, 0) for target in _uses(token))
        if weight > MAX_WEIGHT:
            self._remember(token.path, None, weight)
            return
        known = self._known
        value = substitute(token.value, lambda path: known[path].value if known[path] else BROKEN)  # type: ignore[union-attr]
        self._remember(token.path, Resolved(self._type_of(token), value), weight)

    def _type_of(self, token: Token) -> str | None:
        if token.type is not None:
            return token.type
        target = alias_of(token.value)
        resolved = self._known.get(target) if target else None
        if resolved is not None and resolved.type is not None:
            return resolved.type
        return self._set.documents[token.file].inherited_types.get(token.path)

    def expands_too_far(self, path: str) -> bool:
        """Whether a broken token is broken because its value would grow past the limit."""
        return self._weights.get(path, 0) > MAX_WEIGHT

    def _remember(self, path: str, resolved: Resolved | None, weight: int) -> Resolved | None:
        self._weights[path] = weight
        self._known[path] = resolved
        return resolved


def _uses(token: Token) -> list[str]:
    """Every use of another token, repeats included, since each one adds its weight."""
    return [path for path, _ in alias_places(token.value)]


def _weight(value: Any) -> int:
    if type(value) is dict:
        return 1 + sum(map(_weight, value.values()))
    if type(value) is list:
        return 1 + sum(map(_weight, value))
    return 1
