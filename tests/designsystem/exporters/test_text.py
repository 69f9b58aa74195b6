"""Text in exports stays where it was put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.exporters.numbers import number_text
from designsystem.exporters.text import comment_lines, css_string, raw_css


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("Inter", '"Inter"'),
        ('a"b', r'"a\"b"'),
        ("a\\", r'"a\\"'),
        ("a\nb", r'"a\a b"'),
        ("a\x00", '"a\\fffd "'),
        ("#{x}", r'"\#{x}"'),
        ("</style>", r'"\3c /style>"'),
    ],
)
def test_css_string(text: str, string: str) -> None:
    assert css_string(text) == string


@pytest.mark.parametrize("text", ["16px", "calc(1px * (2 + 3))", "url(https://x.test/a.png)", "0 1px 2px #0003", "a b"])
def test_harmless_raw_text_passes(text: str) -> None:
    assert raw_css(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a;b",
        "a}b",
        "a{b",
        "a/*b",
        "a*/b",
        "a//b",
        "<x",
        "@x",
        "!important",
        "a\\b",
        "a\nb",
        "(a",
        "a)",
        "[a)",
        "'a",
        "x" * 5000,
    ],
)
def test_raw_text_that_could_break_out_is_refused(text: str) -> None:
    assert raw_css(text) is None


@given(st.text())
def test_a_comment_never_closes_or_breaks_a_line(text: str) -> None:
    for line in comment_lines(text):
        assert "*/" not in line
        assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.50, "1.5"),
        (100, "100"),
        (1e-7, "0.0000001"),
        (1e20, "100000000000000000000"),
        (-2, "-2"),
    ],
)
def test_number_text(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize("value", [True, None, "1", float("nan"), float("inf"), 1e300, 10**30])
def test_what_is_no_readable_number_has_no_text(value: object) -> None:
    assert number_text(value) is None
