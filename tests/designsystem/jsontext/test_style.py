"""The layout of a file is recognised and kept."""

from __future__ import annotations

import json
import time

import pytest

from designsystem.jsontext.style import DEFAULT, detect_file, write

VALUE = {"a": {"b": [1, 2], "c": {"value": 1, "unit": "px"}}, "d": "{x.y}"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(VALUE, indent=2),
        json.dumps(VALUE, indent=4),
        json.dumps(VALUE, indent="\t"),
        json.dumps(VALUE, indent=2).replace("\n", "\r\n"),
        json.dumps(VALUE, indent=2, separators=(",", " : ")),
        json.dumps(VALUE),
        json.dumps(VALUE, separators=(",", ":")),
        '{\n  "a": {\n    "b": [1, 2],\n    "c": { "value": 1, "unit": "px" }\n  },\n  "d": "{x.y}"\n}',
        '{\n  "a": {\n    "b": [1, 2],\n    "c": {"value": 1, "unit": "px"}\n  },\n  "d": "{x.y}"\n}',
    ],
)
def test_writing_in_the_style_of_a_file_gives_the_file(text: str) -> None:
    assert write(VALUE, detect_file(text)) == text


@pytest.mark.parametrize("text", ["{}", "", "[]", "{}\n"])
def test_a_file_that_shows_nothing_gets_the_usual_style(text: str) -> None:
    assert detect_file(text) == DEFAULT


def test_looking_at_hostile_text_is_quick() -> None:
    started = time.perf_counter()
    for part in ('{"a": 1, ', "[1, ", "[  ", '"', '{ "', "{ , : ", '"\\'):
        detect_file('{\n  "x": ' + part * (65536 // len(part)))
    assert time.perf_counter() - started < 3
