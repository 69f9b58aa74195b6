"""Resolvers of a design system: what a change brings in that they cannot bear, judged on every way in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from designsystem.problem import Problem, errors_of
from designsystem.resolver.judging import judge_resolver, unsaid
from designsystem.resolver.layout import layout_of, missing
from designsystem.resolver.references import Read
from designsystem.tokens.document import parse_document
from index.snapshots import Snapshot, is_relaid


def judge_resolvers(before: Snapshot, after: Snapshot, changed: Collection[str], was: Read, now: Read) -> list[Problem]:
    """Every problem of resolvers, and of the files that only their contexts reach, that a change brings in.

    ``changed`` are the paths that differ, files or whole folders; ``was`` and ``now`` read a file before and after.
    A resolver is judged when it, the manifest's word on it, or a file that it names has changed.
    """
    found = list(_aside(after, changed, now))
    relaid = is_relaid(before.manifest, after.manifest, changed)
    if relaid and after.manifest.resolver and after.manifest.resolver not in after.resolvers:
        found.append(missing(after.manifest))
    for path in after.resolvers:
        touched = _touched(path, changed, now)
        if not (path in changed or (relaid and path == after.manifest.resolver) or touched):
            continue
        if path == after.manifest.resolver and not relaid and _only_edited(before, after, touched):
            continue  # the token set itself tells what is wrong with them
        problems = judge_resolver(path, now, after.manifest, touched)
        if errors_of(problems) and path in before.resolvers:
            problems = unsaid(problems, judge_resolver(path, was, before.manifest, touched))
        found += unsaid(problems, found)
    return found


def _aside(after: Snapshot, changed: Collection[str], now: Read) -> Iterator[Problem]:
    """What is wrong with files that only other contexts reach, each by itself."""
    for path in changed:
        if after.manifest.is_token_file(path) and not after.tokens.takes(path):
            source = now(path)
            yield from parse_document(path, source).problems if source is not None else ()


def _touched(path: str, changed: Collection[str], now: Read) -> set[str]:
    """The files named by a resolver that differ."""
    source = now(path)
    named = layout_of(path, source).named if source is not None else frozenset[str]()
    return {each for each in named if each in changed or any(parent in changed for parent in _parents(each))}


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _only_edited(before: Snapshot, after: Snapshot, touched: Collection[str]) -> bool:
    """Whether all of these files count, and stood before as they stand now."""
    return all(path in before.tokens.documents and path in after.tokens.documents for path in touched)
