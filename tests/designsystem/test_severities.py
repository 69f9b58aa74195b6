"""The manifest's field severities: what it may say of which code, where a fault of it stands, and what wins."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from designsystem import codes
from designsystem.lint.linting import RULES
from designsystem.manifest import Manifest, edit_manifest, parse_manifest
from designsystem.problem import Invalid, Problem
from designsystem.severities import LEVELS
from tests.house.source import ROOT

SCHEMA = json.loads((ROOT / "docs" / "schemas" / "designsystem.schema.json").read_text(encoding="utf-8"))
DRAFT = Problem(codes.DRAFT_DIMENSION, "16px", severity="warning")
COLOR = Problem(codes.DRAFT_COLOR, "#fff", severity="warning")
ALIAS = Problem(codes.UNKNOWN_ALIAS, "leads nowhere")
COLLISION = Problem(codes.EXPORT_COLLISION, "taken")


def manifest(severities: Any, **fields: Any) -> Manifest:
    found, problems = parse_manifest(json.dumps({"severities": severities, **fields}).encode())
    assert problems == []
    return found


def faults(severities: Any) -> list[Problem]:
    found, problems = parse_manifest(json.dumps({"severities": severities}).encode())
    assert found == Manifest()
    return problems


def told(problems: list[Problem]) -> dict[str, str]:
    return {problem.code: problem.severity for problem in problems}


def test_a_code_is_raised_lowered_or_switched_off() -> None:
    for level in LEVELS:
        found = manifest({"XDS104": level}).judged([DRAFT, COLOR, ALIAS])
        wanted = {} if level == "off" else {"XDS104": level}
        assert told(found) == {**wanted, "XDS103": "warning", "XDS020": "error"}


@pytest.mark.parametrize("level", LEVELS)
def test_the_single_code_wins_over_strict(level: str) -> None:
    found = manifest({"XDS104": level}, strict=True).judged([DRAFT, COLOR])
    assert told(found) == {**({} if level == "off" else {"XDS104": level}), "XDS103": "error"}


def test_what_an_export_leaves_out_is_a_warning_unless_stated() -> None:
    assert told(Manifest(strict=True).judged_export([COLLISION, ALIAS])) == {"XDS303": "warning", "XDS020": "warning"}
    assert told(manifest({"XDS303": "error"}).judged_export([COLLISION])) == {"XDS303": "error"}
    assert manifest({"XDS303": "off"}).judged_export([COLLISION]) == []


@pytest.mark.parametrize("level", LEVELS)
def test_what_others_rely_on_cannot_be_set(level: str) -> None:
    for code, meaning in codes.ALL_CODES.items():
        if codes.is_adjustable(code):
            assert manifest({code: level}).severities == {code: level}
        else:
            (fault,) = faults({code: level})
            assert (fault.code, fault.pointer, fault.severity) == ("XDS205", f"/severities/{code}", "error")
            assert fault.message == f"{code} ({meaning}) cannot be set, others rely on it; remove this member"


def test_all_draft_syntax_and_exporter_and_lint_codes_can_be_set() -> None:
    settable = set(filter(codes.is_adjustable, codes.ALL_CODES))
    assert settable == {
        *(code for code in codes.ALL_CODES if code.startswith(("XDS1", "XDS30"))),
        *(rule.code for rule in RULES.values()),
    }


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("XDS1O4", "did you mean 'XDS104'?"),
        ("xds118", "did you mean 'XDS118'?"),
        ("naming", "codes are like 'XDS104'"),
        ("X" * 5000, "codes are like 'XDS104'"),
    ],
)
def test_an_unknown_code_is_told_with_the_nearest_known(code: str, advice: str) -> None:
    (fault,) = faults({code: "off"})
    assert fault.code == "XDS205"
    assert fault.message == f"there is no code {code[:40]!r}; {advice}"


@pytest.mark.parametrize("level", ["info", "OFF", 1, None, True, {}, "x" * 500])
def test_an_unknown_level_is_told(level: Any) -> None:
    (fault,) = faults({"XDS104": level})
    assert fault.message == f"the severity of XDS104 is off, warning or error, not {json.dumps(level)[:40]}"


def test_faults_stand_at_their_line_and_leave_the_rest_in_force() -> None:
    source = b'{\n  "severities": {\n    "XDS104": "off",\n    "XDS020": "off",\n    "XDS103": "loud"\n  }\n}'
    found, problems = parse_manifest(source)
    assert found.severities == {"XDS104": "off"}
    assert [(p.path, p.line, p.column, p.pointer) for p in problems] == [
        ("designsystem.json", 4, 15, "/severities/XDS020"),
        ("designsystem.json", 5, 15, "/severities/XDS103"),
    ]


@pytest.mark.parametrize("field", [[], "off", True, None])
def test_the_field_is_an_object(field: Any) -> None:
    (fault,) = faults(field)
    assert (fault.code, fault.pointer) == ("XDS201", "/severities")


def test_a_thousand_unknown_codes_take_no_longer_than_a_score() -> None:
    problems = faults({f"XDS{number}": "off" for number in range(1000, 3000)})
    assert len(problems) == 2000
    assert sum("did you mean" in problem.message for problem in problems) == 20


def test_an_edit_cannot_bring_a_fault_in() -> None:
    with pytest.raises(Invalid):
        edit_manifest(b"{}", {"severities": {"XDS020": "off"}})


def test_what_matters_more_than_before() -> None:
    usual, strict = Manifest(), Manifest(strict=True)
    drafts = {code for code in codes.TOKEN_CODES if code.startswith("XDS1")}
    assert strict.raised_since(usual) == drafts
    assert usual.raised_since(strict) == usual.raised_since(usual) == frozenset()
    assert manifest({"XDS104": "error"}).raised_since(usual) == {"XDS104"}
    assert manifest({"XDS104": "off"}).raised_since(usual) == frozenset()
    assert usual.raised_since(manifest({"XDS104": "off"})) == {"XDS104"}
    assert manifest({"XDS104": "warning"}, strict=True).raised_since(usual) == drafts - {"XDS104"}
    assert manifest({"XDS303": "error", "XDS501": "error"}).raised_since(usual) == frozenset()


def test_the_schema_knows_what_the_reader_knows() -> None:
    fields = SCHEMA["properties"]
    stated = {code: entry["description"] for code, entry in fields["severities"]["properties"].items()}
    assert stated == {code: text for code, text in codes.ALL_CODES.items() if codes.is_adjustable(code)}
    assert tuple(SCHEMA["$defs"]["level"]["enum"]) == LEVELS
    options = {name: set(fields["lint"]["properties"][name]["oneOf"][1]["properties"]) for name in RULES}
    assert options == {name: rule.options | {"severity"} for name, rule in RULES.items()}


@pytest.mark.parametrize(
    ("document", "good"),
    [
        ({"schemaVersion": 1, "name": "Acme", "tokens": ["a/*.json"], "components": "b/*", "x-own": {}}, True),
        ({"severities": {"XDS104": "off", "XDS303": "error", "XDS501": "warning"}, "strict": True}, True),
        ({"lint": {"naming": True, "unused": {"tokens": ["a"]}, "descriptions": False}}, True),
        ({"severities": {"XDS020": "off"}}, False),
        ({"severities": {"XDS104": "info"}}, False),
        ({"lint": {"unused": True}}, False),
        ({"strict": "yes"}, False),
    ],
)
def test_the_schema_takes_what_the_reader_takes(document: dict[str, Any], good: bool) -> None:
    assert jsonschema_rs.is_valid(SCHEMA, document) is good
