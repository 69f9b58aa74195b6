"""Recognises what was renamed among what came and what went: by id, by what it was replaced by, by value and place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from designsystem.tokens.aliases import alias_of
from designsystem.tokens.replacement import stated_replacement
from designsystem.tokens.set import TokenSet

CERTAIN = 1.0
LEAST = 0.5
"""Below that two tokens are not taken for one."""

SAME_WORDS = 0.65
"""How sure a rename is of which only the words of the names speak."""

LEAST_NEIGHBOURS = 2
"""So many tokens of a group must have gone the same way for another one to be looked for there."""

MOST_ALIKE = 50
"""Of so many removed tokens with one value none is recognised by it: a scale of zeros says nothing."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_SEPARATOR = re.compile(r"[\W_]+")
_Words = frozenset[tuple[str, int]]


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
    found += _used_up(_by_words(old, new, gone, come), gone, come)
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
        target = moved_by_id(old, new, path, ids)
        if target is not None and target in come and target not in taken:
            taken.add(target)
            yield Rename(path, target, CERTAIN)


def moved_by_id(old: TokenSet, new: TokenSet, path: str, ids: Mapping[str, str]) -> str | None:
    """Where the token that stood at a path is now, by its id; None where that is not known, or it stayed."""
    explicit = old.tokens[path].explicit_id
    target = new.explicit_ids.get(explicit) if explicit is not None else ids.get(path)
    return target if target != path and target in new.tokens else None


def _by_word(old: TokenSet, gone: Iterable[str], come: Mapping[str, None]) -> Iterable[Rename]:
    """What said, while it stood, which token would take its place."""
    taken: set[str] = set()
    for path in gone:
        target = stated_replacement(old.tokens[path])
        if target is not None and target in come and target not in taken:
            taken.add(target)
            yield Rename(path, target, CERTAIN)


def _by_words(old: TokenSet, new: TokenSet, gone: Iterable[str], come: Iterable[str]) -> Iterable[Rename]:
    """What has another value, but the very same words in its name, otherwise joined: ``a.b.c`` and ``aC.b``."""
    fresh: dict[_Words, list[str]] = {}
    lost: dict[_Words, list[str]] = {}
    for paths, into in ((gone, lost), (come, fresh)):
        for path in paths:
            into.setdefault(_words(path), []).append(path)
    for words, was in lost.items():
        now = fresh.get(words, [])
        if len(was) == len(now) == 1 and words and _type(old, was[0]) == _type(new, now[0]):
            yield Rename(was[0], now[0], SAME_WORDS)


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
    """What has the same type and says the same, then what stands for the same; the best pairs first."""
    found: list[Rename] = []
    used: set[str] = set()
    for fingerprint, least in ((_said, 0.4), (_stood_for, 0.3)):
        before = _grouped(old, (path for path in gone if path not in used), fingerprint)
        after = _grouped(new, (path for path in come if f"+{path}" not in used), fingerprint)
        for pair in sorted(_pairs(before, after, least), key=lambda pair: (-pair.confidence, pair.old, pair.new)):
            if pair.old not in used and f"+{pair.new}" not in used:
                used |= {pair.old, f"+{pair.new}"}
                found.append(pair)
    return found


def _pairs(before: Mapping[str, list[str]], after: Mapping[str, list[str]], least: float) -> Iterator[Rename]:
    """All that may be one token, each with how sure that is: the more so the more words their names share, and where
    there is no choice."""
    for value, was in before.items():
        now = after.get(value, [])
        if len(was) > MOST_ALIKE or len(now) > MOST_ALIKE:
            continue
        alone = 0.15 if len(was) == len(now) == 1 else 0.0
        words = {path: _words(path) for path in (*was, *now)}
        for one, other in product(was, now):
            sure = round(least + 0.4 * _likeness(words[one], words[other]) + alone, 2)
            if sure >= LEAST:
                yield Rename(one, other, sure)


def _grouped(
    tokens: TokenSet, paths: Iterable[str], fingerprint: Callable[[TokenSet, str], str | None]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        key = fingerprint(tokens, path)
        if key is not None:
            found.setdefault(key, []).append(path)
    return found


def _said(tokens: TokenSet, path: str) -> str:
    """The same for tokens that say the same; an alias is what it refers to, not what that stands for."""
    return json.dumps([_type(tokens, path), tokens.tokens[path].value], sort_keys=True)


def _stood_for(tokens: TokenSet, path: str) -> str | None:
    """The same for tokens that stand for the same, whether through an alias or not; None for a broken one."""
    resolved = tokens.resolve(path)
    return json.dumps([resolved.type, resolved.value], sort_keys=True) if resolved is not None else None


def _likeness(one: _Words, other: _Words) -> float:
    """From 0 to 1: how many of the words of two names are the same, in whatever order (Sørensen and Dice)."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _words(path: str) -> _Words:
    """The words of a name, however they are joined: ``bgColor.accent-2`` has four; a second ``bg`` would be another."""
    seen: Counter[str] = Counter()
    found = []
    for word in _SEPARATOR.split(_HUMP.sub(" ", path).lower()):
        if word:
            found.append((word, seen[word]))
            seen[word] += 1
    return frozenset(found)


def _type(tokens: TokenSet, path: str) -> str | None:
    resolved = tokens.resolve(path)
    return resolved.type if resolved is not None else tokens.tokens[path].type
