"""What changed among tokens: added, removed, renamed, retyped, another value, another target, deprecated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designsystem.compare.change import DEFAULT_POLICY, Change, Kind, Severity
from designsystem.compare.renames import find_renames, kept_alias
from designsystem.jsontext.values import equal
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.diff import diff
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token

Policy = Mapping[Kind, Severity]


def compare_tokens(
    old: TokenSet, new: TokenSet, *, policy: Policy = DEFAULT_POLICY, ids: Mapping[str, str] | None = None
) -> list[Change]:
    """Every change by path, several of one token where several things changed. Costs what the changed files and what
    refers to them cost. ``ids``: where the tokens of a system that knows their ids now are, by their old paths."""
    difference = diff(old, new)
    renames = find_renames(old, new, difference.removed, difference.added, ids)
    changes: list[Change] = []
    for rename in renames:
        changes.append(
            Change(
                Kind.TOKEN_RENAMED, rename.new, policy[Kind.TOKEN_RENAMED], before=rename.old, after=rename.new,
                old_subject=rename.old, confidence=rename.confidence, type=_type(new, rename.new),
            )
        )  # fmt: skip
        changes += _altered(old, new, rename.old, rename.new, policy)
    gone, come = {rename.old for rename in renames}, {rename.new for rename in renames}
    for path in difference.removed:
        if path not in gone:
            changes.append(_plain(Kind.TOKEN_REMOVED, path, policy, old, before=_shown(old, path)))
    come |= {target for path in difference.changed if (target := _moved_to(old, new, path)) is not None}
    for path in difference.added:
        if path not in come:
            changes.append(_plain(Kind.TOKEN_ADDED, path, policy, new, after=_shown(new, path)))
    for path in difference.changed:
        changes += _altered(old, new, path, path, policy)
    return sorted(changes, key=lambda change: (change.subject, list(Kind).index(change.kind)))


def _altered(old: TokenSet, new: TokenSet, was: str, now: str, policy: Policy) -> Iterator[Change]:
    """What is different of a token that is in both."""
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
        yield from _revalued(old, new, a, b, policy)
    yield from _marked(a, b, policy, after)
    if a.description != b.description or not equal(dict(a.extensions), dict(b.extensions)):
        yield Change(
            Kind.TOKEN_TEXT, now, policy[Kind.TOKEN_TEXT], before=a.description, after=b.description, type=after
        )


def _moved_to(old: TokenSet, new: TokenSet, path: str) -> str | None:
    """Where a token went that left a deprecated alias at its old path, in this very change."""
    target = kept_alias(new, path)
    if target is None or old.get(target) is not None or equal(old.tokens[path].value, new.tokens[path].value):
        return None
    return target


def _revalued(old: TokenSet, new: TokenSet, a: Token, b: Token, policy: Policy) -> Iterator[Change]:
    if not equal(a.value, b.value):
        kind = Kind.TOKEN_ALIAS if alias_of(a.value) and alias_of(b.value) else Kind.TOKEN_VALUE
    elif not equal(_resolved(old, a.path), _resolved(new, b.path)):
        kind = Kind.TOKEN_RESOLVED
    else:
        return
    before, after = _shown(old, a.path), _shown(new, b.path)
    yield Change(kind, b.path, policy[kind], before=before, after=after, type=_type(new, b.path))


def _marked(a: Token, b: Token, policy: Policy, type_name: str | None) -> Iterator[Change]:
    if bool(a.deprecated) != bool(b.deprecated):
        kind = Kind.TOKEN_DEPRECATED if b.deprecated else Kind.TOKEN_RESTORED
        yield Change(kind, b.path, policy[kind], before=a.deprecated, after=b.deprecated, type=type_name)


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
