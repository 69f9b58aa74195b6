"""fontFamily and fontWeight (DTCG Format §8.3, §8.4)."""

from __future__ import annotations

from typing import Any

from designsystem import codes
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.shapes import ValueType, check_part, is_number, show, wrong

WEIGHTS = {
    "thin": 100, "hairline": 100, "extra-light": 200, "ultra-light": 200, "light": 300, "normal": 400, "regular": 400,
    "book": 400, "medium": 500, "semi-bold": 600, "demi-bold": 600, "bold": 700, "extra-bold": 800, "ultra-bold": 800,
    "black": 900, "heavy": 900, "extra-black": 950, "ultra-black": 950,
}  # fmt: skip
"""The format's names for weights and the numbers that they stand for."""

_LIGHTEST, _HEAVIEST = 1, 1000
_SQUEEZED = {name.replace("-", ""): name for name in WEIGHTS}


def _check_family(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is str and value:
        return
    if type(value) is not list or not value:
        wrong(FONT_FAMILY, value, at, findings)
        return
    for index, name in enumerate(value):
        check_part(FONT_NAME, name, (*at, index), findings)


def _check_name(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is not str or not value:
        wrong(FONT_FAMILY, value, at, findings)


def _check_weight(value: Any, at: Steps, findings: Findings) -> None:
    if is_number(value):
        if not _LIGHTEST <= value <= _HEAVIEST:
            wrong(FONT_WEIGHT, value, at, findings)
        return
    if type(value) is not str:
        wrong(FONT_WEIGHT, value, at, findings)
    elif value not in WEIGHTS:
        known = normalised_weight(value)
        if known is None:
            wrong(FONT_WEIGHT, value, at, findings)
        else:
            message = f"{show(value)} is spelled otherwise in the format; write {known}"
            findings.draft(codes.DRAFT_FONT_WEIGHT, at, message)


def normalised_weight(value: str) -> str | None:
    """How the format spells a weight that is clear though spelled otherwise: ``SemiBold``, ``"700"``."""
    text = value.strip()
    if text.isdecimal() and _LIGHTEST <= int(text[:5]) <= _HEAVIEST:
        return str(int(text))
    squeezed = "".join(char for char in text.lower() if char not in " -_")
    name = _SQUEEZED.get(squeezed)
    return f'"{name}"' if name else None


FONT_FAMILY = ValueType(
    "fontFamily", "a font name or a list of them, best first", '["Inter", "sans-serif"]', _check_family
)
FONT_NAME = ValueType("fontFamily", FONT_FAMILY.shape, FONT_FAMILY.example, _check_name)
FONT_WEIGHT = ValueType(
    "fontWeight", 'a number from 1 to 1000 or a name such as "bold"', '600 or "semi-bold"', _check_weight,
    close=("number",),
)  # fmt: skip
