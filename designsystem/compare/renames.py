"""Recognises what was renamed among what came and what went: by id, by what it was replaced by, by value and place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from designsystem.tokens.aliases import alias_of
from designsystem.tokens.replacement import stated_replacement
from designsystem.tokens.set import TokenSet

CERTAIN = 1.0
LEAST = 0.5
"""Below that two tokens are not taken for one."""

LEAST_NEIGHBOURS = 2
"""So many tokens of a group must have gone the same way for another one to be looked for there."""

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
    found = _used_up(_by_id(old, new, gone, come, ids or {}), gone, come)
    found += _used_up(_by_word(old, gone, come), gone, come)
    found += _used_up(_by_value(old, new, gone, come), gone, come)
    found += _by_place(old, new, gone, come, found)
    return sorted(found, key=lambda rename: (rename.new, rename.old))


def _used_up(found: Iterable[Rename], gone: dict[str, None], come: dict[str, None]) -> list[Rename]:
    """These renames, whose paths nobody else may have any more."""
    kept = list(found)
    for rename in kept:
        del gone[rename.old], come[rename.new]
    return kept


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


def _by_word(old: TokenSet, gone: Iterable[str], come: Mapping[str, None]) -> Iterable[Rename]:
    """What said, while it stood, which token would take its place."""
    taken: set[str] = set()
    for path in gone:
        target = stated_replacement(old.tokens[path])
        if target is not None and target in come and target not in taken:
            taken.add(target)
            yield Rename(path, target, CERTAIN)


def _by_place(
    old: TokenSet, new: TokenSet, gone: Iterable[str], come: Mapping[str, None], found: Sequence[Rename]
) -> list[Rename]:
    """What has another value, but stood in a group whose other tokens were renamed to one place."""
    moves: Counter[tuple[str, str]] = Counter()
    for rename in found:
        moves.update(_moves(rename.old, rename.new))
    ways = sorted(((-count, before, after) for (before, after), count in moves.items() if count >= LEAST_NEIGHBOURS))
    pairs: list[Rename] = []
    taken: set[str] = set()
    for path in gone:
        for count, before, after in ways:
            target = f"{after}.{path.removeprefix(f'{before}.')}" if path.startswith(f"{before}.") else ""
            if target in come and target not in taken and _type(old, path) == _type(new, target):
                taken.add(target)
                pairs.append(Rename(path, target, round(min(0.5 - count * 0.05, 0.8), 2)))
                break
    return pairs


def _moves(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The groups that moved if a rename was one of theirs: what is left when equal ends are taken off, one by one."""
    a, b = old.split("."), new.split(".")
    while len(a) > 1 and len(b) > 1 and a[-1] == b[-1]:
        a.pop()
        b.pop()
        if a != b:
            yield ".".join(a), ".".join(b)


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
    return json.dumps([_type(tokens, path), tokens.tokens[path].value], sort_keys=True)


def _type(tokens: TokenSet, path: str) -> str | None:
    resolved = tokens.resolve(path)
    return resolved.type if resolved is not None else tokens.tokens[path].type


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
