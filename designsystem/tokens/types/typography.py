"""typography (DTCG Format §9.7)."""

from __future__ import annotations

from typing import Any

from designsystem import codes
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.fonts import FONT_FAMILY, FONT_WEIGHT
from designsystem.tokens.types.measures import DIMENSION
from designsystem.tokens.types.numbers import NUMBER
from designsystem.tokens.types.shapes import ValueType, check_object, is_number, numbers_in_css, show, wrong


def _check_line_height(value: Any, at: Steps, findings: Findings) -> None:
    if is_number(value):
        return
    probe = Findings()
    DIMENSION.check(value, at, probe)
    if not any(finding.severity == "error" for finding in probe.found):
        message = f"a line height is a number, the multiple of the font size, such as 1.5; found {show(value)}"
        findings.draft(codes.DRAFT_NUMBER, at, message)
    else:
        NUMBER.check(value, at, findings)


def _check_typography(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict and value:
        check_object(TYPOGRAPHY, value, at, findings, {}, _PARTS)
    elif type(value) is str and numbers_in_css(value):
        findings.draft(codes.CSS_STRING, at, f"{show(value)} is CSS; write {TYPOGRAPHY.example}")
    else:
        wrong(TYPOGRAPHY, value, at, findings)


LINE_HEIGHT = ValueType("number", NUMBER.shape, NUMBER.example, _check_line_height, close=("dimension",))
_PARTS = {
    "fontFamily": FONT_FAMILY,
    "fontSize": DIMENSION,
    "fontWeight": FONT_WEIGHT,
    "letterSpacing": DIMENSION,
    "lineHeight": LINE_HEIGHT,
}
TYPOGRAPHY = ValueType(
    "typography",
    "an object of fontFamily, fontSize, fontWeight, letterSpacing and lineHeight",
    '{"fontFamily": "Inter", "fontSize": {"value": 16, "unit": "px"}, "fontWeight": 400, '
    '"letterSpacing": {"value": 0, "unit": "px"}, "lineHeight": 1.5}',
    _check_typography,
)
