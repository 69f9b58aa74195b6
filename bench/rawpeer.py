"""The least that an edit can be: pygit2 and one SQL transaction in one process, with the same durability."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg
import pygit2

from bench.bench import colours

CREATE = """CREATE TABLE bench_edits (id bigserial PRIMARY KEY, path text NOT NULL, value jsonb NOT NULL,
commit char(40) NOT NULL, at timestamptz NOT NULL DEFAULT now())"""
INSERT = "INSERT INTO bench_edits (path, value, commit) VALUES ($1, $2::jsonb, $3)"


class RawPeer:
    """Edits one token of a bare repository in place and notes it in a table of the service's own PostgreSQL.

    Knows beforehand where the token lies, keeps its repository and its connection open, and does nothing else: no HTTP,
    no sign-in, no validation, no mirror, no log, no broadcast.
    """

    def __init__(self, repository: Path, database_url: str, *, file: str, path: str) -> None:
        pygit2.settings.enable_fsync_gitdir(True)
        self._repo = pygit2.Repository(str(repository))
        self._file = file
        self._path = path
        self._values = colours()
        self._runner = asyncio.Runner()
        self._database_url = database_url
        self._db: Any = None

    def __enter__(self) -> RawPeer:
        self._db = self._runner.run(asyncpg.connect(self._database_url))
        self._runner.run(self._db.execute("DROP TABLE IF EXISTS bench_edits"))
        self._runner.run(self._db.execute(CREATE))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._db.execute("DROP TABLE bench_edits"))
        self._runner.run(self._db.close())
        self._runner.close()

    def edit(self) -> None:
        """One edit, on disk in git and in SQL when this returns."""
        value = next(self._values)
        self._record(value, self.commit(value))

    def commit(self, value: dict[str, Any] | None = None) -> str:
        """The git half: blob, two trees, commit, reference."""
        value = value or next(self._values)
        repo = self._repo
        head = repo.references["refs/heads/main"]
        parent = head.peel(pygit2.Commit)
        directory, _, name = self._file.partition("/")
        folder = parent.tree / directory
        assert isinstance(folder, pygit2.Tree)
        inner = repo.TreeBuilder(folder)
        inner.insert(name, repo.create_blob(self._edited(repo[(folder / name).id].read_raw(), value)), 0o100644)
        outer = repo.TreeBuilder(parent.tree)
        outer.insert(directory, inner.write(), 0o040000)
        who = pygit2.Signature("Bench", "bench@example.org")
        commit = repo.create_commit(None, who, who, f"Update token {self._path}\n", outer.write(), [parent.id])
        head.set_target(commit, "bench")
        return str(commit)

    def record(self) -> None:
        """The SQL half: one INSERT in a transaction of its own."""
        self._record(next(self._values), "0" * 40)

    def _record(self, value: dict[str, Any], commit: str) -> None:
        self._runner.run(self._insert(json.dumps(value), commit))

    async def _insert(self, value: str, commit: str) -> None:
        async with self._db.transaction():
            await self._db.execute(INSERT, self._path, value, commit)

    def _edited(self, raw: bytes, value: dict[str, Any]) -> bytes:
        """The file with the first number of the token's components replaced: nothing is parsed."""
        name = self._path.rpartition(".")[2]
        array = raw.index(b'"components"', raw.index(b'"%b"' % name.encode()))
        begin = raw.index(b"[", array) + 1
        end = raw.index(b",", begin)
        return raw[:begin] + str(value["components"][0]).encode() + raw[end:]
