"""Writes histories into a repository by hand, as git clients would: any tree, any parents, sound or broken."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from gitstore import refs
from gitstore.commits import Person, read_commit, write_commit
from gitstore.refs import RefUpdate
from gitstore.store import RepositoryStore
from gitstore.treewriter import write_tree
from index.fold import fold
from index.rows import MirrorState
from index.snapshots import empty_snapshot

ADA = Person("Ada", "ada@example.org")
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
KEY = "org.xtext.design-system"


def token(value: Any, kind: str = "number", **more: Any) -> dict[str, Any]:
    """A token as a file says it; ``id`` becomes an explicit id."""
    identity = more.pop("id", None)
    extensions = {"$extensions": {KEY: {"id": str(identity)}}} if identity else {}
    return {"$type": kind, "$value": value, **{f"${name}": each for name, each in more.items()}, **extensions}


def document(**tokens: Any) -> bytes:
    """A token file of one group ``a``."""
    return json.dumps({"a": tokens}, indent=2).encode()


def component(name: str, **more: Any) -> bytes:
    """A component.json."""
    return json.dumps({"name": name, "props": {}, **more}, default=str).encode()


class History:
    """One repository whose commits are told as file edits; time goes on by a minute with each of them."""

    def __init__(self, root: Path, system_id: UUID | None = None) -> None:
        self.store = RepositoryStore(root)
        self.id = system_id or uuid4()
        self.store.create(self.id)
        self._minutes = 0

    def commit(
        self, edits: Mapping[str, bytes | None], parents: Sequence[str] = (), message: str = "Change", who: Person = ADA
    ) -> str:
        """A commit of the first parent's tree with these edits; no ref moves."""
        self._minutes += 1
        with self.store.open(self.id) as repo:
            base = read_commit(repo, parents[0]).tree if parents else None
            tree = write_tree(repo, base, edits)
            when = BEGIN + timedelta(minutes=self._minutes)
            return write_commit(
                repo, tree=tree, parents=list(parents), author=who, committer=who, message=message, when=when
            )

    def chain(self, *steps: Mapping[str, bytes | None]) -> list[str]:
        """Commits one upon the other, oldest first."""
        made: list[str] = []
        for step in steps:
            made.append(self.commit(step, made[-1:]))
        return made

    def point(self, name: str, new: str | None) -> None:
        """Move a ref behind the service's back."""
        with self.store.open(self.id) as repo:
            refs.move(repo, [RefUpdate(name, refs.read_ref(repo, name), new)], who=ADA, reason="by hand")

    def ref(self, name: str) -> str | None:
        """Where a ref stands."""
        with self.store.open(self.id) as repo:
            return refs.read_ref(repo, name)

    def state(self, commits: Sequence[str]) -> MirrorState:
        """The whole mirror of a chain from its root."""
        with self.store.open(self.id) as repo:
            return fold(repo, self.id, empty_snapshot(), commits, {}).state


MANIFESTS = (
    {"tokens": ["tokens/**/*.tokens.json"], "components": ["components/*"]},
    {"tokens": ["tokens/**/*.tokens.json", "more/*.json"], "components": ["components/*", "lib/*"]},
    {"tokens": ["more/*.json"], "components": ["lib/*"]},
    {"tokens": ["tokens/*.tokens.json", "!tokens/z*"], "components": ["components/*", "!components/B"]},
    {"tokens": [], "components": []},
)
FILES = (
    "tokens/a.tokens.json",
    "tokens/b.tokens.json",
    "tokens/z.tokens.json",
    "tokens/in/c.tokens.json",
    "more/d.json",
)
FOLDERS = ("components/A", "components/B", "components/C", "lib/A", "lib/D")
IDS = tuple(UUID(int=number) for number in range(1, 5))


def random_edits(random: Random, system_ids: Sequence[UUID]) -> dict[str, bytes | None]:
    """A few edits among few names, so that they meet: shadowing, moving, claiming, removing, breaking."""
    edits: dict[str, bytes | None] = {}
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        kind = random.random()
        if kind < 0.6:
            edits[random.choice(FILES)] = _random_document(random, system_ids)
        elif kind < 0.92:
            folder = random.choice(FOLDERS)
            edits |= _random_component(random, folder)
        else:
            edits["designsystem.json"] = random.choice([json.dumps(m).encode() for m in MANIFESTS] + [None, b"{"])
    return edits


def _random_document(random: Random, system_ids: Sequence[UUID]) -> bytes | None:
    choice = random.random()
    if choice < 0.12:
        return None
    if choice < 0.17:
        return b'{"a": {"x": '
    names = random.sample("uvwxyz", random.randint(0, 5))
    tokens: dict[str, Any] = {}
    for name in names:
        value: Any = random.choice([1, 2, 3, "{a.u}", "{a.x}", "{a.z}", "{a.none}"])
        identity = random.choice(system_ids) if random.random() < 0.25 else None
        tokens[name] = token(value, id=identity)
        if random.random() < 0.2:
            tokens[name]["$description"] = random.choice(("one", "two"))
    return document(**tokens)


def _random_component(random: Random, folder: str) -> dict[str, bytes | None]:
    choice = random.random()
    if choice < 0.25:
        return {f"{folder}/component.json": None, f"{folder}/index.tsx": None, f"{folder}/README.md": None}
    if choice < 0.4:
        return {f"{folder}/index.tsx": random.choice((b"export {}\n", b"export default 1\n", None))}
    if choice < 0.5:
        return {f"{folder}/test/deep.txt": random.choice((b"1", b"2"))}
    identity = {"id": str(random.choice(IDS))} if random.random() < 0.35 else {}
    return {f"{folder}/component.json": component(random.choice("PQ"), **identity)}
