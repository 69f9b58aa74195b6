"""transition, shadow and gradient (DTCG Format §9.4 to §9.6)."""

from __future__ import annotations

import re
from typing import Any

from designsystem import codes
from designsystem.tokens.types.color import COLOR
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.measures import DIMENSION, DURATION
from designsystem.tokens.types.numbers import CUBIC_BEZIER, NUMBER
from designsystem.tokens.types.shapes import ValueType, check_object, check_part, numbers_in_css, show, wrong

_CSS_TIME = re.compile(r"\d(?:ms|s)\b")


def _check_transition(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        usual = {"delay": DURATION, "timingFunction": CUBIC_BEZIER}
        check_object(TRANSITION, value, at, findings, {"duration": DURATION}, usual)
    elif type(value) is str and _CSS_TIME.search(value):
        findings.draft(codes.CSS_STRING, at, f"{show(value)} is CSS; write {TRANSITION.example}")
    else:
        wrong(TRANSITION, value, at, findings)


def _check_shadow(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is list and value:
        for index, layer in enumerate(value):
            check_part(_LAYER, layer, (*at, index), findings)
    elif type(value) is dict:
        _check_layer(value, at, findings)
    elif type(value) is str and (value == "none" or numbers_in_css(value) > 1):
        findings.draft(codes.CSS_STRING, at, f"{show(value)} is CSS; write {SHADOW.example}")
    else:
        wrong(SHADOW, value, at, findings)


def _check_layer(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is not dict:
        wrong(SHADOW, value, at, findings)
        return
    inset = value.get("inset", False)
    if type(inset) is not bool:
        findings.error(codes.BAD_VALUE, (*at, "inset"), f"inset is true or false; found {show(inset)}")
    parts = {key: part for key, part in value.items() if key != "inset"}
    check_object(SHADOW, parts, at, findings, _SHADOW_NEEDS, _SHADOW_USUALLY)


def _check_gradient(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is str and "gradient(" in value:
        findings.draft(codes.CSS_STRING, at, f"{show(value)} is CSS; write {GRADIENT.example}")
    elif type(value) is not list or not value:
        wrong(GRADIENT, value, at, findings)
    else:
        for index, stop in enumerate(value):
            check_part(_STOP, stop, (*at, index), findings)


def _check_stop(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        check_object(_STOP, value, at, findings, {"color": COLOR, "position": NUMBER}, {})
    else:
        wrong(GRADIENT, value, at, findings)


_SHADOW_NEEDS = {"color": COLOR, "offsetX": DIMENSION, "offsetY": DIMENSION}
_SHADOW_USUALLY = {"blur": DIMENSION, "spread": DIMENSION}
TRANSITION = ValueType(
    "transition",
    "an object of duration, delay and timingFunction",
    '{"duration": {"value": 200, "unit": "ms"}, "delay": {"value": 0, "unit": "ms"}, '
    '"timingFunction": [0.4, 0, 0.2, 1]}',
    _check_transition,
)
SHADOW = ValueType(
    "shadow",
    "an object of color, offsetX, offsetY, blur, spread and, if wanted, inset, or a list of such objects",
    '{"color": "{color.shade}", "offsetX": {"value": 0, "unit": "px"}, "offsetY": {"value": 1, "unit": "px"}, '
    '"blur": {"value": 2, "unit": "px"}, "spread": {"value": 0, "unit": "px"}}',
    _check_shadow,
)
_LAYER = ValueType("shadow", SHADOW.shape, SHADOW.example, _check_layer)
GRADIENT = ValueType(
    "gradient",
    "a list of stops, each an object of color and position",
    '[{"color": "{color.start}", "position": 0}, {"color": "{color.end}", "position": 1}]',
    _check_gradient,
)
_STOP = ValueType("gradient", GRADIENT.shape, GRADIENT.example, _check_stop)
