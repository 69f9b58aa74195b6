"""The cases as the files of tests/dtcg/cases state them: modules, sections, normative sentences, given and want."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
CASES = HOME / "cases"
MODULES = ("format", "color", "resolver")
LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "plain")
"""What a sentence demands; ``plain`` ones use none of the words in capitals and bind all the same."""


@dataclass(frozen=True)
class Case:
    """What is given, a folder of files, and what is wanted of it."""

    id: str
    given: dict[str, Any]
    raw: dict[str, str]
    want: dict[str, Any]
    reading: str = ""

    def lay_out(self, folder: Path) -> Path:
        """Writes the files into an empty folder: objects as JSON, texts as they are, ``bytes`` from base64."""
        for name, content in self.given.items():
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
            self._put(folder / name, text.encode())
        for name, encoded in self.raw.items():
            self._put(folder / name, base64.b64decode(encoded, validate=True))
        return folder

    @staticmethod
    def _put(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@dataclass(frozen=True)
class Row:
    """One normative sentence, by its meaning, with what shows that it is held."""

    id: str
    level: str
    says: str
    cases: tuple[Case, ...]
    shown_by: tuple[str, ...]
    not_testable: str


@dataclass(frozen=True)
class Section:
    """A section of a module; ``file`` is where its cases stand."""

    module: str
    number: str
    title: str
    rows: tuple[Row, ...]
    file: Path


@cache
def sections() -> tuple[Section, ...]:
    """Every section, in the order of the modules' texts."""
    found = [_section(path) for module in MODULES for path in (CASES / module).glob("*.json")]
    return tuple(sorted(found, key=lambda section: (MODULES.index(section.module), _numbers(section.number))))


def cases() -> list[Case]:
    """Every case, in order."""
    return [case for section in sections() for row in section.rows for case in row.cases]


def _section(path: Path) -> Section:
    stated = json.loads(path.read_text(encoding="utf-8"))
    module, number = stated["module"], stated["section"]
    rows = tuple(_row(f"{module} {number}-{place}", row) for place, row in enumerate(stated["rows"], start=1))
    return Section(module, number, stated["title"], rows, path)


def _row(identifier: str, stated: dict[str, Any]) -> Row:
    found = tuple(
        Case(
            f"{identifier}: {case['name']}", case["given"], case.get("bytes", {}), case["want"], case.get("reading", "")
        )
        for case in stated.get("cases", ())
    )
    by, why = tuple(stated.get("shown_by", ())), stated.get("not_testable", "")
    return Row(identifier, stated["level"], stated["says"], found, by, why)


def _numbers(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
