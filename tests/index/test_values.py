from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import clean, clip, dump_json, like_pattern, text_array


@pytest.mark.parametrize(
    ("given_text", "want"),
    [
        ("plain", "plain"),
        ("größe 🎨", "größe 🎨"),
        ("a\0b", "a\ufffdb"),
        ("\ud800x", "\ufffdx"),
        ("\ud83c\udfa8", "🎨"),
    ],
)
def test_clean(given_text: str, want: str) -> None:
    assert clean(given_text) == want


@given(st.text())
def test_clean_text_is_what_postgres_can_hold(text: str) -> None:
    assert "\0" not in clean(text).encode().decode()
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(codec="utf-8")), st.integers(40, 200))
def test_clip_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(clip(text, limit).encode()) <= limit
    if len(clean(text).encode()) <= limit:
        assert clip(text, limit) == clean(text)


def test_clipped_texts_stay_apart() -> None:
    assert clip("x" * 500 + "a", 100) != clip("x" * 500 + "b", 100)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ({"größe": "ä"}, '{"größe":"ä"}'),
        (MappingProxyType({"a": (1, MappingProxyType({}))}), '{"a":[1,{}]}'),
        (["\0", "\\u0000"], '["\ufffd","\\\\u0000"]'),
        (float("nan"), "null"),
        ([2**70, float("inf")], "[1180591620717411303424, null]"),
        ([10**400, -(10**400), True, 10**300 + 1], f"[null, null, true, {10**300 + 1}]"),
        ("\ud800", '"\ufffd"'),
        ([UUID(int=1), 2**70], '["00000000-0000-0000-0000-000000000001", 1180591620717411303424]'),
    ],
)
def test_dump_json(value: object, want: str) -> None:
    assert dump_json(value) == want


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(json_values)
def test_dumped_json_is_json_without_nul(value: object) -> None:
    dumped = dump_json(value)
    orjson.loads(dumped)
    assert "\\u0000" not in dumped.replace("\\\\", "")


def test_text_array_quotes() -> None:
    assert text_array(["a", 'b"\\,{}']) == '{"a","b\\"\\\\,{}"}'
    assert text_array([]) == "{}"


def test_like_pattern_takes_every_character_literally() -> None:
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"
