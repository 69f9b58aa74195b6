"""Recognises what was renamed among what came and what went: by id, else by value and neighbourhood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designsystem.tokens.aliases import alias_of
from designsystem.tokens.set import TokenSet

CERTAIN = 1.0
LEAST = 0.5
"""Below that two tokens are not taken for one."""

MOST_ALIKE = 50
"""Of so many removed tokens with one value none is recognised by it: a scale of zeros says nothing."""


@dataclass(frozen=True, slots=True)
class Rename:
    """That the token at ``old`` is the one now at ``new``; ``confidence`` is 1 where an id or an alias says so."""

    old: str
    new: str
    confidence: float


def find_renames(
    old: TokenSet, new: TokenSet, removed: Sequence[str], added: Sequence[str], ids: Mapping[str, str] | None = None
) -> list[Rename]:
    """Pairs of removed and added paths, each used once; ``ids`` maps an old path to the path that its id now has."""
    gone, come = dict.fromkeys(removed), dict.fromkeys(added)
    found = list(_by_id(old, new, gone, come, ids or {}))
    for rename in found:
        del gone[rename.old], come[rename.new]
    found += _by_value(old, new, gone, come)
    return sorted(found, key=lambda rename: (rename.new, rename.old))


def kept_alias(new: TokenSet, old_path: str) -> str | None:
    """Where a token that stands at an old path as a deprecated alias now lives: a rename that breaks nobody."""
    token = new.get(old_path)
    if token is None or not token.deprecated:
        return None
    target = alias_of(token.value)
    return target if target is not None and new.get(target) is not None else None


def _by_id(
    old: TokenSet, new: TokenSet, gone: Iterable[str], come: Mapping[str, None], ids: Mapping[str, str]
) -> Iterable[Rename]:
    taken: set[str] = set()
    for path in gone:
        explicit = old.tokens[path].explicit_id
        target = new.explicit_ids.get(explicit) if explicit is not None else ids.get(path)
        if target is not None and target in come and target not in taken:
            taken.add(target)
            yield Rename(path, target, CERTAIN)


def _by_value(old: TokenSet, new: TokenSet, gone: Mapping[str, None], come: Mapping[str, None]) -> list[Rename]:
    """The best pairs first; what has the same type and value is the more alike the more of its names agree."""
    before, after = _grouped(old, gone), _grouped(new, come)
    pairs: list[tuple[float, str, str]] = []
    for value, was in before.items():
        now = after.get(value, [])
        if not now or len(was) > MOST_ALIKE or len(now) > MOST_ALIKE:
            continue
        alone = len(was) == len(now) == 1
        for one in was:
            pairs += [(_likeness(one, other, alone), one, other) for other in now]
    found: list[Rename] = []
    used: set[str] = set()
    for likeness, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if likeness >= LEAST and one not in used and f"+{other}" not in used:
            used |= {one, f"+{other}"}
            found.append(Rename(one, other, likeness))
    return found


def _grouped(tokens: TokenSet, paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(_fingerprint(tokens, path), []).append(path)
    return found


def _fingerprint(tokens: TokenSet, path: str) -> str:
    """The same for tokens that say the same; an alias is what it refers to, not what that stands for."""
    token = tokens.tokens[path]
    resolved = tokens.resolve(path)
    kind: Any = resolved.type if resolved is not None else token.type
    return json.dumps([kind, token.value], sort_keys=True)


def _likeness(one: str, other: str, alone: bool) -> float:
    """From 0.4 for the same value alone to 0.9: how much of the names agrees, and whether there is a choice."""
    a, b = one.split("."), other.split(".")
    ahead = _agreeing(a, b)
    behind = _agreeing(a[::-1], b[::-1]) if ahead < min(len(a), len(b)) else 0
    shared = min(ahead + behind, len(a), len(b)) / max(len(a), len(b))
    return round(0.4 + 0.3 * shared + (0.2 if alone else 0.0), 2)


def _agreeing(a: Sequence[str], b: Sequence[str]) -> int:
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count
