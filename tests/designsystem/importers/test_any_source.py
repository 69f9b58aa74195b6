"""Guards: whatever a source holds, an import ends, and what it writes keeps to the format to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designsystem.importers import FORMATS, UnknownFormat, convert
from designsystem.importers.tokens_studio import STUDIO_TYPES
from tests.designsystem.importers.sources import converted, token_set, values

NAMES = st.sampled_from(
    ["a", "b", "c.d", "{e}", "$f", "value", "type", "", "a b", "$root", "modes", "\u0000", "global"]
)
TYPES = st.sampled_from(
    [*STUDIO_TYPES, "color", "typography", "border", "shadow", "transition", "gradient", "other", "number"]
)
TEXTS = st.sampled_from(
    [
        *(
            "{a}",
            "{a.b}",
            "{b} * 2",
            "{a.b}, serif",
            "rgba({a}, .5)",
            "#123",
            "#12345678",
            "16px",
            "1.5rem",
            "50%",
            "bold",
        ),
        *("0 1px 2px #000", "1px solid {a}", "{", "}", "{}", "linear-gradient(#000, {a})", "cubic-bezier(0, 0, 1, 1)"),
        *("", "(((", "1e999", "color(xyz 1 2 3)", "$a.b", "none", "\ud800"),
    ]
)
SCALARS = st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(10**30), 10**30), st.floats(-1e6, 1e6))
PARTS = st.dictionaries(
    st.sampled_from(
        ["color", "width", "style", "x", "y", "blur", "spread", "fontFamily", "fontSize", "lineHeight", "r", "g", "b"]
    ),
    SCALARS,
    max_size=6,
)
VALUES = st.one_of(SCALARS, PARTS, st.lists(st.one_of(SCALARS, PARTS), max_size=3))
TOKENS = st.builds(
    lambda dollar, value, kind, more: {f"{dollar}value": value, f"{dollar}type": kind, **more},
    st.sampled_from(["", "$"]),
    VALUES,
    TYPES,
    st.sampled_from(
        [{}, {"description": 3}, {"$extensions": {"studio.tokens": {"modify": {"type": "mix", "value": "{a}"}}}}]
    ),
)
TREES = st.recursive(TOKENS, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=12)
FILES = st.dictionaries(
    st.sampled_from(["a.json", "b/c.json", "$themes.json"]), st.dictionaries(NAMES, TREES), min_size=1
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(FILES, st.sampled_from([None, "tokens-studio", "style-dictionary"]))
def test_what_is_written_always_keeps_to_the_format(files: dict[str, Any], name: str | None) -> None:
    try:
        found = converted(files, name)
    except UnknownFormat:
        return
    assert len(values(found)) == len(token_set(found).tokens)
    assert (found.tokens > 0) == bool(found.files)


VARIABLES = st.dictionaries(
    st.sampled_from(["V:1", "V:2"]),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["a", "a/b", "{x}", "//"]),
            "variableCollectionId": st.sampled_from(["C:1", "C:2", 3]),
        },
        optional={
            "id": st.sampled_from(["V:1", "V:2"]),
            "resolvedType": st.sampled_from(["COLOR", "FLOAT", "STRING", "BOOLEAN", 4]),
            "scopes": st.sampled_from([["GAP"], ["OPACITY"], ["FONT_STYLE"], [], "x", [{}]]),
            "valuesByMode": st.dictionaries(
                st.sampled_from(["m1", "m2"]),
                st.one_of(SCALARS, PARTS, st.just({"type": "VARIABLE_ALIAS", "id": "V:1"})),
            ),
        },
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    VARIABLES, st.sampled_from([[], ["x"], [{"modeId": "m1", "name": "A"}, {"modeId": "m2", "name": "a"}], {"m1": "B"}])
)
def test_any_variables_end_in_the_format(variables: dict[str, Any], modes: Any) -> None:
    collections = {"C:1": {"id": "C:1", "name": "One/two", "modes": modes}, "C:2": {"id": "C:2", "modes": None}}
    try:
        token_set(
            converted({"v.json": {"meta": {"variables": variables, "variableCollections": collections}}}, "figma")
        )
    except UnknownFormat as error:  # half of a surrogate pair makes a file unreadable
        assert error.unread


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "document", [[], {}, 3, "x", None, {"meta": 1}, {"$themes": {}, "$metadata": 2}, {"a": {"value": None}}]
)
def test_odd_documents_end_too(name: str, document: Any) -> None:
    try:
        convert({"x.json": json.dumps(document).encode()}, name)
    except UnknownFormat:
        return
