from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem import codes
from designsystem.color import Channels
from designsystem.lint.contrast import ratio_of
from designsystem.lint.linting import chosen_rules, lint
from tests.designsystem.tokens.files import token_set

WHITE = Channels(1, 1, 1, 1, "srgb")
BLACK = Channels(0, 0, 0, 1, "srgb")


def color(*components: float, **more: Any) -> dict[str, Any]:
    return {"$type": "color", "$value": {"colorSpace": "srgb", "components": list(components), **more}}


def number(value: Any, **more: Any) -> dict[str, Any]:
    return {"$type": "number", "$value": value, **more}


def told(rules: dict[str, Any], **files: Any) -> list[tuple[str, str, str]]:
    chosen, faults = chosen_rules(json.dumps({"lint": rules}).encode())
    assert not faults
    return [(each.code, each.subject, each.severity) for each in lint(token_set(**files), chosen)]


def test_without_the_field_nothing_is_held() -> None:
    assert chosen_rules(None) == ([], [])
    assert chosen_rules(b'{"name": "UI"}') == ([], [])
    assert chosen_rules(b'{"lint": {"naming": false}}') == ([], [])


@pytest.mark.parametrize(
    ("style", "wrong"),
    [
        ("kebab-case", ["a.twoWords", "a.two_words", "a.Two"]),
        ("snake_case", ["a.two-words", "a.twoWords", "a.Two"]),
        ("camelCase", ["a.two-words", "a.two_words", "a.Two"]),
    ],
)
def test_names_are_written_in_one_style(style: str, wrong: list[str]) -> None:
    names = ("one", "50", "two-words", "twoWords", "two_words", "Two")
    group = {"a": {"$root": number(1), **{name: number(1) for name in names}}}
    found = told({"naming": {"style": style}}, a=group)
    assert sorted(found) == sorted((codes.LINT_NAMING, path, "warning") for path in wrong)


def test_patterns_say_which_tokens_a_rule_is_about() -> None:
    group = {"a": {"b": number(1), "c": {"d": number(1, **{"$description": "Used"}), "e": number(1)}}, "f": number(1)}
    assert told({"descriptions": True}, a=group) == [
        (codes.LINT_DESCRIPTION, path, "warning") for path in ("a.b", "a.c.e", "f")
    ]
    rule = {"tokens": ["a.c", "f"], "severity": "error"}
    assert told({"descriptions": rule}, a=group) == [(codes.LINT_DESCRIPTION, path, "error") for path in ("a.c.e", "f")]


def test_what_is_there_for_others_is_referred_to() -> None:
    palette = {"palette": {"used": number(1), "left": number(2), "old": number(3, **{"$deprecated": True})}}
    semantic = {"text": number("{palette.used}"), "own": number(4)}
    found = told({"unused": {"tokens": ["palette"]}}, a=palette, b=semantic)
    assert found == [(codes.LINT_UNUSED, "palette.left", "warning")]


def test_pairs_of_colors_are_told_apart() -> None:
    tokens = {
        "bg": color(1, 1, 1),
        "ok": color(0.46, 0.46, 0.46),
        "weak": color(0.47, 0.47, 0.47),
        "veil": color(0, 0, 0, alpha=0.3),
        "alias": {"$value": "{weak}"},
        "count": number(1),
    }
    pairs = [{"text": name, "on": "bg"} for name in ("ok", "weak", "veil", "alias", "count", "gone")]
    found = told({"contrast": {"pairs": [*pairs, {"text": "bg", "on": "veil"}]}}, a=tokens)
    assert sorted(subject for _, subject, _ in found) == ["", "alias", "bg", "count", "veil", "weak"]
    assert told({"contrast": {"pairs": [{"text": "weak", "on": "bg", "ratio": 3}]}}, a=tokens) == []


def test_the_ratio_is_that_of_wcag() -> None:
    assert (ratio_of(BLACK, WHITE), ratio_of(WHITE, BLACK), ratio_of(WHITE, WHITE)) == (21, 21, 1)
    grey = 0x76 / 255
    assert ratio_of(Channels(grey, grey, grey, 1, "srgb"), WHITE) == 4.54
    assert ratio_of(Channels(1, 0, 0, 1, "srgb"), WHITE) == 3.99
    assert ratio_of(Channels(0, 0, 0, 0, "srgb"), WHITE) == 1


@pytest.mark.parametrize(
    "stated",
    [
        [],
        {"nothing": True},
        {"naming": 1},
        {"naming": {"style": "loud"}},
        {"naming": {"style": []}},
        {"naming": {"other": 1}},
        {"naming": {"severity": "info"}},
        {"descriptions": {"tokens": 1}},
        {"descriptions": {"tokens": ["a..b"]}},
        {"unused": True},
        {"contrast": True},
        {"contrast": {"pairs": [{"text": "a"}]}},
        {"contrast": {"pairs": [{"text": "a", "on": "b", "ratio": 0}]}},
        {"contrast": {"pairs": [1]}},
    ],
)
def test_options_that_cannot_be_used_are_told(stated: Any) -> None:
    rules, problems = chosen_rules(json.dumps({"lint": stated}).encode())
    assert rules == [] and [problem.code for problem in problems] == [codes.LINT_OPTION]
    assert problems[0].pointer.startswith("/lint")
