"""Guards: every conformance case holds for this product, and docs/conformance.md says what cases and results say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.dtcg.runner import adapters, report, results
from tests.dtcg.runner.cases import HOME, LEVELS, Case, Section, cases, sections
from tests.dtcg.runner.judge import NO_ANSWER, REFUSED_IT, TOOK_IT, judge, same
from tests.dtcg.runner.ours import answer

ROOT = HOME.parent.parent


@pytest.mark.parametrize("section", sections(), ids=lambda section: f"{section.module}-{section.number}")
def test_every_case_holds(section: Section, tmp_path: Path) -> None:
    failed = {}
    for row in section.rows:
        for place, case in enumerate(row.cases):
            folder = tmp_path / f"{row.id.rpartition('-')[2]}-{place}"
            folder.mkdir()
            given = answer(case.lay_out(folder))
            if (reason := judge(case, given)) is not None:
                failed[case.id] = reason, given
    assert not failed


def test_every_row_shows_something_or_says_why_it_cannot() -> None:
    for section in sections():
        for row in section.rows:
            assert row.level in LEVELS, row.id
            assert bool(row.cases or row.shown_by) is not bool(row.not_testable), row.id
            assert all((ROOT / path).is_file() for path in row.shown_by), row.id


def test_cases_have_ids_of_their_own_and_want_what_is_known() -> None:
    repeated = [identifier for identifier, count in Counter(case.id for case in cases()).items() if count > 1]
    assert not repeated
    for case in cases():
        assert case.want.keys() <= {"valid", "tokens", "without", "names", "points_at"}, case.id
        assert isinstance(case.want["valid"], bool), case.id


def test_the_document_says_what_cases_and_results_say() -> None:
    told = {name: results.recorded(name) for name in adapters.known()}
    text = report.DOCUMENT.read_text(encoding="utf-8")
    assert report.rewritten(text, told) == text, "run python -m tests.dtcg.runner --write"
    assert told["xds"].failed == {}


def test_recorded_results_are_those_of_the_pinned_versions_and_of_cases_that_there_are() -> None:
    known = {case.id for case in cases()}
    for name, adapter in adapters.known().items():
        recorded = results.recorded(name)
        assert (recorded.title, recorded.version) == (adapter.title, adapter.version)
        assert recorded.failed.keys() <= known


def test_the_command_that_people_run_answers_as_the_adapter_does() -> None:
    chosen = [case for case in cases() if case.id.startswith(("format 7.2.2-2", "resolver 5-4"))]
    command = f"{Path(sys.executable).parent / 'xds'} resolve {{folder}} --json"
    assert results.run(adapters.custom(command), chosen).failed == {}
    assert results.run(adapters.known()["xds"], chosen).failed == {}


def made(**want: Any) -> Case:
    return Case("format 0-1: made", {}, {}, {"valid": True, **want})


ONE = {"a": {"type": "number", "value": 1}}


@pytest.mark.parametrize(
    ("want", "given", "reason"),
    [
        ({}, None, NO_ANSWER),
        ({}, {"tokens": {}}, NO_ANSWER),
        ({}, {"valid": False}, REFUSED_IT),
        ({"valid": False}, {"valid": True}, TOOK_IT),
        ({"tokens": ONE}, {"valid": True, "tokens": {"a": {"type": "number", "value": 1.0}}}, None),
        ({"tokens": ONE}, {"valid": True, "tokens": {"a": {"type": "number", "value": True}}}, "another value of a"),
        ({"tokens": ONE}, {"valid": True, "tokens": {"a": {"type": "color", "value": 1}}}, "another type of a"),
        ({"tokens": ONE}, {"valid": True, "tokens": {}}, "no token a"),
        ({"tokens": {}}, {"valid": True, "tokens": ONE}, "a token a too many"),
        ({"without": ["a"]}, {"valid": True, "tokens": ONE}, "gives a value to a"),
        ({"names": ["a"]}, {"valid": True, "problems": ["all"]}, "no problem names a"),
        ({"names": ["a"]}, {"valid": True, "problems": [{"message": "look at {a}"}]}, None),
        ({"points_at": ["a"]}, {"valid": True, "problems": ["no subject"]}, None),
        ({"points_at": ["a"]}, {"valid": True, "problems": [{"subject": "b"}]}, "no problem points at a"),
    ],
)
def test_answers_are_judged(want: dict[str, Any], given: Any, reason: str | None) -> None:
    assert judge(made(**want), given) == reason


@pytest.mark.parametrize(
    ("kind", "one", "other", "alike"),
    [
        ("fontFamily", "Inter", ["Inter"], True),
        ("fontWeight", "bold", 700, True),
        ("fontWeight", "bold", 400, False),
        ("color", {"colorSpace": "srgb"}, {"colorSpace": "srgb", "alpha": 1}, True),
        ("shadow", {"blur": 1}, [{"blur": 1, "inset": False}], True),
        (
            "typography",
            {"fontFamily": "Inter", "fontWeight": "thin"},
            {"fontFamily": ["Inter"], "fontWeight": 100},
            True,
        ),
        ("gradient", [{"position": 1}], {"position": 1}, False),
    ],
)
def test_what_the_modules_call_the_same_is_the_same(kind: str, one: Any, other: Any, alike: bool) -> None:
    assert same(one, other, kind) is same(other, one, kind) is alike


@pytest.mark.network
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["style-dictionary", "terrazzo"])
def test_other_implementations_answer_as_recorded(name: str) -> None:
    """The packages are fetched when the test runs. Offline it is skipped, on CI it is not."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("npm is not installed")
    adapter = adapters.known()[name]
    try:
        outcome = results.run(adapter, cases())
    except subprocess.CalledProcessError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} could not be fetched: {error.stderr.decode()[-300:]}")
    assert outcome == results.recorded(name), json.dumps(outcome.failed)[:500]
