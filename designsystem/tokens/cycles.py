"""Finds the circles that aliases run in (Tarjan's strongly connected components, without recursion)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet


def cycles_among(token_set: TokenSet, broken: Iterable[str]) -> list[list[str]]:
    """Each circle that these broken tokens lie on or lead to, once, with every token in it, in the order referred to.

    The first token of each is the first in the order of the set's names, so that the answer does not depend on where
    one starts.
    """
    found = [component for component in _components(token_set, broken) if _is_cycle(token_set, component)]
    return sorted(_in_order(token_set, set(component)) for component in found)


def _targets(token_set: TokenSet, path: str) -> list[str]:
    """The broken tokens that a token refers to: only those can lie on a circle."""
    tokens = token_set.tokens
    return [target for target in tokens[path].alias_paths if target in tokens and token_set.resolve(target) is None]


def _is_cycle(token_set: TokenSet, component: list[str]) -> bool:
    return len(component) > 1 or component[0] in token_set.tokens[component[0]].alias_paths


def _components(token_set: TokenSet, starts: Iterable[str]) -> Iterator[list[str]]:
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    pending: list[str] = []
    on_pending: set[str] = set()
    for start in starts:
        if start in order or start not in token_set.tokens:
            continue
        order[start] = low[start] = len(order)
        pending.append(start)
        on_pending.add(start)
        stack = [(start, iter(_targets(token_set, start)))]
        while stack:
            path, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[path])
                if low[path] == order[path]:
                    yield _unwind(pending, on_pending, path)
            elif target not in order:
                order[target] = low[target] = len(order)
                pending.append(target)
                on_pending.add(target)
                stack.append((target, iter(_targets(token_set, target))))
            elif target in on_pending:
                low[path] = min(low[path], order[target])


def _unwind(pending: list[str], on_pending: set[str], last: str) -> list[str]:
    component: list[str] = []
    while True:
        path = pending.pop()
        on_pending.discard(path)
        component.append(path)
        if path == last:
            return component


def _in_order(token_set: TokenSet, component: set[str]) -> list[str]:
    """The members along their references, from the first by name; those off the walk follow at the end."""
    path = min(component)
    walk = [path]
    left = component - {path}
    while left:
        following = next((target for target in token_set.tokens[path].alias_paths if target in left), None)
        if following is None:
            break
        walk.append(following)
        left.discard(following)
        path = following
    return [*walk, *sorted(left)]
