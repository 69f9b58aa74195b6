"""What implementations answered, as tests/dtcg/results keeps it: which cases failed, and why in few words."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.dtcg.runner.adapters import Adapter
from tests.dtcg.runner.cases import HOME, Case, Row
from tests.dtcg.runner.judge import NO_ANSWER, judge

RESULTS = HOME / "results"


@dataclass(frozen=True)
class Results:
    """The outcome of one run over all cases."""

    title: str
    version: str
    failed: dict[str, str] = field(default_factory=dict)

    def held(self, row: Row) -> int:
        """How many of a row's cases came out as wanted."""
        return sum(case.id not in self.failed for case in row.cases)

    def answered(self, row: Row) -> bool:
        """Whether any of a row's cases was answered at all."""
        return any(self.failed.get(case.id) != NO_ANSWER for case in row.cases)

    def save(self, name: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        path(name).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def path(name: str) -> Path:
    """The file of an implementation's results."""
    return RESULTS / f"{name}.json"


def recorded(name: str) -> Results:
    """What was recorded last."""
    return Results(**json.loads(path(name).read_text(encoding="utf-8")))


def run(adapter: Adapter, cases: list[Case]) -> Results:
    """Asks an implementation every case."""
    failed = {case.id: reason for case, answer in adapter.answers(cases) if (reason := judge(case, answer)) is not None}
    return Results(adapter.title, adapter.version, failed)
