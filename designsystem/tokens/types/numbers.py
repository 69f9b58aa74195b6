"""number and cubicBezier (DTCG Format §8.7, §8.6)."""

from __future__ import annotations

import re
from typing import Any

from designsystem import codes
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.shapes import ValueType, check_part, is_number, show, wrong

# Possessive: a long run of digits is looked at once.
NUMERAL = r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"
_NUMERIC = re.compile(NUMERAL + "%?")
_TIMING_WORDS = frozenset({"linear", "ease", "ease-in", "ease-out", "ease-in-out", "step-start", "step-end"})
_TIMING_CALL = re.compile(r"(?:cubic-bezier|linear|steps)\(.*\)")
_POINTS = 4


def _check_number(value: Any, at: Steps, findings: Findings) -> None:
    if is_number(value):
        return
    if type(value) is str and _NUMERIC.fullmatch(value.strip()):
        findings.draft(codes.DRAFT_NUMBER, at, f"{show(value)} is a number in quotes; write it without them")
    else:
        wrong(NUMBER, value, at, findings)


def _check_cubic_bezier(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is str and (value in _TIMING_WORDS or _TIMING_CALL.fullmatch(value)):
        message = f"{show(value)} is CSS; write the four numbers, such as {CUBIC_BEZIER.example}"
        findings.draft(codes.DRAFT_CUBIC_BEZIER, at, message)
    elif type(value) is not list or len(value) != _POINTS:
        wrong(CUBIC_BEZIER, value, at, findings)
    else:
        for index, point in enumerate(value):
            check_part(NUMBER, point, (*at, index), findings)
            if index % 2 == 0 and is_number(point) and not 0 <= point <= 1:
                message = f"the x of a control point lies between 0 and 1; found {show(point)}"
                findings.error(codes.BAD_VALUE, (*at, index), message)


NUMBER = ValueType("number", "a JSON number", "1.5", _check_number)
CUBIC_BEZIER = ValueType(
    "cubicBezier", "a list of four numbers [x1, y1, x2, y2]", "[0.4, 0, 0.2, 1]", _check_cubic_bezier
)
