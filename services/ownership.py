"""Ownership: what a change touches, held against the OWNERS file of the branch as it was before the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pygit2

from designsystem import codes
from designsystem.components.component import COMPONENT_FILE
from designsystem.owners import (
    MAX_BYTES,
    OWNERS_PATH,
    UNREADABLE,
    Lookup,
    OwnerRule,
    Owners,
    Touched,
    not_a_file,
    parse_owners,
)
from designsystem.problem import Problem
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.set import TokenSet
from designsystem.tokens.touched import touched as touched_tokens
from gitstore import trees
from gitstore.trees import FileChange, FileEntry
from index.contents import all_directories, component_at
from index.snapshots import Snapshot, is_plain_file, reader
from services.errors import Forbidden
from services.protection import Pusher

MOST_TOLD = 100
"""Places that a refusal over REST lists; of more it says how many there are."""

ADMINISTRATORS = "the team's administrators"


@dataclass(frozen=True, slots=True)
class Step:
    """A branch's way from one state to another, and the files in which they differ."""

    before: Snapshot
    after: Snapshot
    changes: Sequence[FileChange]


def faults(repo: pygit2.Repository, changes: Iterable[FileChange]) -> list[Problem]:
    """What is wrong with the OWNERS file that a change brings; nothing where it leaves the file alone."""
    change = next((each for each in changes if each.path == OWNERS_PATH and each.new_oid is not None), None)
    if change is None or change.new_oid is None:
        return []
    if not is_plain_file(change.new_mode):
        return [not_a_file()]
    return list(parse_owners(_source(repo, change.new_oid))[1])


def owners_at(repo: pygit2.Repository, tree: str | None) -> Owners:
    """The OWNERS file of a tree; where there is none, nobody owns anything."""
    entry = next((each for each in _root(repo, tree) if each.name == OWNERS_PATH and not each.is_directory), None)
    if entry is None:
        return Owners()
    return parse_owners(_source(repo, entry.oid))[0] if is_plain_file(entry.mode) else UNREADABLE


def refusals(repo: pygit2.Repository, owners: Owners, pusher: Pusher, step: Step) -> list[Problem]:
    """Everything that a change touches and somebody else owns; administrators may touch everything.

    ``owners`` is the file before the change: a change cannot free itself.
    """
    if pusher.is_admin or not step.changes:
        return []
    problems: dict[Problem, None] = {}
    lookup = Lookup(owners)
    for item in _touched(repo, owners, step):
        problem = _refused(owners.readable, lookup, pusher, item)
        if problem is not None:
            problems[problem] = None
    return list(problems)


def require(repo: pygit2.Repository, owners: Owners, pusher: Pusher, step: Step) -> None:
    """Return if the change touches nothing of somebody else; raises Forbidden with every place otherwise."""
    problems = refusals(repo, owners, pusher, step)
    if problems:
        count = f"{len(problems):,} places" if len(problems) > 1 else "something"
        raise Forbidden(f"This change touches {count} owned by somebody else.", problems[:MOST_TOLD])


def _root(repo: pygit2.Repository, tree: str | None) -> list[FileEntry]:
    return trees.list_directory(repo, tree) if tree is not None else []


def _source(repo: pygit2.Repository, oid: str) -> bytes:
    """A file's bytes; of one that is too large only so many that this can be seen."""
    if trees.blob_size(repo, oid) > MAX_BYTES:
        return bytes(MAX_BYTES + 1)
    return trees.read_blob(repo, oid)


def _refused(readable: bool, lookup: Lookup, pusher: Pusher, item: Touched) -> Problem | None:
    subject = item.token or item.component
    if not readable:
        return _problem(item.path, subject, "the OWNERS file cannot be read: until it is mended", None)
    rule = lookup.rule_for(item)
    if rule is None and item.path == OWNERS_PATH:
        return _problem(item.path, subject, "OWNERS says who owns what", None)
    if rule is None or rule.is_free or pusher.writer.is_among(rule.owners):
        return None
    return _problem(item.path, subject, f"owned by {_named(rule)} ({OWNERS_PATH}:{rule.line})", rule)


def _problem(path: str, subject: str, reason: str, rule: OwnerRule | None) -> Problem:
    ask = f"{reason}; ask them or {ADMINISTRATORS}" if rule and rule.owners else f"{reason}; ask {ADMINISTRATORS}"
    return Problem(codes.OWNED, ask, path, subject=subject)


def _named(rule: OwnerRule) -> str:
    return ", ".join(map(str, rule.owners)) or "owners that cannot be read"


def _touched(repo: pygit2.Repository, owners: Owners, step: Step) -> Iterator[Touched]:
    """Files, and in their place the tokens in them where lines of the file speak of tokens.

    Files whose tokens are put aside by a declaration elsewhere are among them.
    """
    told: set[str] = set()
    by_token = owners.names("token")
    touched = touched_tokens(step.before.tokens, step.after.tokens) | _touched_aside(repo, step)
    for file, paths in sorted(touched.items()):
        if paths:  # else only its layout is another, or nothing but its place
            told.add(file)
            yield from (Touched(file, token=path) for path in sorted(paths)) if by_token else (Touched(file),)
    components = _Components(repo, step) if owners.names("component") else None
    for change in step.changes:
        names = components.names_of(change.path) if components is not None else set()
        if names:
            yield from (Touched(change.path, component=name) for name in sorted(names))
        elif change.path not in told:
            yield Touched(change.path)
    if components is not None:
        yield from components.come_and_gone()


def _touched_aside(repo: pygit2.Repository, step: Step) -> dict[str, set[str]]:
    """The same of token files that count only in contexts other than a resolver's default."""
    sides = (step.before, step.after)
    paths = [
        change.path
        for change in step.changes
        if any(each.manifest.is_token_file(change.path) for each in sides)
        and not any(each.tokens.takes(change.path) for each in sides)
    ]
    was, now = (TokenSet.build(_documents(repo, each.tree, paths)) for each in sides)
    return touched_tokens(was, now)


def _documents(repo: pygit2.Repository, tree: str | None, paths: Sequence[str]) -> Iterator[TokenDocument]:
    read = reader(repo, tree)
    for path in paths:
        source = read(path)
        if source is not None:
            yield parse_document(path, source)


class _Components:
    """The components that files belong to, before and after; each folder is read once."""

    def __init__(self, repo: pygit2.Repository, step: Step) -> None:
        self._repo = repo
        self._step = step
        self._known: dict[tuple[str | None, str], str] = {}

    def names_of(self, path: str) -> set[str]:
        """The names of the component that a file is part of, on both sides; its folder's where neither has one."""
        snapshots = (self._step.before, self._step.after)
        places = [(each, each.manifest.component_directory(path)) for each in snapshots]
        directories = [directory for _, directory in places if directory is not None]
        found = {self._name(snapshot, directory) for snapshot, directory in places if directory is not None} - {""}
        return found or {directory.rpartition("/")[2] for directory in directories}

    def come_and_gone(self) -> Iterator[Touched]:
        """Folders that are a component on one side only because the manifest's globs are others."""
        before, after = self._step.before, self._step.after
        if before.manifest.components == after.manifest.components:
            return
        was, now = (set(all_directories(self._repo, each.tree, each.manifest)) for each in (before, after))
        for directory in sorted(was ^ now):
            snapshot = before if directory in was else after
            name = self._name(snapshot, directory) or directory.rpartition("/")[2]
            yield Touched(f"{directory}/{COMPONENT_FILE}", component=name)

    def _name(self, snapshot: Snapshot, directory: str) -> str:
        """As the component's files say; empty where there is none in the folder."""
        key = (snapshot.tree, directory)
        if key not in self._known:
            component, _ = component_at(self._repo, snapshot.tree, directory)
            self._known[key] = component.name if component is not None else ""
        return self._known[key]
