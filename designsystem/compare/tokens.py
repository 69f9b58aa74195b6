"""What changed among tokens: added, removed, renamed, retyped, another value, another target, deprecated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from designsystem.compare.change import DEFAULT_POLICY, Change, Kind, Severity
from designsystem.compare.renames import CERTAIN, find_renames, kept_alias, moved_by_id
from designsystem.jsontext.values import equal
from designsystem.tokens.aliases import alias_of, with_paths
from designsystem.tokens.diff import TokenDiff, diff
from designsystem.tokens.replacement import REPLACED_BY, replacement_of, stated_replacement
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import EXTENSION_KEY, Token

Policy = Mapping[Kind, Severity]

_TOLD = ("id", REPLACED_BY)

BY_ALIAS = 0.8
"""How sure it is that a deprecated alias stands for what it refers to, where it says no word about that."""


def compare_tokens(
    old: TokenSet,
    new: TokenSet,
    *,
    policy: Policy = DEFAULT_POLICY,
    ids: Mapping[str, str] | None = None,
    among: Collection[str] | None = None,
) -> list[Change]:
    """Every change by path, several of one token where several things changed. Costs what the changed files and what
    refers to them cost. ``ids``: where the tokens of a system that knows their ids now are, by their old paths;
    ``among``: the only paths whose declarations can differ, where that is known."""
    difference = _parted(diff(old, new, among), old, new, ids or {})
    renames = find_renames(old, new, difference.removed, difference.added, ids)
    followed = {rename.old: rename.new for rename in renames}
    followed |= {path: to for path in difference.changed if (to := _moved_to(old, new, path)) is not None}
    changes: list[Change] = []
    for rename in renames:
        changes.append(
            Change(
                Kind.TOKEN_RENAMED, rename.new, policy[Kind.TOKEN_RENAMED], before=rename.old, after=rename.new,
                old_subject=rename.old, confidence=rename.confidence, type=_type(new, rename.new),
            )
        )  # fmt: skip
        changes += _altered(old, new, rename.old, rename.new, policy, followed)
    gone, come = {rename.old for rename in renames}, {rename.new for rename in renames}
    for path in difference.removed:
        if path not in gone:
            changes.append(_removed(old, new, path, policy))
    come |= set(followed.values())
    for path in difference.added:
        if path not in come:
            changes.append(_plain(Kind.TOKEN_ADDED, path, policy, new, after=_shown(new, path)))
    for path in difference.changed:
        changes += _altered(old, new, path, path, policy, followed)
    return sorted(changes, key=lambda change: (change.subject, list(Kind).index(change.kind)))


def _parted(difference: TokenDiff, old: TokenSet, new: TokenSet, ids: Mapping[str, str]) -> TokenDiff:
    """Paths at which another token stands than before, as ids have it (two that swapped their names, say), count as
    removed and added; not those that only lead to where the token went."""
    there = {path: moved_by_id(old, new, path, ids) for path in (*difference.removed, *difference.changed)}
    moved = {path: target for path, target in there.items() if target is not None}
    standing = set(difference.changed)
    left = {path for path, target in moved.items() if path in standing and alias_of(new.tokens[path].value) != target}
    taken = {target for path, target in moved.items() if target in standing and (path in left or path not in standing)}
    apart = left | taken
    if not apart:
        return difference
    return replace(
        difference,
        removed=tuple(sorted({*difference.removed, *apart})),
        added=tuple(sorted({*difference.added, *apart})),
        changed=tuple(path for path in difference.changed if path not in apart),
    )


def _altered(
    old: TokenSet, new: TokenSet, was: str, now: str, policy: Policy, followed: Mapping[str, str]
) -> Iterator[Change]:
    """What is different of a token that is in both. References that only follow what was renamed (``followed``) lead
    where they led."""
    a, b = old.tokens[was], new.tokens[now]
    before, after = _type(old, was), _type(new, now)
    if before != after:
        yield Change(Kind.TOKEN_RETYPED, now, policy[Kind.TOKEN_RETYPED], before=before, after=after, type=after)
    moved = _moved_to(old, new, was) if was == now else None
    if moved is not None:
        yield Change(
            Kind.TOKEN_MOVED, moved, policy[Kind.TOKEN_MOVED], before=was, after=moved, old_subject=was, type=after
        )
    else:
        yield from _revalued(old, new, a, b, policy, followed)
    yield from _marked(a, b, new, policy, after)
    announced = bool(a.deprecated and b.deprecated) and stated_replacement(a) != stated_replacement(b)
    if announced or a.description != b.description or not equal(_said_beside(a), _said_beside(b)):
        instead, sure = _instead(b, new) if announced else (None, CERTAIN)
        yield Change(
            Kind.TOKEN_TEXT, now, policy[Kind.TOKEN_TEXT], before=a.description, after=b.description, confidence=sure,
            type=after, replaced_by=instead,
        )  # fmt: skip


def _said_beside(token: Token) -> dict[str, Any]:
    """The extensions, without what is told otherwise: who the token is, and what takes its place."""
    mine = token.extensions.get(EXTENSION_KEY)
    rest = {key: value for key, value in mine.items() if key not in _TOLD} if isinstance(mine, dict) else mine
    others = {key: value for key, value in token.extensions.items() if key != EXTENSION_KEY}
    return others | ({EXTENSION_KEY: rest} if rest else {})


def _moved_to(old: TokenSet, new: TokenSet, path: str) -> str | None:
    """Where a token went that left a deprecated alias at its old path, in this very change."""
    target = kept_alias(new, path)
    if target is None or old.get(target) is not None or equal(old.tokens[path].value, new.tokens[path].value):
        return None
    return target


def _revalued(
    old: TokenSet, new: TokenSet, a: Token, b: Token, policy: Policy, followed: Mapping[str, str]
) -> Iterator[Change]:
    if not equal(a.value, b.value) and not equal(with_paths(a.value, followed), b.value):
        kind = Kind.TOKEN_ALIAS if alias_of(a.value) and alias_of(b.value) else Kind.TOKEN_VALUE
    elif not equal(_resolved(old, a.path), _resolved(new, b.path)):
        kind = Kind.TOKEN_RESOLVED
    else:
        return
    before, after = _shown(old, a.path), _shown(new, b.path)
    yield Change(kind, b.path, policy[kind], before=before, after=after, type=_type(new, b.path))


def _marked(a: Token, b: Token, new: TokenSet, policy: Policy, type_name: str | None) -> Iterator[Change]:
    if bool(a.deprecated) != bool(b.deprecated):
        kind = Kind.TOKEN_DEPRECATED if b.deprecated else Kind.TOKEN_RESTORED
        instead, sure = _instead(b, new) if b.deprecated else (None, CERTAIN)
        yield Change(
            kind, b.path, policy[kind], before=a.deprecated, after=b.deprecated, confidence=sure, type=type_name,
            replaced_by=instead,
        )  # fmt: skip


def _removed(old: TokenSet, new: TokenSet, path: str, policy: Policy) -> Change:
    instead, sure = _instead(old.tokens[path], new)
    found = _plain(Kind.TOKEN_REMOVED, path, policy, old, before=_shown(old, path))
    return replace(found, replaced_by=instead, confidence=sure)


def _instead(token: Token, new: TokenSet) -> tuple[str | None, float]:
    """What to use instead of a token, if that is there, and how sure that is: an alias may be meant as no more."""
    target = replacement_of(token)
    if target is None or new.get(target) is None:
        return None, CERTAIN
    said = stated_replacement(token) is not None or target in str(token.deprecated)
    return target, CERTAIN if said else BY_ALIAS


def _plain(kind: Kind, path: str, policy: Policy, tokens: TokenSet, *, before: Any = None, after: Any = None) -> Change:
    return Change(kind, path, policy[kind], before=before, after=after, type=_type(tokens, path))


def _type(tokens: TokenSet, path: str) -> str | None:
    resolved = tokens.resolve(path)
    return resolved.type if resolved is not None else tokens.tokens[path].type


def _resolved(tokens: TokenSet, path: str) -> Any:
    resolved = tokens.resolve(path)
    return resolved.value if resolved is not None else None


def _shown(tokens: TokenSet, path: str) -> dict[str, Any]:
    """What a token says and, where that is an alias, what it stands for."""
    value, resolved = tokens.tokens[path].value, _resolved(tokens, path)
    return {"value": value} if equal(value, resolved) else {"value": value, "resolved": resolved}
