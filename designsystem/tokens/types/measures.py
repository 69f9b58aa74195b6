"""dimension and duration: a number with a unit (DTCG Format §8.2, §8.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from designsystem import codes
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.numbers import NUMBER, NUMERAL
from designsystem.tokens.types.shapes import ValueType, check_part, show, wrong

_MEASURE = re.compile(rf"({NUMERAL})\s*+([a-zA-Z%]*+)")
_CSS_CALL = re.compile(r"(?:calc|clamp|min|max|var|env)\(.*\)")
_SUM = re.compile(r"[\d.][\d.a-z%() ]* ?[*/+-] ?[\d.a-z%()*/+ -]*[\da-z%)]")
_CSS_WORDS = frozenset(
    {"auto", "inherit", "initial", "none", "normal", "unset", "fit-content", "max-content", "min-content"}
)
_LONGEST_SUM = 100
LENGTHS = ("px", "rem")
TIMES = ("ms", "s")
_CSS_LENGTHS = (
    "em % pt pc in cm mm q ch ex cap ic lh rlh vw vh vi vb vmin vmax svw svh lvw lvh dvw dvh cqw cqh fr dp sp"
)
DRAFT_LENGTHS = frozenset(_CSS_LENGTHS.split())


def _check_dimension(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        _check_measure(DIMENSION, LENGTHS, DRAFT_LENGTHS, value, at, findings)
    elif _is_zero(value) or (
        type(value) is str and (_has_unit(value, {*LENGTHS, *DRAFT_LENGTHS}) or _CSS_CALL.fullmatch(value))
    ):
        findings.draft(codes.DRAFT_DIMENSION, at, _advice(DIMENSION, value))
    elif type(value) is str and value in _CSS_WORDS:
        message = f"{show(value)} is a word of CSS, which other platforms do not know; write {DIMENSION.example}"
        findings.draft(codes.CSS_STRING, at, message)
    elif type(value) is str and len(value) < _LONGEST_SUM and _SUM.fullmatch(value):
        message = f"{show(value)} is an expression and is not worked out; write its result, such as {DIMENSION.example}"
        findings.draft(codes.EXPRESSION, at, message)
    else:
        wrong(DIMENSION, value, at, findings)


def _check_duration(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        _check_measure(DURATION, TIMES, frozenset(), value, at, findings)
    elif _is_zero(value) or (type(value) is str and _has_unit(value, TIMES)):
        findings.draft(codes.DRAFT_DURATION, at, _advice(DURATION, value))
    else:
        wrong(DURATION, value, at, findings)


def _check_measure(
    of: ValueType,
    units: tuple[str, ...],
    draft_units: Collection[str],
    value: dict[str, Any],
    at: Steps,
    findings: Findings,
) -> None:
    if "value" not in value or "unit" not in value:
        wrong(of, value, at, findings)
        return
    check_part(NUMBER, value["value"], (*at, "value"), findings)
    unit = value["unit"]
    if unit not in units:
        known = " or ".join(f'"{name}"' for name in units)
        message = f"the unit of a {of.name} is {known}; found {show(unit)}"
        if type(unit) is str and unit in draft_units:
            findings.draft(codes.DRAFT_DIMENSION, (*at, "unit"), message)
        else:
            findings.error(codes.BAD_VALUE, (*at, "unit"), message)
    if len(value) > 2:
        for key in value.keys() - {"value", "unit"}:
            findings.draft(codes.UNKNOWN_VALUE_PROPERTY, (*at, key), f'a {of.name} has no "{key}"; remove it')


def _advice(of: ValueType, value: Any) -> str:
    match = _MEASURE.fullmatch(value.strip()) if type(value) is str else None
    number, unit = (match[1], match[2]) if match else ("0", "")
    known = LENGTHS if of is DIMENSION else TIMES
    example = of.example
    if match or _is_zero(value):
        example = f'{{"value": {float(number):g}, "unit": "{unit if unit in known else known[0]}"}}'
    return f"{show(value)} is an older way to write a {of.name}; write {example}"


def _has_unit(value: str, units: Collection[str]) -> bool:
    match = _MEASURE.fullmatch(value.strip())
    if match is None:
        return False
    return match[2] in units or (not match[2] and float(match[1]) == 0)


def _is_zero(value: Any) -> bool:
    return type(value) in {int, float} and value == 0


DIMENSION = ValueType(
    "dimension", 'an object of a number and a unit, "px" or "rem"', '{"value": 16, "unit": "px"}', _check_dimension,
    close=("number",),
)  # fmt: skip
DURATION = ValueType(
    "duration", 'an object of a number and a unit, "ms" or "s"', '{"value": 200, "unit": "ms"}', _check_duration
)
