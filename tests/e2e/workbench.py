"""What end-to-end tests hold in their hands: a design system, its bare repository, a git client, the tables."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from gitstore.store import RepositoryStore
from tests.database import plain
from tests.service import Service

NUMBERS = count(1)

TOKENS = "tokens/base.tokens.json"
BASE = """{
  "color": {
    "$type": "color",
    "brand": {
      "$value": { "colorSpace": "srgb", "components": [0.2, 0.4, 1] }
    },
    "link": {
      "$value": "{color.brand}"
    }
  }
}
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Git:
    """A developer's git, with a home of its own and nobody to ask for a password."""

    home: Path
    name: str = "Ada"

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "XDS_"))}
        person = {"NAME": self.name, "EMAIL": f"{self.name.lower()}@example.org"}
        signed = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in person.items()}
        alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"}
        return {
            **kept,
            **signed,
            **alone,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
        }

    def run(
        self, *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None, text: str | None = None
    ) -> Ran:
        """Run git to its end, whichever it is."""
        command = ["git", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false", *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self.environment, **(env or {})},
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=100,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def __call__(self, *arguments: str | Path, cwd: Path, **more: Any) -> str:
        """What git printed; it must succeed."""
        ran = self.run(*arguments, cwd=cwd, **more)
        assert ran.status == 0, f"git {' '.join(map(str, arguments))}: {ran.err}"
        return ran.out

    def refused(self, *arguments: str | Path, cwd: Path, **more: Any) -> str:
        """What git complained; it must fail, and not because of a fault of the service."""
        ran = self.run(*arguments, cwd=cwd, **more)
        assert ran.status != 0, f"git {' '.join(map(str, arguments))} succeeded: {ran.err}"
        for fault in ("HTTP 5", "error: 5", "hung up", "unexpected disconnect", "Traceback", "early EOF"):
            assert fault not in ran.err, ran.err
        return ran.err

    def commit(self, work: Path, files: Mapping[str, str | bytes | None], message: str = "Change") -> str:
        """Write files (None removes one), commit them; the commit."""
        for name, content in files.items():
            path = work / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self("add", "-A", cwd=work)
        self("commit", "-q", "-m", message, cwd=work)
        return self.head(work)

    def head(self, work: Path, revision: str = "HEAD") -> str:
        return self("rev-parse", revision, cwd=work).strip()


@dataclass(frozen=True)
class Footprint:
    """All that a push could leave behind: refs, object files, rows."""

    refs: str
    counted: str
    files: frozenset[str]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class System:
    """One design system of a running service, seen from every side."""

    service: Service
    client: httpx.Client
    git: Git
    key: str
    id: UUID
    team: str
    slug: str

    @property
    def path(self) -> Path:
        """Its bare repository."""
        return RepositoryStore(self.service.data / "repositories").path_of(self.id)

    def url(self, password: str | None = None, user: str = "ada") -> str:
        """The clone URL, with a credential in it; an empty password gives it without."""
        secret = self.key if password is None else password
        scheme, _, rest = self.service.url.partition("://")
        return f"{scheme}://{f'{user}:{secret}@' if secret else ''}{rest}/git/{self.team}/{self.slug}.git"

    def rest(self, method: str, path: str = "", *, status: int = 200, **more: Any) -> httpx.Response:
        """A REST call below the system, which must be answered so."""
        answer = self.client.request(method, f"/api/design-systems/{self.id}{path}", **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rest("GET").json()
        return found

    def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """A list, all its pages."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            paging = {"limit": 200} | ({"cursor": cursor} if cursor else {})
            page = self.rest("GET", path, params={**paging, **params}).json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def tokens(self, **params: Any) -> dict[str, dict[str, Any]]:
        """Every token by its path."""
        return {token["path"]: token for token in self.items("/tokens", **params)}

    def bare(self, *arguments: str | Path) -> str:
        """Git on the bare repository itself, as an operator would."""
        return self.git("--git-dir", self.path, *arguments, cwd=self.service.data)

    def clone(self, work: Path, *options: str) -> Path:
        self.git("clone", "-q", *options, self.url(), work, cwd=self.service.data)
        return work

    def started(self, work: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
        """A clone of the system with its first commit pushed."""
        self.clone(work)
        self.git.commit(work, files or {TOKENS: BASE}, "Begin")
        self.git("push", "-q", "origin", "main", cwd=work)
        return work

    def query(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the service's own tables; ``$1`` is the system's id."""
        return query(self.service.data, sql, self.id, *values)

    def seq(self) -> int:
        return int(self.query("SELECT seq FROM design_systems WHERE id = $1")[0]["seq"])

    def footprint(self) -> Footprint:
        """What is there now; equal before and after whatever must leave nothing behind."""
        objects = self.path / "objects"
        tables = ("activity_log", "design_tokens", "components", "component_versions", "refs")
        counts = [
            int(self.query(f"SELECT count(*) FROM {table} WHERE design_system_id = $1")[0][0]) for table in tables
        ]
        return Footprint(
            self.bare("for-each-ref"),
            self.bare("count-objects", "-v"),
            frozenset(str(path.relative_to(objects)) for path in objects.rglob("*")),
            (self.seq(), *counts),
        )

    def check_log(self) -> int:
        """The activity log's last number; none before it is missing and none stands twice."""
        rows = self.query("SELECT seq FROM activity_log WHERE design_system_id = $1 ORDER BY seq")
        numbers = [row["seq"] for row in rows]
        assert numbers == list(range(1, len(numbers) + 1))
        assert self.seq() == len(numbers)
        return len(numbers)

    def check_repository(self) -> None:
        """``git fsck --strict`` has nothing to say."""
        ran = self.git.run("--git-dir", self.path, "fsck", "--strict", "--no-dangling", "--no-progress", cwd=self.path)
        said = [line for line in (ran.out + ran.err).splitlines() if not line.startswith("notice:")]
        assert (ran.status, said) == (0, [])

    def check_level(self) -> None:
        """What REST answers of every token is what git holds on the default branch, and the index knows every ref."""
        head = self.described()["head"]
        assert head == self.bare("rev-parse", "HEAD").strip()
        rows = self.query("SELECT name, oid FROM refs WHERE design_system_id = $1")
        listed = [line.split() for line in self.bare("for-each-ref", "--format=%(refname) %(objectname)").splitlines()]
        assert {row["name"]: row["oid"] for row in rows} == dict(listed)
        resolved = self.rest("GET", "/tokens/resolved").json()  # read from git, past the index
        assert resolved["commit"] == head
        mirrored = {path: token["resolved_value"] for path, token in self.tokens().items()}
        assert mirrored == {path: found["value"] for path, found in resolved["tokens"].items()}


def query(data: Path, sql: str, *values: Any) -> list[asyncpg.Record]:
    """Ask the embedded PostgreSQL of a running service."""
    url = json.loads((data / "run" / "endpoints.json").read_text())["database_url"]

    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(plain(url))
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    return asyncio.run(run())


def color(*components: float) -> dict[str, Any]:
    """A colour as DTCG writes it."""
    return {"colorSpace": "srgb", "components": list(components)}


def document(tokens: Mapping[str, Any], kind: str) -> str:
    """A token file with one group ``set``."""
    return json.dumps({"set": {"$type": kind, **{name: {"$value": value} for name, value in tokens.items()}}}, indent=2)


def lines_of(text: str, words: Iterable[str]) -> list[str]:
    """The lines that hold every one of some words."""
    return [line for line in text.splitlines() if all(word in line for word in words)]


class Workbench:
    """Makes teams, keys and systems at one service, as its administrator."""

    def __init__(self, service: Service, home: Path) -> None:
        self.service = service
        self.git = Git(home)
        self.session = service.sign_in()
        self.team = self.session.post("/api/teams", json={"name": f"Bench {next(NUMBERS)}"}).raise_for_status().json()
        self.key = self.make_key("admin")
        self.client = self.client_of(self.key)

    def client_of(self, key: str) -> httpx.Client:
        """A REST client that signs in with an API key, which outlives every restart."""
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.service.url, headers=headers, timeout=60)

    def make_key(self, *scopes: str, session: httpx.Client | None = None, **more: Any) -> str:
        body = {"name": f"key {next(NUMBERS)}", "scopes": list(scopes), **more}
        answer = (session or self.session).post("/api/api-keys", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def make_system(self, name: str = "Bench", **more: Any) -> System:
        body = {"team_id": self.team["id"], "name": f"{name} {next(NUMBERS)}", **more}
        answer = self.client.post("/api/design-systems", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return self.system_of(made["id"], made["slug"])

    def system_of(self, identity: str, slug: str) -> System:
        return System(self.service, self.client, self.git, self.key, UUID(identity), self.team["slug"], slug)

    def close(self) -> None:
        self.client.close()
        self.session.close()
