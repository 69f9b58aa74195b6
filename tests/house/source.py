"""What the house tests look at: our Python files, parsed once."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "cli", "designsystem", "embedded", "gitstore", "index", "jobs", "realtime", "services")
_BESIDES = ("bench", "migrations", "sdk", "tests")


@dataclass(frozen=True)
class Source:
    """One file of ours."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """The top-level folder that it lies in; its own name at the top."""
        return self.name.split("/", 1)[0]

    @cached_property
    def text(self) -> str:
        """Its content."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, self.name)

    def imports(self) -> set[str]:
        """Every module that it imports, also late, as dotted names."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
        return found


@lru_cache(maxsize=1)
def sources() -> tuple[Source, ...]:
    """Every Python file of the rooms, of the tests and of what lies beside."""
    found = [ROOT / "settings.py"]
    for folder in ROOMS + _BESIDES:
        found += sorted((ROOT / folder).rglob("*.py"))
    return tuple(Source(path) for path in found if "node_modules" not in path.parts)


def in_rooms() -> tuple[Source, ...]:
    """The files of the rooms themselves."""
    return tuple(source for source in sources() if source.room in ROOMS or source.name == "settings.py")


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps, or would keep; all files where there is no git (an unpacked archive)."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and not {".venv", "data"} & set(path.parts))
    names = [name for name in done.stdout.decode().split("\0") if name]
    return tuple(path for name in names if (path := ROOT / name).is_file())
