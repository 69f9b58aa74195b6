"""Tests that APCA gives the values that its authors publish, and that the rule contrast judges by it."""

from __future__ import annotations

import json

import pytest

from designsystem.lint.apca import MOST, lightness_contrast
from designsystem.lint.linting import chosen_rules, lint
from tests.designsystem.exporters.sets import color, token_set


def channels(digits: str) -> tuple[float, ...]:
    wide = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return tuple(int(wide[place : place + 2], 16) / 255 for place in (0, 2, 4))


@pytest.mark.parametrize(
    ("text", "ground", "expected"),
    [
        ("888", "fff", 63.056469930209424),
        ("fff", "888", -68.54146436644962),
        ("000", "aaa", 58.146262578561334),
        ("aaa", "000", -56.24113336839742),
        ("112233", "def", 91.66830811481631),
        ("def", "112233", -93.06770049484275),
        ("112233", "444", 8.32326136957393),
        ("444", "112233", -7.526878460278154),
        ("777", "777", 0),
        ("787878", "777777", 0),
    ],
)
def test_the_published_values(text: str, ground: str, expected: float) -> None:
    assert lightness_contrast(channels(text), channels(ground)) == pytest.approx(expected, abs=1e-9)


def test_no_pair_is_above_the_most() -> None:
    assert lightness_contrast(channels("000"), channels("fff")) < MOST
    assert lightness_contrast(channels("fff"), channels("000")) > -MOST


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        ({"lc": 60}, []),
        ({"lc": 75}, ["its contrast on bg is Lc 63.0 by APCA, Lc 75 is wanted"]),
        ({"lc": 60, "ratio": 4.5}, ["its contrast on bg is 3.54:1, 4.5:1 is wanted"]),
        (
            {"lc": 75, "ratio": 4.5},
            ["its contrast on bg is 3.54:1, 4.5:1 is wanted", "its contrast on bg is Lc 63.0 by APCA, Lc 75 is wanted"],
        ),
    ],
)
def test_a_pair_may_name_either_contrast_or_both(more: dict[str, float], messages: list[str]) -> None:
    grey = 0x88 / 255
    tokens = token_set(
        {
            "text": {"$type": "color", "$value": color(grey, grey, grey)},
            "bg": {"$type": "color", "$value": color(1, 1, 1)},
        }
    )
    manifest = {"lint": {"contrast": {"pairs": [{"text": "text", "on": "bg", **more}]}}}
    rules, problems = chosen_rules(json.dumps(manifest).encode())
    assert problems == []
    assert [problem.message for problem in lint(tokens, rules)] == messages


@pytest.mark.parametrize("lc", [0, 109, True, "60", None])
def test_an_lc_that_no_pair_can_have_is_refused(lc: object) -> None:
    manifest = {"lint": {"contrast": {"pairs": [{"text": "a", "on": "b", "lc": lc}]}}}
    rules, problems = chosen_rules(json.dumps(manifest).encode())
    assert rules == []
    assert "the lc of a pair" in problems[0].message
