"""The policy file, the verdict on changes, and the arithmetic of versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from semver import Version

from designsystem import codes
from designsystem.compare.change import DEFAULT_POLICY, Change, Kind, Severity
from designsystem.compatibility import (
    MAX_BYTES,
    MAX_PATTERNS,
    SCHEMA,
    Policy,
    demanded,
    is_enough,
    judge,
    next_version,
    read_policy,
)
from designsystem.manifest import Manifest
from designsystem.migration import SCHEMA as MIGRATION

MAJOR, MINOR, PATCH = Severity.MAJOR, Severity.MINOR, Severity.PATCH


def policy(content: Any) -> Policy:
    found, problems = read_policy(json.dumps(content).encode())
    assert not problems
    return found


def removed(subject: str, **more: Any) -> Change:
    return Change(Kind.TOKEN_REMOVED, subject, MAJOR, **more)


def test_without_a_file_the_default_holds() -> None:
    assert read_policy(None) == (Policy(), ())
    assert read_policy(b"{}")[0].severities == DEFAULT_POLICY


def test_the_file_says_what_kinds_of_change_ask() -> None:
    stated = policy({"$schema": "x", "changes": {"token-value": "minor", "token-removed": "patch"}})
    verdict = judge([removed("a"), Change(Kind.TOKEN_VALUE, "b", PATCH)], stated)
    assert (verdict.bump, verdict.reasons, verdict.breaking) == (MINOR, ("b: has another value",), ())
    assert [change.severity for change in verdict.changes] == [PATCH, MINOR]


def test_what_is_private_breaks_nobody() -> None:
    stated = policy({"privateTokens": ["core", "**.internal"], "privateComponents": ["components/_*"]})
    changes = [
        removed("core.a"),
        removed("x.y.internal"),
        Change(Kind.PROP_REMOVED, "components/_Box", MAJOR, field="size"),
        Change(Kind.TOKEN_RENAMED, "open.a", MAJOR, before="core.b", after="open.a", old_subject="core.b"),
    ]
    assert judge(changes, stated).bump is PATCH
    for public in (removed("cores"), Change(Kind.COMPONENT_REMOVED, "components/Box", MAJOR)):
        assert judge([*changes, public], stated).bump is MAJOR
    hidden = Change(Kind.TOKEN_RENAMED, "core.a", MAJOR, before="open.a", after="core.a", old_subject="open.a")
    assert judge([hidden], stated).bump is MAJOR


def test_nothing_asks_for_nothing() -> None:
    verdict = judge([])
    assert (verdict.bump, verdict.reasons, verdict.changes) == (None, (), ())
    assert is_enough("1.0.0", "1.0.0", None)


@pytest.mark.parametrize(
    ("content", "code", "words", "place"),
    [
        ("[]", codes.VERSIONING_FILE, "must hold an object", (1, 1)),
        ('{"changes": {', codes.NOT_JSON, "", (1, 14)),
        ('{"change": {}}', codes.VERSIONING_FIELD, "did you mean 'changes'?", (1, 12)),
        ('{\n "changes": {"token-remove": "major"}}', codes.VERSIONING_FIELD, "did you mean 'token-removed'?", (2, 30)),
        ('{"changes": {"code": "none"}}', codes.VERSIONING_FIELD, "patch, minor, major", (1, 22)),
        ('{"changes": {"code": 3}}', codes.VERSIONING_FIELD, "patch, minor, major", (1, 22)),
        ('{"changes": []}', codes.VERSIONING_FIELD, "must be an object", (1, 13)),
        ('{"privateTokens": "core"}', codes.VERSIONING_FIELD, "list of patterns", (1, 19)),
        ('{"privateTokens": [1]}', codes.VERSIONING_FIELD, "must be text", (1, 20)),
        ('{"privateTokens": ["!core"]}', codes.VERSIONING_FIELD, "begins with '!'", (1, 20)),
        ('{"privateTokens": ["a..b"]}', codes.VERSIONING_FIELD, "empty", (1, 20)),
        ('{"privateComponents": ["/abs"]}', codes.VERSIONING_FIELD, "absolute", (1, 24)),
        ('{"changes": {}, "changes": {}}', codes.DUPLICATE_KEY, "", (1, 17)),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_default_holds(
    content: str, code: str, words: str, place: tuple[int, int]
) -> None:
    found, problems = read_policy(content.encode())
    assert [(problem.code, problem.path, problem.severity) for problem in problems] == [
        (code, "versioning.json", "error")
    ]
    assert words in problems[0].message
    assert (problems[0].line, problems[0].column) == place
    assert found.severities == DEFAULT_POLICY and not found.private_tokens and not found.private_components


def test_one_fault_leaves_the_rest_in_force() -> None:
    found, problems = read_policy(b'{"changes": {"code": "huge", "documentation": "minor"}, "privateTokens": ["a", 1]}')
    assert [problem.pointer for problem in problems] == ["/changes/code", "/privateTokens/1"]
    assert found.severities[Kind.DOCUMENTATION] is MINOR and len(found.private_tokens) == 1


def test_the_file_is_bounded() -> None:
    assert "more than 65,536 bytes" in read_policy(bytes(MAX_BYTES + 1))[1][0].message
    many = json.dumps({"privateTokens": ["a"] * (MAX_PATTERNS + 1)})
    assert "200 are allowed" in read_policy(many.encode())[1][0].message


def test_the_file_is_no_token_file_whatever_the_globs_say() -> None:
    manifest = Manifest(tokens=("**/*.json",))
    assert not manifest.is_token_file("versioning.json")
    assert manifest.is_token_file("tokens/versioning.json")


@pytest.mark.parametrize(
    ("current", "bump", "wanted"),
    [
        (None, MAJOR, "1.0.0"),
        (None, MINOR, "0.1.0"),
        (None, PATCH, "0.0.1"),
        ("1.2.3", MAJOR, "2.0.0"),
        ("1.2.3", MINOR, "1.3.0"),
        ("1.2.3", PATCH, "1.2.4"),
        ("2.0.0-rc.1", MAJOR, "2.0.0"),
        ("2.1.0-rc.1", MAJOR, "3.0.0"),
        ("2.1.0-rc.1", MINOR, "2.1.0"),
        ("2.1.1-rc.1", MINOR, "2.2.0"),
        ("2.1.1-rc.1", PATCH, "2.1.1"),
        ("1.2.3+build", PATCH, "1.2.4"),
    ],
)
def test_one_part_is_raised(current: str | None, bump: Severity, wanted: str) -> None:
    assert next_version(current, bump) == wanted


@pytest.mark.parametrize(
    ("current", "bump", "enough", "too_low"),
    [
        ("1.2.3", MAJOR, ["2.0.0", "2.0.0-rc.1", "3.1.0"], ["1.3.0", "1.2.4", "1.99.0-rc.1"]),
        ("1.2.3", MINOR, ["1.3.0", "1.3.0-beta", "2.0.0"], ["1.2.4"]),
        ("1.2.3", PATCH, ["1.2.4"], ["1.2.3"]),
        ("0.3.1", MAJOR, ["0.4.0", "1.0.0"], ["0.3.2"]),
        ("0.3.1", MINOR, ["0.4.0"], ["0.3.2"]),
        (None, MINOR, ["0.1.0", "1.0.0"], ["0.0.1"]),
    ],
)
def test_a_version_is_as_high_as_what_changed_demands(
    current: str | None, bump: Severity, enough: list[str], too_low: list[str]
) -> None:
    assert all(is_enough(version, current, bump) for version in enough)
    assert not any(is_enough(version, current, bump) for version in too_low)


def test_nothing_is_promised_below_one() -> None:
    assert [demanded("0.9.9", each) for each in (MAJOR, MINOR, PATCH, None)] == [MINOR, MINOR, PATCH, None]
    assert demanded("1.0.0", MAJOR) is MAJOR
    assert demanded(None, MAJOR) is MINOR


VERSIONS = st.builds(
    lambda core, pre: ".".join(map(str, core)) + pre,
    st.tuples(*[st.integers(0, 30)] * 3),
    st.sampled_from(["", "-rc.1", "-alpha"]),
)


@given(VERSIONS, st.sampled_from(list(Severity)))
def test_the_next_version_is_always_higher_final_and_enough(current: str, bump: Severity) -> None:
    following = Version.parse(next_version(current, bump))
    assert following > Version.parse(current)
    assert following.prerelease is None
    assert is_enough(str(following), current, bump)


DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    "content",
    [
        {}, [], {"$schema": "x", "changes": {"code": "minor"}, "privateTokens": ["a.*"], "privateComponents": []},
        {"x": 1}, {"changes": {"code": "huge"}}, {"changes": {"no-kind": "major"}}, {"changes": []},
        {"privateTokens": "a"}, {"privateTokens": [1]}, {"privateTokens": [""]}, {"privateTokens": ["a"] * 201},
    ],
)  # fmt: skip
def test_the_schema_for_editors_says_what_the_reader_says(content: Any) -> None:
    valid = jsonschema_rs.validator_for(SCHEMA).is_valid(content)
    assert valid is (read_policy(json.dumps(content).encode())[1] == ())


@pytest.mark.parametrize(("name", "schema"), [("versioning", SCHEMA), ("migration", MIGRATION)])
def test_the_schemas_are_in_the_docs(name: str, schema: dict[str, Any]) -> None:
    assert json.loads((DOCS / "schemas" / f"{name}.schema.json").read_text("utf-8")) == schema


def test_every_kind_of_change_is_documented_with_what_it_asks() -> None:
    text = (DOCS / "compatibility.md").read_text("utf-8")
    assert all(f"| `{kind.value}` | {DEFAULT_POLICY[kind].value} |" in text for kind in Kind)
