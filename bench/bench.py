"""What every measurement is given: the running service, the plan, git, and a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.connection import Connection, expect
from bench.generated import component_name, create_repository, token_path
from bench.git import Git
from bench.plan import Plan
from bench.rounds import Timed, timed
from bench.service import Service


@dataclass(frozen=True, slots=True)
class System:
    """A design system in the service; ``source`` is the bare repository that was pushed into it."""

    record: dict[str, Any]
    source: Path

    @property
    def path(self) -> str:
        """Where its REST resources begin."""
        return f"/api/design-systems/{self.record['id']}"


@dataclass(frozen=True, slots=True)
class Bench:
    """One run."""

    service: Service
    plan: Plan
    git: Git
    folder: Path

    def load(self, name: str, components: int) -> System:
        """Generate a repository and push it into a new design system, as a developer would."""
        source = self.folder / f"{name}.git"
        create_repository(self.git, source, components=components, tokens=self.plan.tokens)
        record = self.service.create_system(name)
        self.git.run("--git-dir", source, "push", "--quiet", self.service.git_url(record), "main")
        return System(record, source)

    def token_edit(self, system: System, connection: Connection, number: int = 0) -> Timed:
        """PUT a new value to one token; every call another one."""
        found = _first(connection, f"{system.path}/tokens?limit=1&q={token_path(number)}")
        path = f"{system.path}/tokens/{found['id']}"
        values = colours()

        def edit() -> None:
            expect(connection.request("PUT", path, body={"value": next(values)}), 200)

        return timed(edit)

    def component_edit(self, system: System, connection: Connection, number: int = 0) -> Timed:
        """PUT new code to one component; every call another one."""
        found = _first(connection, f"{system.path}/components?limit=1&q={component_name(number)}")
        path = f"{system.path}/components/{found['id']}"
        codes = (f"export const edit = {turn};\n" for turn in range(1_000_000))

        def edit() -> None:
            expect(connection.request("PUT", path, body={"code": next(codes)}), 200)

        return timed(edit)


def colours() -> Iterator[dict[str, Any]]:
    """Colour values, no two in a row alike."""
    for turn in range(1_000_000):
        yield {"colorSpace": "srgb", "components": [round(0.0001 + turn % 9973 / 10_000, 4), 0.5, 0.25]}


def _first(connection: Connection, path: str) -> dict[str, Any]:
    items = expect(connection.request("GET", path), 200).json()["items"]
    return dict(items[0])
