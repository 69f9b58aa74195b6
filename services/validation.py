"""Validation of a change: only what differs between two trees, whole-set rules on what that reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import pygit2

from designsystem import codes
from designsystem.compatibility import MAX_BYTES, read_policy
from designsystem.components.component import Component
from designsystem.manifest import MANIFEST_PATH, VERSIONING_PATH, Manifest
from designsystem.problem import Problem
from designsystem.resolver.judging import unsaid
from designsystem.rules import (
    FileLimits,
    duplicate_component_id,
    judge_file,
    judge_total,
)
from gitstore import trees
from gitstore.trees import FileChange, FileEntry
from index.contents import all_directories, component_at, touched_directories
from index.snapshots import Snapshot, is_plain_file, is_relaid, manifest_of, reader
from services import compatibility
from services.drafts import Draft
from services.resolvers import judge_resolvers

REGULAR_MODE = 0o100644


def judge_files(
    repo: pygit2.Repository, before: Snapshot, tree: str, changes: Sequence[FileChange], limits: FileLimits
) -> list[Problem]:
    """What can be said of files before any is parsed: where they lie, their kinds and sizes.

    Judged by the manifest that the change brings. New globs, or a resolver, may reach files that stood before: then all
    are judged.
    """
    manifest, _ = manifest_of(repo, before, changes)
    files = [FileEntry(change.path, change.new_mode, change.new_oid) for change in changes if change.new_oid]
    relaid = is_relaid(before.manifest, manifest, {change.path for change in changes})
    if before.manifest.components == manifest.components and not relaid:
        total = before.token_bytes + _growth(repo, before, manifest, changes)
    else:
        reached = [file for file in trees.walk(repo, tree) if _is_reached(manifest, file.path)]
        total = sum(_size(repo, file) for file in reached if manifest.is_token_file(file.path))
        files = list({file.path: file for file in (*files, *reached)}.values())
    found = [judge_file(manifest, file.path, file.mode, _size(repo, file), limits) for file in files]
    return [problem for problem in (*found, judge_total(total, limits)) if problem is not None]


def judge_draft(draft: Draft, limits: FileLimits) -> list[Problem]:
    """Every problem that an edit brings in, told before any object is written: a refused edit leaves no trace.

    Whole for drafts that keep manifest and resolvers as they are, and whose files were all put as bytes; others are
    also judged on the tree, by :func:`judge_content`.
    """
    manifest = draft.snapshot.manifest
    written = {path: data for path, data in draft.edits.items() if isinstance(data, bytes)}
    # writing keeps the mode of what stands there: a link that came in before the globs reached it would stay one
    found = [
        judge_file(manifest, path, draft.mode(path) or REGULAR_MODE, len(data), limits)
        for path, data in written.items()
    ]
    documents = draft.tokens.documents.values()
    found.append(judge_total(sum(len(document.source) for document in documents), limits))
    problems = [problem for problem in found if problem is not None]
    problems.extend(draft.tokens.check(since=draft.snapshot.tokens))
    if not draft.is_structural:
        after = replace(draft.snapshot, tokens=draft.tokens)
        met = judge_resolvers(draft.snapshot, after, draft.edits, draft.standing, draft.read)
        problems.extend(unsaid(met, problems))
    if VERSIONING_PATH in written:
        problems.extend(read_policy(written[VERSIONING_PATH][: MAX_BYTES + 1])[1])
    for directory in sorted({manifest.component_directory(path) or "" for path in draft.edits} - {""}):
        problems.extend(draft.component(directory)[1])
    if draft.is_structural:  # the manifest that it brings may have other severities, and other files count
        problems = [problem for problem in problems if not codes.is_adjustable(problem.code)]
    return manifest.judged(problems)


def judge_content(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, changes: Sequence[FileChange]
) -> list[Problem]:
    """Every problem that the change from one snapshot to the other brings in, errors and warnings.

    A manifest that takes some codes more seriously than the one before is held against every token that stands.
    """
    problems: list[Problem] = []
    if any(change.path == MANIFEST_PATH for change in changes):
        problems.extend(after.manifest_problems)
    problems.extend(compatibility.faults(repo, changes))
    problems.extend(after.tokens.check(since=before.tokens))
    paths = {change.path for change in changes}
    was, now = reader(repo, before.tree), reader(repo, after.tree)
    problems.extend(unsaid(judge_resolvers(before, after, paths, was, now), problems))
    if before.tree is not None and (raised := after.manifest.raised_since(before.manifest)):
        standing = {file.path for file in _token_files(repo, after)}
        found = [*after.tokens.check(), *judge_resolvers(before, after, standing, was, now)]
        if codes.BYTE_ORDER_MARK in raised:  # which component.json may have too
            found += _judge_directories(repo, before, after, all_directories(repo, after.tree, after.manifest))
        problems.extend(unsaid((problem for problem in found if problem.code in raised), problems))
    problems.extend(_judge_components(repo, before, after, changes))
    return after.manifest.judged(problems)


def _token_files(repo: pygit2.Repository, snapshot: Snapshot) -> Iterable[FileEntry]:
    """The token files of a tree, also those that only a resolver's contexts reach."""
    manifest = snapshot.manifest
    found = trees.walk(repo, snapshot.tree, manifest.may_hold_tokens) if snapshot.tree is not None else ()
    return (file for file in found if manifest.is_token_file(file.path))


def _is_reached(manifest: Manifest, path: str) -> bool:
    return manifest.is_token_file(path) or manifest.component_directory(path) is not None


def _growth(repo: pygit2.Repository, before: Snapshot, manifest: Manifest, changes: Iterable[FileChange]) -> int:
    """By how many bytes the token files together grow."""
    grown = 0
    for change in changes:
        if manifest.is_token_file(change.path) and before.tokens.takes(change.path):
            standing = before.tokens.documents.get(change.path)
            grown -= len(standing.source) if standing is not None else 0
            grown += _size(repo, FileEntry(change.path, change.new_mode, change.new_oid)) if change.new_oid else 0
    return grown


def _size(repo: pygit2.Repository, file: FileEntry) -> int:
    """A plain file's bytes; links and submodules count nothing."""
    return trees.blob_size(repo, file.oid) if is_plain_file(file.mode) else 0


def _judge_components(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, changes: Sequence[FileChange]
) -> list[Problem]:
    if before.manifest.components == after.manifest.components:
        directories = touched_directories(after.manifest, changes)
    else:
        directories = all_directories(repo, after.tree, after.manifest)
    return _judge_directories(repo, before, after, directories)


def _judge_directories(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, directories: Iterable[str]
) -> list[Problem]:
    problems: list[Problem] = []
    claims: dict[UUID, Component] = {}
    for directory in directories:
        component, found = component_at(repo, after.tree, directory)
        problems.extend(found)
        if component is None or component.id_in_file is None:
            continue
        was, _ = component_at(repo, before.tree, directory)
        if was is None or was.id_in_file != component.id_in_file:
            claims[component.id_in_file] = component
    return [*problems, *_judge_claims(repo, after, claims)] if claims else problems


def _judge_claims(repo: pygit2.Repository, after: Snapshot, claims: Mapping[UUID, Component]) -> list[Problem]:
    """Ids that component.json states anew must be nobody else's; looks through every component, and so runs seldom."""
    problems = []
    for directory in all_directories(repo, after.tree, after.manifest):
        other, _ = component_at(repo, after.tree, directory)
        claim = claims.get(other.id_in_file) if other is not None and other.id_in_file is not None else None
        if claim is not None and claim.directory != directory:
            problems.append(duplicate_component_id(claim.directory, claim.name, directory))
    return problems
