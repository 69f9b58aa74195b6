"""Values of every type as CSS text (Format §8 and §9)."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.exporters.values import css_value, typography_parts
from tests.designsystem.exporters.sets import color, px

SHADOW = {"color": color(0, 0, 0, alpha=0.5), "offsetX": px(0), "offsetY": px(1), "blur": px(2), "spread": px(0)}


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        ("color", color(1, 0, 0.5), "#ff0080"),
        ("color", color(1, 0, 0.5, alpha=0.25), "rgb(255 0 128 / 0.25)"),
        ("color", color(1.2, 0, -0.1), "color(srgb 1.2 0 -0.1)"),
        ("color", color("none", 0, 1), "color(srgb none 0 1)"),
        ("color", color(1, 0, 0.5, space="srgb-linear"), "color(srgb-linear 1 0 0.5)"),
        ("color", color(330, 100, 50, space="hsl"), "hsl(330 100% 50%)"),
        ("color", color("none", 0, 50, space="hsl"), "hsl(none 0% 50%)"),
        ("color", color(330, 0, 10, space="hwb", alpha=0.5), "hwb(330 0% 10% / 0.5)"),
        ("color", color(60.5, 12, -20, space="lab"), "lab(60.5 12 -20)"),
        ("color", color(60, 50, "none", space="lch"), "lch(60 50 none)"),
        ("color", color(0.6, 0.1, -0.1, space="oklab"), "oklab(0.6 0.1 -0.1)"),
        ("color", color(0.6, 0.2, 29, space="oklch", alpha=0), "oklch(0.6 0.2 29 / 0)"),
        ("color", color(1, 0, 0.5, space="display-p3"), "color(display-p3 1 0 0.5)"),
        ("color", color(1, 0, 0.5, space="a98-rgb"), "color(a98-rgb 1 0 0.5)"),
        ("color", color(1, 0, 0.5, space="prophoto-rgb"), "color(prophoto-rgb 1 0 0.5)"),
        ("color", color(1, 0, 0.5, space="rec2020"), "color(rec2020 1 0 0.5)"),
        ("color", color(0.5, 0.3, 0.2, space="xyz-d65"), "color(xyz-d65 0.5 0.3 0.2)"),
        ("color", color(0.5, 0.3, 0.2, space="xyz-d50"), "color(xyz-d50 0.5 0.3 0.2)"),
        ("color", "#F0a", "#F0a"),
        ("color", "rgba(0, 0, 0, .5)", "rgba(0, 0, 0, .5)"),
        ("dimension", px(16), "16px"),
        ("dimension", px(0.0000001, "rem"), "0.0000001rem"),
        ("dimension", px(-1.50), "-1.5px"),
        ("dimension", "1.5em", "1.5em"),
        ("dimension", 0, "0"),
        ("fontFamily", "Inter", '"Inter"'),
        ("fontFamily", ["Helvetica Neue", "sans-serif"], '"Helvetica Neue", sans-serif'),
        ("fontFamily", "Inter, 'Foo Bar', serif", '"Inter", "Foo Bar", serif'),
        ("fontFamily", 'a"b\\c', '"a\\"b\\\\c"'),
        ("fontWeight", 650, "650"),
        ("fontWeight", "semi-bold", "600"),
        ("fontWeight", "Extra Black", "950"),
        ("duration", px(200, "ms"), "200ms"),
        ("duration", px(0.4, "s"), "0.4s"),
        ("cubicBezier", [0.2, 0, 0, 1], "cubic-bezier(0.2, 0, 0, 1)"),
        ("cubicBezier", "ease-in", "ease-in"),
        ("number", 1.0, "1"),
        ("number", 1e-7, "0.0000001"),
        ("strokeStyle", "dotted", "dotted"),
        ("strokeStyle", {"dashArray": [px(4), px(2)], "lineCap": "round"}, "dashed"),
        ("border", {"color": color(0, 0, 0), "width": px(1), "style": "solid"}, "1px solid #000000"),
        ("transition", {"duration": px(1, "s"), "timingFunction": [0, 0, 1, 1], "delay": px(0, "ms")},
         "1s cubic-bezier(0, 0, 1, 1) 0ms"),
        ("shadow", SHADOW, "0px 1px 2px 0px rgb(0 0 0 / 0.5)"),
        ("shadow", [SHADOW, {**SHADOW, "inset": True}],
         "0px 1px 2px 0px rgb(0 0 0 / 0.5), inset 0px 1px 2px 0px rgb(0 0 0 / 0.5)"),
        ("gradient", [{"color": color(0, 0, 0), "position": 0}, {"color": color(1, 1, 1), "position": 0.335}],
         "#000000 0%, #ffffff 33.5%"),
        ("gradient", [{"color": "#000", "position": -3}, {"color": "#fff", "position": 7}], "#000 0%, #fff 100%"),
        ("typography", {"fontFamily": "Inter", "fontSize": px(16), "fontWeight": 400, "lineHeight": 1.5,
                        "letterSpacing": px(0)}, '400 16px/1.5 "Inter"'),
        ("typography", {"fontFamily": "Inter", "fontSize": px(16)}, '16px "Inter"'),
        ("opacity", "50%", "50%"),
        (None, 5, "5"),
    ],
)  # fmt: skip
def test_value_as_css(type_: str | None, value: Any, text: str) -> None:
    assert css_value(type_, value) == text


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("color", "red; } body { display: none"),
        ("color", "red */"),
        ("color", "red\nblue"),
        ("color", color(1, 0, space="srgb")),
        ("color", color(1, 0, True)),
        ("color", color(1, 0, 0, space="cmyk")),
        ("dimension", {"value": 1, "unit": "px;"}),
        ("dimension", {"value": "1", "unit": "px"}),
        ("dimension", "calc(1px"),
        ("fontFamily", []),
        ("fontFamily", ["", "a"]),
        ("cubicBezier", [1, 2, 3]),
        ("number", True),
        ("number", float("inf")),
        ("number", 10**40),
        ("shadow", []),
        ("shadow", {**SHADOW, "color": None}),
        ("border", {"width": px(1)}),
        ("gradient", []),
        ("typography", {"fontSize": px(16)}),
        ("other", {"a": 1}),
        ("other", "url(javascript:alert(1)\\)"),
        ("other", ""),
        ("other", "$variable"),
        ("other", "'unclosed"),
    ],
)
def test_what_css_cannot_hold_is_refused(type_: str, value: Any) -> None:
    assert css_value(type_, value) is None


def test_typography_parts_are_what_is_stated() -> None:
    assert typography_parts({"fontSize": px(16), "lineHeight": "24px"}) == {"font-size": "16px", "line-height": "24px"}
    assert typography_parts({"fontSize": None}) is None
    assert typography_parts("bold 1em serif") is None
