"""Follows aliases: the type and plain value of a token, worked out without recursion however long a chain is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from designsystem.jsontext.values import MAX_DEPTH
from designsystem.tokens.aliases import BROKEN, alias_of, alias_places, reference_of, substitute
from designsystem.tokens.parts import Parts
from designsystem.tokens.pointers import REF
from designsystem.tokens.token import Resolved, Token

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet

MAX_WEIGHT = 10_000
"""How many parts a resolved value may have: aliases in lists of lists could otherwise multiply without end."""

_MISSING: Any = object()


class Size(NamedTuple):
    """How many parts a value has and how deep they nest."""

    weight: int
    depth: int


_SCALAR = Size(1, 0)


class Resolver:
    """Resolves the tokens of one set and remembers the answers."""

    __slots__ = ("_known", "_set", "_sizes")

    def __init__(self, token_set: TokenSet) -> None:
        self._set = token_set
        self._known: dict[str, Resolved | None] = {}
        self._sizes: dict[str, Size] = {}

    @property
    def known(self) -> bool:
        """Whether anything has been resolved yet."""
        return bool(self._known)

    def inherit(self, other: Resolver, stale: set[str]) -> None:
        """Takes over what another set's resolver worked out, except for these paths."""
        self._known = other._known.copy()
        self._sizes = other._sizes.copy()
        for path in stale:
            self._known.pop(path, None)
            self._sizes.pop(path, None)

    def resolve(self, path: str) -> Resolved | None:
        """See ``TokenSet.resolve``."""
        known = self._known.get(path, _MISSING)
        if known is not _MISSING:
            return known  # type: ignore[no-any-return]
        token = self._set.tokens.get(path)
        if token is None:
            return None
        if not token.alias_paths:
            return self._remember(path, Resolved(token.type, token.meant), _measure(token.meant, _plain))
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
        """Everything on the stack from the target up refers to itself, unless only to other parts of itself."""
        start = next(place for place, (token, _) in enumerate(stack) if token.path == target)
        circle = [token for token, _ in stack[start:]]
        parts = Parts(self._set.tokens, self._settled) if any(_refers_to_parts(token) for token in circle) else None
        values = [parts.value(token.path) if parts else BROKEN for token in circle]
        for token, value in zip(circle, values, strict=True):
            size = _SCALAR if value is BROKEN else _measure(value, _plain)
            broken = value is BROKEN or _too_large(size)
            self._remember(token.path, None if broken else Resolved(self._type_along(token), value), size)

    def _settled(self, path: str) -> Any:
        known = self._known.get(path)
        return known.value if known is not None else BROKEN

    def _type_along(self, token: Token) -> str | None:
        """The type of a token on a circle: that of the last one that its whole value is an alias of."""
        met = {token.path}
        while token.type is None and (target := alias_of(token.meant)) is not None and target not in met:
            following = self._set.tokens.get(target)
            if following is None:
                break
            met.add(target)
            token = following
        return self._type_of(token)

    def _finish(self, token: Token) -> None:
        parts = [self._known.get(target) for target in token.alias_paths]
        if any(part is None for part in parts):
            self._remember(token.path, None, _SCALAR)
            return
        size = _measure(token.meant, lambda path: self._sizes.get(path, _SCALAR))
        if _too_large(size):
            self._remember(token.path, None, size)
            return
        known = self._known
        value = substitute(token.meant, lambda path: known[path].value if known[path] else BROKEN)  # type: ignore[union-attr]
        if value is BROKEN:  # a part that the other value does not have
            self._remember(token.path, None, _SCALAR)
            return
        self._remember(token.path, Resolved(self._type_of(token), value), size)

    def _type_of(self, token: Token) -> str | None:
        if token.type is not None:
            return token.type
        target = alias_of(token.meant)
        resolved = self._known.get(target) if target else None
        if resolved is not None and resolved.type is not None:
            return resolved.type
        return self._set.documents[token.file].inherited_types.get(token.path)

    def expands_too_far(self, path: str) -> bool:
        """Whether a broken token is broken because its value would grow past the limit."""
        return _too_large(self._sizes.get(path, _SCALAR))

    def _remember(self, path: str, resolved: Resolved | None, size: Size) -> Resolved | None:
        self._sizes[path] = size
        self._known[path] = resolved
        return resolved


def _refers_to_parts(token: Token) -> bool:
    return any(target.steps for target, _ in alias_places(token.meant))


def _plain(_path: str) -> Size:
    return _SCALAR


def _too_large(size: Size) -> bool:
    return size.weight > MAX_WEIGHT or size.depth > MAX_DEPTH


def _measure(value: Any, size_of: Callable[[str], Size]) -> Size:
    """The size that a value has once its aliases are followed."""
    kind = type(value)
    if kind is str or (kind is dict and REF in value):
        target = reference_of(value)
        if target is not None:
            return size_of(target.path)
        if kind is str:
            return _SCALAR
    if kind is dict or kind is list:
        weight = 1
        depth = 0
        for part in value.values() if kind is dict else value:
            size = _measure(part, size_of)
            weight += size.weight
            depth = max(depth, size.depth)
        return Size(weight, depth + 1)
    return _SCALAR
