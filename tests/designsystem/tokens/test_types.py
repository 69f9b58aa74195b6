"""The value shapes of the thirteen types: given a value, wanted what is said about it (Format §8, §9; Color Module)."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem import codes
from designsystem.tokens.types.color import SPACES
from designsystem.tokens.types.registry import TYPES, check_value
from tests.designsystem.jsontext.test_file import json_values

PX = {"value": 1, "unit": "px"}
MS = {"value": 1, "unit": "ms"}
RED = {"colorSpace": "srgb", "components": [1, 0, 0]}
LAYER = {"color": RED, "offsetX": PX, "offsetY": PX, "blur": PX, "spread": PX}
FONT = {"fontFamily": "Inter", "fontSize": PX, "fontWeight": 400, "letterSpacing": PX, "lineHeight": 1.5}

GOOD: list[tuple[str, Any]] = [
    ("color", RED),
    ("color", {**RED, "alpha": 0.5, "hex": "#ff0000"}),
    ("color", {"colorSpace": "hsl", "components": ["none", 0, 100]}),
    ("color", {"colorSpace": "lab", "components": [50, -170, 300.5]}),
    ("color", {"colorSpace": "oklch", "components": [0.5, 3, 359.9]}),
    ("color", {**RED, "alpha": "{opacity.half}"}),
    ("dimension", PX),
    ("dimension", {"value": -0.5, "unit": "rem"}),
    ("dimension", {"value": "{n}", "unit": "rem"}),
    ("fontFamily", "Inter"),
    ("fontFamily", ["Inter", "{font.fallback}"]),
    ("fontWeight", 1),
    ("fontWeight", 1000),
    ("fontWeight", "extra-black"),
    ("duration", MS),
    ("duration", {"value": 1.5, "unit": "s"}),
    ("cubicBezier", [0, -1, 1, 2.5]),
    ("cubicBezier", [0, "{n}", 1, 2]),
    ("number", 1),
    ("number", -1e10),
    ("strokeStyle", "dashed"),
    ("strokeStyle", {"dashArray": [PX, "{x}"], "lineCap": "round"}),
    ("border", {"color": RED, "width": PX, "style": "solid"}),
    ("border", {"color": "{c}", "width": "{w}", "style": "{s}"}),
    ("transition", {"duration": MS, "delay": MS, "timingFunction": [0, 0, 1, 1]}),
    ("shadow", LAYER),
    ("shadow", {**LAYER, "inset": True}),
    ("shadow", [LAYER, "{shadow.low}"]),
    ("gradient", [{"color": RED, "position": 0}, {"color": "{c}", "position": "{p}"}]),
    ("typography", FONT),
    ("typography", "{type.body}"),
    ("opacity", {"anything": ["goes"]}),
]

WRONG: list[tuple[str, Any, str]] = [
    ("color", 12, "a color is an object"),
    ("color", "blurple", "a color is an object"),
    ("color", "#12", "a color is an object"),
    ("color", {}, "a color is an object"),
    ("color", {"colorSpace": "cmyk", "components": [0, 0, 0]}, "srgb, srgb-linear, hsl"),
    ("color", {"colorSpace": ["srgb"], "components": [0, 0, 0]}, "the color space is one of"),
    ("color", {"colorSpace": "srgb", "components": [0, 0]}, "list of three numbers"),
    ("color", {"colorSpace": "srgb", "components": [0, 0, None]}, "a JSON number"),
    ("color", {**RED, "alpha": 2}, "from 0 (transparent) to 1"),
    ("color", {**RED, "alpha": True}, "a JSON number"),
    ("color", {**RED, "hex": "red"}, "six digits"),
    ("color", {**RED, "hex": 0xFF0000}, "six digits"),
    ("dimension", 16, '{"value": 16, "unit": "px"}'),
    ("dimension", "16", "a dimension is"),
    ("dimension", "big", "a dimension is"),
    ("dimension", {"value": 1}, "a dimension is"),
    ("dimension", {"value": 1, "unit": "furlong"}, 'is "px" or "rem"'),
    ("dimension", {"value": 1, "unit": None}, 'is "px" or "rem"'),
    ("dimension", {"value": None, "unit": "px"}, "a JSON number"),
    ("fontFamily", 1, "a font name or a list"),
    ("fontFamily", [], "a font name or a list"),
    ("fontFamily", ["a", 1], "a font name or a list"),
    ("fontFamily", "", "a font name or a list"),
    ("fontWeight", 0, "from 1 to 1000"),
    ("fontWeight", 1001, "from 1 to 1000"),
    ("fontWeight", "fat", "from 1 to 1000"),
    ("fontWeight", True, "from 1 to 1000"),
    ("duration", 100, "a duration is"),
    ("duration", {"value": 1, "unit": "min"}, '"ms" or "s"'),
    ("duration", {"value": 1, "unit": ["ms"]}, '"ms" or "s"'),
    ("cubicBezier", [0, 0, 1], "four numbers"),
    ("cubicBezier", [1.5, 0, 1, 1], "between 0 and 1"),
    ("cubicBezier", "quickly", "four numbers"),
    ("number", None, "found null"),
    ("number", True, "found true"),
    ("number", "abc", "a JSON number"),
    ("strokeStyle", "wavy", "solid, dashed"),
    ("strokeStyle", {"dashArray": [PX]}, "dashArray and lineCap"),
    ("strokeStyle", {"dashArray": [], "lineCap": "butt"}, "list of dimensions"),
    ("strokeStyle", {"dashArray": [PX], "lineCap": "flat"}, "round, butt, square"),
    ("strokeStyle", {"dashArray": [PX], "lineCap": []}, "round, butt, square"),
    ("border", "wide", "a border is"),
    ("border", {"color": RED, "style": "solid"}, 'lacks "width"'),
    ("transition", {"delay": MS, "timingFunction": [0, 0, 1, 1]}, 'lacks "duration"'),
    ("transition", "soon", "a transition is"),
    ("shadow", [], "a shadow is"),
    ("shadow", [1], "a shadow is"),
    ("shadow", {"color": RED, "offsetX": PX, "blur": PX, "spread": PX}, 'lacks "offsetY"'),
    ("shadow", {**LAYER, "inset": "yes"}, "inset is true or false"),
    ("gradient", [], "list of stops"),
    ("gradient", {"color": RED}, "list of stops"),
    ("gradient", [{"color": RED}], 'lacks "position"'),
    ("typography", {}, "a typography is"),
    ("typography", 1, "a typography is"),
    ("typography", {**FONT, "lineHeight": "tall"}, "a JSON number"),
    ("typography", {**FONT, "fontSize": 16}, "a dimension is"),
]

DRAFT: list[tuple[str, Any, str]] = [
    ("color", "#f00", codes.DRAFT_COLOR),
    ("color", "#ff000080", codes.DRAFT_COLOR),
    ("color", "rgba(0, 0, 0, 0.5)", codes.DRAFT_COLOR),
    ("color", "RebeccaPurple", codes.DRAFT_COLOR),
    ("color", {"colorSpace": "srgb", "components": [255, 0, 0]}, codes.OUT_OF_RANGE),
    ("color", {"colorSpace": "hsl", "components": [360, 0, 0]}, codes.OUT_OF_RANGE),
    ("color", {**RED, "name": "red"}, codes.UNKNOWN_VALUE_PROPERTY),
    ("color", "rgba({c}, 0.5)", codes.EXPRESSION),
    ("color", {**RED, "hex": "#fff"}, codes.DRAFT_COLOR),
    ("dimension", "0.25 * 0.5rem", codes.EXPRESSION),
    ("dimension", "inherit", codes.CSS_STRING),
    ("dimension", "16px", codes.DRAFT_DIMENSION),
    ("dimension", "-1.5rem", codes.DRAFT_DIMENSION),
    ("dimension", "2em", codes.DRAFT_DIMENSION),
    ("dimension", "50%", codes.DRAFT_DIMENSION),
    ("dimension", "0", codes.DRAFT_DIMENSION),
    ("dimension", 0, codes.DRAFT_DIMENSION),
    ("dimension", "calc(1px + 1rem)", codes.DRAFT_DIMENSION),
    ("dimension", {"value": 1, "unit": "em"}, codes.DRAFT_DIMENSION),
    ("dimension", {**PX, "base": 16}, codes.UNKNOWN_VALUE_PROPERTY),
    ("dimension", "{space.s} * 2", codes.EXPRESSION),
    ("duration", "100ms", codes.DRAFT_DURATION),
    ("duration", "0.2s", codes.DRAFT_DURATION),
    ("fontWeight", "SemiBold", codes.DRAFT_FONT_WEIGHT),
    ("fontWeight", "700", codes.DRAFT_FONT_WEIGHT),
    ("number", "1.5", codes.DRAFT_NUMBER),
    ("cubicBezier", "cubic-bezier(0.4, 0, 0.2, 1)", codes.DRAFT_CUBIC_BEZIER),
    ("cubicBezier", "ease-in", codes.DRAFT_CUBIC_BEZIER),
    ("border", "1px solid red", codes.CSS_STRING),
    ("transition", "opacity 200ms ease", codes.CSS_STRING),
    ("shadow", "0 1px 2px #0008", codes.CSS_STRING),
    ("gradient", "linear-gradient(90deg, red, blue)", codes.CSS_STRING),
    ("typography", "bold 16px/1.5 Inter", codes.CSS_STRING),
    ("shadow", {"color": RED, "offsetX": PX, "offsetY": PX}, codes.INCOMPLETE_VALUE),
    ("border", {"color": RED, "width": PX}, codes.INCOMPLETE_VALUE),
    ("typography", {"fontFamily": "Inter", "fontSize": PX}, codes.INCOMPLETE_VALUE),
    ("typography", {**FONT, "textCase": "upper"}, codes.UNKNOWN_VALUE_PROPERTY),
    ("typography", {**FONT, "lineHeight": "150%"}, codes.DRAFT_NUMBER),
    ("typography", {**FONT, "lineHeight": {"value": 24, "unit": "px"}}, codes.DRAFT_NUMBER),
    ("strokeStyle", {"dashArray": [PX], "lineCap": "butt", "x": 1}, codes.UNKNOWN_VALUE_PROPERTY),
]


@pytest.mark.parametrize(("type_name", "value"), GOOD)
def test_good_values_pass_in_silence(type_name: str, value: Any) -> None:
    assert check_value(type_name, value).found == []


@pytest.mark.parametrize("space", SPACES)
def test_all_fourteen_color_spaces_are_known(space: str) -> None:
    assert len(SPACES) == 14
    assert check_value("color", {"colorSpace": space, "components": [0, 0, 0]}).found == []


@pytest.mark.parametrize(("type_name", "value", "words"), WRONG)
def test_wrong_shapes_are_errors_that_say_the_shape(type_name: str, value: Any, words: str) -> None:
    (finding,) = check_value(type_name, value).found
    assert (finding.code, finding.severity) == (codes.BAD_VALUE, "error")
    assert words in finding.message


@pytest.mark.parametrize(("type_name", "value", "code"), DRAFT)
def test_older_and_incomplete_ways_to_write_are_warnings(type_name: str, value: Any, code: str) -> None:
    (finding,) = check_value(type_name, value).found
    assert (finding.code, finding.severity) == (code, "warning")


@pytest.mark.parametrize("value_type", TYPES.values(), ids=lambda value_type: value_type.name)
def test_every_example_in_a_message_is_itself_good(value_type: Any) -> None:
    for example in value_type.example.split(" or "):
        assert check_value(value_type.name, json.loads(example)).found == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("#f00", {"colorSpace": "srgb", "components": [1, 0, 0], "hex": "#ff0000"}),
        ("#00000080", {"colorSpace": "srgb", "components": [0, 0, 0], "alpha": 0.502, "hex": "#000000"}),
        ("16px", {"value": 16, "unit": "px"}),
        ("-.5rem", {"value": -0.5, "unit": "rem"}),
        ("200ms", {"value": 200, "unit": "ms"}),
    ],
)
def test_the_warning_about_a_string_says_what_to_write_instead(text: str, better: Any) -> None:
    type_name = "color" if text[0] == "#" else "duration" if text.endswith("ms") else "dimension"
    (finding,) = check_value(type_name, text).found
    assert json.loads(finding.message.split("write ", 2)[-1]) == better


def test_aliases_inside_composites_ask_for_their_type() -> None:
    references = check_value("shadow", [{**LAYER, "color": "{c}", "blur": "{b}"}, "{s}"]).references
    assert [(reference.path, reference.at, reference.expected) for reference in references] == [
        ("c", (0, "color"), ("color",)),
        ("b", (0, "blur"), ("dimension",)),
        ("s", (1,), ("shadow",)),
    ]


def test_aliases_are_found_where_no_type_looks() -> None:
    for type_name in ("typography", "boxShadow", None):
        references = check_value(type_name, {"fontFamily": "Inter", "textCase": ["{case.upper}"]}).references
        assert [(reference.path, reference.at) for reference in references] == [("case.upper", ("textCase", 0))]


@given(st.sampled_from([*TYPES, "unknown", None]), json_values)
def test_no_value_whatever_raises(type_name: str | None, value: Any) -> None:
    check_value(type_name, value)


@pytest.mark.parametrize(
    "part", ["1", "1.1", "0 ", "9e", "calc(", "gradient(", " ", "1 + ", "{", "#", "rgb(", "1s", "a 1 "]
)
def test_hostile_strings_are_looked_at_quickly(part: str) -> None:
    text = part * (60_000 // len(part))
    started = time.perf_counter()
    for type_name in TYPES:
        check_value(type_name, text)
        check_value(type_name, f"{text}ms!")
    assert time.perf_counter() - started < 2
