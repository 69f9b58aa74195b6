"""Blame: who made each property of a token what it is, when, and in which commit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pygit2

from designsystem.jsontext.values import equal
from designsystem.merge import ABSENT
from designsystem.rules import LARGEST_DOCUMENT
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.ids import default_id
from designsystem.tokens.stated import stated_fields
from gitstore import trees
from gitstore.commits import CommitInfo, read_commit
from gitstore.logs import path_history
from gitstore.trees import FileChange
from index import users
from index.snapshots import is_plain_file
from services import design_tokens
from services.boundary import git_errors
from services.context import Context
from services.policy import Actor
from services.revisions import Revision

MOST_COMMITS = 2_000
"""Commits of a token's files that one answer looks at."""
MOST_BYTES = 128 * 1024 * 1024
"""Bytes of token files that it reads for that: about a second."""

_TOKEN_FILES = (".json", ".tokens")
ORDER = ("path", "file", "type", "value", "description", "deprecated", "extensions")


@dataclass(frozen=True, slots=True)
class BlamedProperty:
    """One property as it stands, and the commit that made it so; None where the search ended before."""

    name: str
    value: Any
    commit: CommitInfo | None
    changed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Blame:
    """A token's properties. ``older_than`` is where the search stopped, if it did: a blame there goes on with it.

    ``stated`` is False for a token that no file declares: it comes from a group that its own group extends.
    """

    path: str
    properties: tuple[BlamedProperty, ...]
    older_than: str | None
    stated: bool = True


async def blame_token(
    context: Context, actor: Actor, system_id: UUID, token_id: UUID, *, ref: str | None = None
) -> tuple[Revision, Blame]:
    """Who set each property of a token as it stands at a ref, through merges, renames and moves between files.

    Costs what changed in the token's files, at most MOST_COMMITS and MOST_BYTES of it.
    """
    revision, token = await design_tokens.get_token(context, actor, system_id, token_id, ref=ref)
    with git_errors():
        found = await asyncio.to_thread(_blame, context, revision, _Place(token.file, token.path))
    emails = {each.commit.author.email.lower() for each in found.properties if each.commit is not None}
    async with context.reads.connect() as db:
        known = await users.ids_by_email(db, emails)
    return revision, Blame(
        found.path, tuple(_signed(each, known) for each in found.properties), found.older_than, found.stated
    )


def _signed(found: BlamedProperty, known: Mapping[str, UUID]) -> BlamedProperty:
    who = known.get(found.commit.author.email.lower()) if found.commit is not None else None
    return BlamedProperty(found.name, found.value, found.commit, who)


def _blame(context: Context, revision: Revision, place: _Place) -> Blame:
    with context.store.open(revision.system.id) as repo:
        search = _Search(repo, revision.system.id, commits=MOST_COMMITS, bytes=MOST_BYTES)
        now = search.fields(str(revision.commit), place)
        if now is None:
            return Blame(place.path, (), None, stated=False)
        search.run(str(revision.commit), place, set(now))
        known = {oid: read_commit(repo, oid) for oid in set(search.found.values())}
        names = sorted(now, key=lambda name: (ORDER.index(name.partition("/")[0]), name))
        blamed = (BlamedProperty(name, now[name], known.get(search.found.get(name, ""))) for name in names)
        return Blame(place.path, tuple(blamed), search.stopped)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token is declared."""

    file: str
    path: str


@dataclass(slots=True)
class _Search:
    """Goes back through the commits that changed a token's file, handing each property on to the parent that had it
    already; what no parent had is that commit's."""

    repo: pygit2.Repository
    system_id: UUID
    commits: int
    bytes: int
    found: dict[str, str] = field(default_factory=dict)
    stopped: str | None = None
    _waiting: deque[tuple[str, _Place, set[str]]] = field(default_factory=deque)
    _known: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)
    _last: tuple[str, _Place, dict[str, Any] | None] | None = None

    def run(self, start: str, place: _Place, names: set[str]) -> None:
        self._waiting.append((start, place, names))
        while self._waiting and self.stopped is None:
            self._file(*self._waiting.popleft())

    def _file(self, start: str, place: _Place, names: set[str]) -> None:
        pending: dict[str, set[str]] = {}
        for number, (oid, parents) in enumerate(path_history(self.repo, [start], place.file, self.commits + 1)):
            wanted = pending.pop(oid, set()) if number else names  # the first is what the start has its file from
            if wanted:
                if self.commits <= 0 or self.bytes <= 0:
                    self.stopped = oid
                    return
                self.commits -= 1
                self._commit(oid, parents, place, wanted, pending)
            if not pending:
                return
        self.stopped = next(iter(pending), None)  # git was told to end there

    def _commit(
        self, oid: str, parents: tuple[str, ...], place: _Place, wanted: set[str], pending: dict[str, set[str]]
    ) -> None:
        here = self.fields(oid, place) or {}
        left = set(wanted)
        for parent in parents:
            had = self._same(here, self.fields(parent, place), left)
            if had:
                pending.setdefault(parent, set()).update(had)
                left -= had
        for parent, origin in self._origins(oid, place) if left else ():
            had = self._same(here, self.fields(parent, origin), left)
            if had:
                self._waiting.append((parent, origin, had))
                left -= had
        self.found.update(dict.fromkeys(left, oid))

    @staticmethod
    def _same(here: Mapping[str, Any], there: Mapping[str, Any] | None, names: set[str]) -> set[str]:
        if there is None:
            return set()
        return {name for name in names if equal(here.get(name, ABSENT), there.get(name, ABSENT))}

    def fields(self, commit: str, place: _Place) -> dict[str, Any] | None:
        """What a commit's file says of the token; None where it is not there."""
        if self._last is None or self._last[:2] != (commit, place):  # a parent is the next commit, mostly
            self._last = (commit, place, self._read(commit, place))
        return self._last[2]

    def _read(self, commit: str, place: _Place) -> dict[str, Any] | None:
        entry = trees.blob_at(self.repo, commit, place.file)
        if entry is None or not is_plain_file(entry.mode) or (entry.size or 0) > LARGEST_DOCUMENT:
            return None
        key = (entry.oid, place.path)
        if key not in self._known:
            self.bytes -= entry.size or 0
            found = stated_fields(place.file, trees.read_blob(self.repo, entry.oid), place.path)
            self._known[key] = found
        known = self._known[key]
        return {**known, "path": place.path, "file": place.file} if known is not None else None

    def _origins(self, oid: str, place: _Place) -> Iterator[tuple[str, _Place]]:
        """Where the token was before a commit that put it here: in another file, or under another path with its id."""
        commit = read_commit(self.repo, oid)
        identity: UUID | None = None
        for parent in commit.parents:
            if self.fields(parent, place) is not None:
                continue
            identity = identity or self._identity(oid, place)
            for change in trees.changed(self.repo, trees.tree_of(self.repo, parent), commit.tree):
                document = self._document(change)
                origin = self._origin_in(document, place, identity) if document is not None else None
                if origin is not None:
                    yield parent, origin
                    break

    def _document(self, change: FileChange) -> TokenDocument | None:
        """What a file that changed held before, if it may have held tokens and there is enough left to read it."""
        if change.old_oid is None or not is_plain_file(change.old_mode) or not change.path.endswith(_TOKEN_FILES):
            return None
        size = trees.blob_size(self.repo, change.old_oid)
        if size > min(LARGEST_DOCUMENT, self.bytes):
            return None
        self.bytes -= size
        return parse_document(change.path, trees.read_blob(self.repo, change.old_oid))

    def _origin_in(self, document: TokenDocument, place: _Place, identity: UUID) -> _Place | None:
        if place.path in document.tokens and document.path != place.file:
            return _Place(document.path, place.path)
        for path in document.tokens:
            if path != place.path and self._id_in(document, path) == identity:
                return _Place(document.path, path)
        return None

    def _identity(self, oid: str, place: _Place) -> UUID:
        entry = trees.blob_at(self.repo, oid, place.file)
        source = trees.read_blob(self.repo, entry.oid) if entry is not None else b""
        return self._id_in(parse_document(place.file, source), place.path)

    def _id_in(self, document: TokenDocument, path: str) -> UUID:
        return document.explicit_ids.get(path) or default_id(self.system_id, path)
