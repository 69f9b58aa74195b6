"""strokeStyle and border (DTCG Format §9.2, §9.3)."""

from __future__ import annotations

from typing import Any

from designsystem import codes
from designsystem.tokens.types.color import COLOR
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.measures import DIMENSION
from designsystem.tokens.types.shapes import ValueType, check_object, check_part, numbers_in_css, show, wrong

STROKES = ("solid", "dashed", "dotted", "double", "groove", "ridge", "outset", "inset")
CAPS = ("round", "butt", "square")


def _check_stroke_style(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is str and value in STROKES:
        return
    if type(value) is not dict or not value.keys() >= {"dashArray", "lineCap"}:
        wrong(STROKE_STYLE, value, at, findings)
        return
    _check_dashes(value["dashArray"], (*at, "dashArray"), findings)
    if value["lineCap"] not in CAPS:
        message = f"lineCap is one of {', '.join(CAPS)}; found {show(value['lineCap'])}"
        findings.error(codes.BAD_VALUE, (*at, "lineCap"), message)
    for key in value.keys() - {"dashArray", "lineCap"}:
        message = f'a strokeStyle has no "{key}"; it has dashArray and lineCap'
        findings.draft(codes.UNKNOWN_VALUE_PROPERTY, (*at, key), message)


def _check_dashes(dashes: Any, at: Steps, findings: Findings) -> None:
    if type(dashes) is not list or not dashes:
        message = f'dashArray is a list of dimensions, such as [{{"value": 4, "unit": "px"}}]; found {show(dashes)}'
        findings.error(codes.BAD_VALUE, at, message)
        return
    for index, dash in enumerate(dashes):
        check_part(DIMENSION, dash, (*at, index), findings)


def _check_border(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        check_object(BORDER, value, at, findings, {"color": COLOR, "width": DIMENSION}, {"style": STROKE_STYLE})
    elif type(value) is str and (value in {"none", "0"} or numbers_in_css(value)):
        findings.draft(codes.CSS_STRING, at, f"{show(value)} is CSS; write {BORDER.example}")
    else:
        wrong(BORDER, value, at, findings)


STROKE_STYLE = ValueType(
    "strokeStyle",
    f"one of {', '.join(STROKES)}, or an object of dashArray and lineCap",
    '"dashed" or {"dashArray": [{"value": 4, "unit": "px"}], "lineCap": "round"}',
    _check_stroke_style,
)
BORDER = ValueType(
    "border",
    "an object of color, width and style",
    '{"color": "{color.line}", "width": {"value": 1, "unit": "px"}, "style": "solid"}',
    _check_border,
)
