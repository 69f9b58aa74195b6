"""The fold: commits of the default branch, oldest first, turned into the mirror's difference.

The mirror is a pure function of the first-parent history: a rebuild gives the rows that landing step by step gave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pygit2

from designsystem.components.component import Component, component_id
from designsystem.tokens.diff import diff
from designsystem.tokens.ids import id_of
from designsystem.tokens.set import TokenSet
from gitstore.commits import CommitInfo, read_commit
from gitstore.trees import FileChange
from index import snapshots
from index.contents import all_directories, component_at, touched_directories
from index.rows import ComponentRow, ComponentVersionRow, MirrorDelta, MirrorState, TokenRow
from index.snapshots import Snapshot

CHUNK = 500
"""Commits folded between two writes of the mirror, which bounds the memory that a long history takes."""


@dataclass(frozen=True, slots=True)
class TouchedComponent:
    """A component as it was in one state and as it is in a later one; None where it did not exist."""

    id: UUID
    was: Component | None
    now: Component | None


@dataclass(slots=True)
class _Gathered:
    """The difference so far; later commits overwrite what earlier ones said of the same row."""

    tokens: dict[UUID, TokenRow]
    removed: set[UUID]
    lines: dict[UUID, int]
    components: dict[UUID, ComponentRow]
    versions: list[ComponentVersionRow]

    def delta(self) -> MirrorDelta:
        return MirrorDelta(
            token_upserts=list(self.tokens.values()),
            token_removed=sorted(self.removed),
            token_lines=sorted(self.lines.items()),
            component_upserts=list(self.components.values()),
            component_versions=self.versions,
        )


@dataclass(frozen=True, slots=True)
class Folded:
    """What a run of commits comes to: the rows to write and the state at the last of them."""

    delta: MirrorDelta
    snapshot: Snapshot

    @property
    def state(self) -> MirrorState:
        """The whole mirror, where the fold began before the first commit."""
        return MirrorState(self.delta.token_upserts, self.delta.component_upserts, self.delta.component_versions)


def fold(
    repo: pygit2.Repository,
    system_id: UUID,
    before: Snapshot,
    commits: Sequence[str],
    people: Mapping[str, UUID],
    *,
    known: Snapshot | None = None,
) -> Folded:
    """Fold commits (oldest first, each the first parent of the next) onto the state before them.

    ``people`` maps lower-cased author e-mails to users. ``known`` is a snapshot that the caller already has of one of
    the commits' trees, so that nothing is parsed twice.
    """
    gathered = _Gathered({}, set(), {}, {}, [])
    snapshot = before
    for oid in commits:
        commit = read_commit(repo, oid)
        if known is not None and known.tree == commit.tree:
            after, changes = known, snapshots.differing(repo, snapshot.tree, commit.tree)
        else:
            after, changes = snapshots.step(repo, snapshot, commit.tree)
        _fold_tokens(gathered, system_id, snapshot, after, commit)
        _fold_components(gathered, repo, system_id, snapshot, after, changes, commit, people)
        snapshot = after
    return Folded(gathered.delta(), snapshot)


def author_emails(repo: pygit2.Repository, commits: Iterable[str]) -> set[str]:
    """The lower-cased e-mails of the authors of some commits."""
    return {read_commit(repo, oid).author.email.lower() for oid in commits}


def _fold_tokens(gathered: _Gathered, system_id: UUID, before: Snapshot, after: Snapshot, commit: CommitInfo) -> None:
    if before.tokens is after.tokens:
        return
    difference = diff(before.tokens, after.tokens)
    refiled = [path for path in difference.moved if before.tokens.tokens[path].file != after.tokens.tokens[path].file]
    written = {*difference.added, *difference.changed, *refiled}
    written |= _displaced(system_id, before.tokens, after.tokens, written.union(difference.removed), difference.moved)
    rows = [token_row(system_id, after.tokens, path, commit) for path in sorted(written)]
    present = {row.id for row in rows}
    left = [path for path in (*difference.removed, *sorted(written)) if path in before.tokens.tokens]
    for identity in {identity_of(system_id, before.tokens, path) for path in left} - present:
        gathered.tokens.pop(identity, None)
        gathered.lines.pop(identity, None)
        gathered.removed.add(identity)
    for row in rows:
        earlier = gathered.tokens.get(row.id)
        gathered.tokens[row.id] = replace(row, created_at=earlier.created_at) if earlier is not None else row
        gathered.lines.pop(row.id, None)
    for path in difference.moved:
        identity = identity_of(system_id, after.tokens, path)
        token = after.tokens.tokens[path]
        earlier = gathered.tokens.get(identity)
        if earlier is not None:
            gathered.tokens[identity] = replace(earlier, line=token.line)
        elif identity not in present:
            gathered.lines[identity] = token.line


def _displaced(
    system_id: UUID, before: TokenSet, after: TokenSet, touched: Collection[str], moved: Iterable[str]
) -> set[str]:
    """Untouched paths whose id changed hands: a token that claims one explicitly came, went or moved."""
    both = [tokens.get(path) for path in {*touched, *moved} for tokens in (before, after)]
    if not any(token is not None and token.explicit_id is not None for token in both):
        return set()
    return {
        path
        for path in after.tokens
        if path not in touched
        and path in before.tokens
        and identity_of(system_id, before, path) != identity_of(system_id, after, path)
    }


def identity_of(system_id: UUID, tokens: TokenSet, path: str) -> UUID:
    """The id of a token that is in the set; raises KeyError for one that is not."""
    identity = id_of(system_id, tokens, path)
    if identity is None:
        raise KeyError(path)
    return identity


def token_row(system_id: UUID, tokens: TokenSet, path: str, commit: CommitInfo) -> TokenRow:
    """The mirrored row of a token as a commit left it."""
    token = tokens.tokens[path]
    resolved = tokens.resolve(path)
    return TokenRow(
        id=identity_of(system_id, tokens, path),
        path=token.path,
        category=token.category,
        name=token.name,
        type=token.type,
        value=token.value,
        resolved_type=resolved.type if resolved else None,
        resolved_value=resolved.value if resolved else None,
        description=token.description,
        deprecated=token.deprecated,
        extensions=token.extensions,
        alias_paths=token.alias_paths,
        file=token.file,
        line=token.line,
        commit=commit.oid,
        created_at=commit.committed_at,
        updated_at=commit.committed_at,
    )


def _fold_components(
    gathered: _Gathered,
    repo: pygit2.Repository,
    system_id: UUID,
    before: Snapshot,
    after: Snapshot,
    changes: Sequence[FileChange],
    commit: CommitInfo,
    people: Mapping[str, UUID],
) -> None:
    """One version row for every component that the commit touched; a component that is gone leaves a tombstone."""
    author = people.get(commit.author.email.lower())
    for touched in touched_components(repo, system_id, before, after, changes):
        last = touched.now or touched.was
        if last is not None:
            _gather_component(gathered, touched.id, last, commit, author, removed=touched.now is None)


def touched_components(
    repo: pygit2.Repository, system_id: UUID, before: Snapshot, after: Snapshot, changes: Sequence[FileChange]
) -> list[TouchedComponent]:
    """The components in whose folders something differs between two states, which ``changes`` lie between."""
    present: dict[UUID, Component] = {}
    gone: dict[UUID, Component] = {}
    for directory in _candidate_directories(repo, before, after, changes):
        for snapshot, found in ((before, gone), (after, present)):
            component = _component_of(repo, snapshot, directory)
            if component is not None:
                found.setdefault(component_id(system_id, component), component)
    left = {identity: component for identity, component in gone.items() if identity not in present}
    present.update(_other_holders(repo, after, left))
    return [TouchedComponent(each, gone.get(each), present.get(each)) for each in sorted(present | gone)]


def _component_of(repo: pygit2.Repository, snapshot: Snapshot, directory: str) -> Component | None:
    """The component in a folder, where the manifest of that very state calls it a component's."""
    if not snapshot.manifest.is_component_directory(directory):
        return None
    return component_at(repo, snapshot.tree, directory)[0]


def _other_holders(
    repo: pygit2.Repository, after: Snapshot, gone: Mapping[UUID, Component]
) -> Iterator[tuple[UUID, Component]]:
    """Of components that are gone, the copies elsewhere that carry the same id, as a copied folder does."""
    explicit = {identity for identity, component in gone.items() if component.id_in_file == identity}
    for directory in all_directories(repo, after.tree, after.manifest) if explicit else ():
        component = _component_of(repo, after, directory)
        if component is not None and component.id_in_file in explicit:
            explicit.remove(component.id_in_file)
            yield component.id_in_file, component


def _candidate_directories(
    repo: pygit2.Repository, before: Snapshot, after: Snapshot, changes: Sequence[FileChange]
) -> list[str]:
    touched = touched_directories(after.manifest, changes)
    if before.manifest.components == after.manifest.components:
        return touched
    # other globs: any folder may have become, or ceased to be, a component
    was = all_directories(repo, before.tree, before.manifest)
    now = all_directories(repo, after.tree, after.manifest)
    return sorted({*touched, *touched_directories(before.manifest, changes), *(set(was) ^ set(now))})


def _gather_component(
    gathered: _Gathered, identity: UUID, component: Component, commit: CommitInfo, author: UUID | None, *, removed: bool
) -> None:
    earlier = gathered.components.get(identity)
    gathered.components[identity] = ComponentRow(
        id=identity,
        directory=component.directory,
        entry=component.entry,
        name=component.name,
        category=component.category,
        props=component.props,
        code=component.code,
        documentation=component.documentation,
        commit=commit.oid,
        created_by=earlier.created_by if earlier else author,
        created_at=earlier.created_at if earlier else commit.committed_at,
        updated_at=commit.committed_at,
        removed_commit=commit.oid if removed else None,
    )
    gathered.versions.append(
        ComponentVersionRow(
            component_id=identity,
            commit=commit.oid,
            name=component.name,
            category=component.category,
            props=component.props,
            code=component.code,
            documentation=component.documentation,
            author_name=commit.author.name,
            author_email=commit.author.email,
            changed_by=author,
            change_message=commit.message,
            created_at=commit.committed_at,
            removed=removed,
        )
    )
