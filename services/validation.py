"""Validation of a change: only what differs between two trees, whole-set rules on what that reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pygit2

from designsystem import codes
from designsystem.components.component import Component
from designsystem.manifest import MANIFEST_PATH
from designsystem.problem import Problem
from gitstore import trees
from gitstore.trees import FileChange
from index.contents import all_directories, component_at, touched_directories
from index.snapshots import SYMLINK_MODE, Snapshot, is_plain_file
from services.drafts import Draft


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may weigh and how deep it may lie; token files, parsed whole, have their own limit."""

    file_bytes: int = 64 * 1024 * 1024
    token_file_bytes: int = 8 * 1024 * 1024
    token_total_bytes: int = 64 * 1024 * 1024
    tree_depth: int = 32
    path_bytes: int = 1024


def judge_files(
    repo: pygit2.Repository, before: Snapshot, changes: Sequence[FileChange], limits: FileLimits
) -> list[Problem]:
    """What can be said of the changed files before any is read: kinds and sizes.

    Run first, so that nothing that breaks a limit is ever parsed. Judged by the manifest that stood before; the new
    one's globs are judged by :func:`judge_content` once it is known.
    """
    problems = []
    total = before.token_bytes
    for change in changes:
        problem = judge_file(repo, before, change, limits)
        if problem is not None:
            problems.append(problem)
        elif before.manifest.is_token_file(change.path):
            standing = before.tokens.documents.get(change.path)
            total -= len(standing.source) if standing is not None else 0
            total += trees.blob_size(repo, change.new_oid) if change.new_oid and is_plain_file(change.new_mode) else 0
    if total > limits.token_total_bytes:
        message = f"the token files together have {total:,} bytes, {limits.token_total_bytes:,} are allowed"
        problems.append(Problem(codes.FILE_TOO_LARGE, message, MANIFEST_PATH))
    return problems


def judge_file(repo: pygit2.Repository, snapshot: Snapshot, change: FileChange, limits: FileLimits) -> Problem | None:
    """The fault in one added or changed file's path, kind or size, if any."""
    if change.new_oid is None:
        return None
    manifest = snapshot.manifest
    is_token_file = change.path == MANIFEST_PATH or manifest.is_token_file(change.path)
    if is_plain_file(change.new_mode):
        return _judge_size(change.path, trees.blob_size(repo, change.new_oid), is_token_file, limits)
    if not is_token_file and manifest.component_directory(change.path) is None:
        return None
    return _not_plain(change.path, change.new_mode)


def _not_plain(path: str, mode: int) -> Problem:
    kind = "symbolic link" if mode == SYMLINK_MODE else "submodule"
    message = f"a {kind} cannot stand inside the token and component folders; commit the file itself"
    return Problem(codes.NOT_A_PLAIN_FILE, message, path)


def _judge_size(path: str, size: int, is_token_file: bool, limits: FileLimits) -> Problem | None:
    """The fault in a path or a size, if any."""
    if path.count("/") >= limits.tree_depth or len(path.encode("utf-8", "replace")) > limits.path_bytes:
        message = f"the path is too long; {limits.tree_depth} folders and {limits.path_bytes:,} bytes are allowed"
        return Problem(codes.BAD_PATH, message, path)
    limit = limits.token_file_bytes if is_token_file else limits.file_bytes
    if size <= limit:
        return None
    message = f"the file has {size:,} bytes, {limit:,} are allowed here; split it, or use Git LFS for large assets"
    return Problem(codes.FILE_TOO_LARGE, message, path)


def judge_draft(draft: Draft, limits: FileLimits) -> list[Problem]:
    """Every problem that an edit brings in, told before any object is written: a refused edit leaves no trace.

    For drafts that keep the manifest as it is; a changed manifest is judged on the tree, by :func:`judge_content`.
    """
    manifest = draft.snapshot.manifest
    problems = [
        problem
        for path, data in draft.edits.items()
        if data is not None and (problem := _judge_size(path, len(data), manifest.is_token_file(path), limits))
    ]
    # writing keeps the mode of what stands there: a link that came in before the globs reached it would stay one
    modes = ((path, draft.mode(path)) for path, data in draft.edits.items() if data is not None)
    problems.extend(_not_plain(path, mode) for path, mode in modes if mode == SYMLINK_MODE)
    problems.extend(draft.tokens.check(since=draft.snapshot.tokens))
    for directory in sorted({manifest.component_directory(path) or "" for path in draft.edits} - {""}):
        problems.extend(draft.component(directory)[1])
    return [_strict(problem) for problem in problems] if manifest.strict else problems


def judge_content(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, changes: Sequence[FileChange], limits: FileLimits
) -> list[Problem]:
    """Every problem that the change from one snapshot to the other brings in, errors and warnings."""
    problems: list[Problem] = []
    if any(change.path == MANIFEST_PATH for change in changes):
        problems.extend(after.manifest_problems)
    if before.manifest.tokens != after.manifest.tokens:
        problems.extend(_judge_reach(repo, after, limits))
    problems.extend(after.tokens.check(since=before.tokens))
    problems.extend(_judge_components(repo, before, after, changes))
    if after.manifest.strict:
        problems = [_strict(problem) for problem in problems]
    return problems


def _judge_reach(repo: pygit2.Repository, after: Snapshot, limits: FileLimits) -> list[Problem]:
    """New globs may reach files that stand already and are larger than a token file may be."""
    if after.tree is None:
        return []
    files = trees.walk(repo, after.tree, after.manifest.may_hold_tokens)
    reached = (file for file in files if after.manifest.is_token_file(file.path) and is_plain_file(file.mode))
    found = (_judge_size(file.path, trees.blob_size(repo, file.oid), True, limits) for file in reached)
    return [problem for problem in found if problem is not None]


def _judge_components(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, changes: Sequence[FileChange]
) -> list[Problem]:
    if before.manifest.components == after.manifest.components:
        directories = touched_directories(after.manifest, changes)
    else:
        directories = all_directories(repo, after.tree, after.manifest)
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


def duplicate_component_id(directory: str, name: str, twin: str) -> Problem:
    """Two folders that claim one identity, as happens when a component's folder is copied."""
    message = f"the id in component.json is already that of {twin}; remove the `id` line from the copy"
    return Problem(codes.DUPLICATE_COMPONENT_ID, message, f"{directory}/component.json", "/id", subject=name)


def _strict(problem: Problem) -> Problem:
    """Under a strict manifest, draft syntax is refused like any other fault."""
    is_draft = problem.severity == "warning" and codes.is_draft_syntax(problem.code)
    return replace(problem, severity="error") if is_draft else problem
