"""Whatever a token holds, every format writes a file or says what it left out, and never raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designsystem.exporters import FORMATS, export
from designsystem.tokens.types.registry import TYPES
from tests.designsystem.exporters.sets import EVERY_TYPE, HEADER, token_set

WORDS = [
    "px",
    "rem",
    "ms",
    "none",
    "dashed",
    "round",
    "srgb",
    "bold",
    "ease-in",
    "16px",
    "#fff",
    "red",
    "{a}",
    "1e999",
    "",
    "$x",
]
_KEYS = """
    colorSpace components alpha hex value unit color width style duration delay timingFunction offsetX offsetY blur
    spread inset position fontFamily fontSize fontWeight lineHeight letterSpacing dashArray lineCap
"""
KEYS = _KEYS.split()
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5),
    st.sampled_from(WORDS),
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


def spoiled(value: Any, draw: Any) -> Any:
    """A good value in which one part is anything."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: spoiled(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], spoiled(value[index], draw), *value[index + 1 :]]
    return draw(ANYTHING)


GOOD = [
    (group["$type"], token["$value"]) for group in EVERY_TYPE.values() for token in group.values() if "$value" in token
]


@st.composite
def tokens(draw: Any) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"$type": draw(st.sampled_from([*TYPES, "other"])), "$value": draw(ANYTHING)}
    type_, value = draw(st.sampled_from(GOOD))
    return {"$type": type_, "$value": spoiled(value, draw)}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(token=tokens())
def test_no_format_raises(token: dict[str, Any]) -> None:
    held = token_set({"t": token})
    for name in FORMATS:
        exported = export(name, held, HEADER)
        exported.data.decode("utf-8")
        if name in ("json", "json-flat", "dtcg"):
            json.loads(exported.content)


@pytest.mark.parametrize("name", FORMATS)
def test_every_good_value_is_written(name: str) -> None:
    for type_, value in GOOD:
        assert export(name, token_set({"t": {"$type": type_, "$value": value}}), HEADER).problems == []
