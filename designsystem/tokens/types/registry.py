"""The thirteen token types by name, and the check of a value against one of them."""

from __future__ import annotations

from typing import Any

from designsystem.tokens.aliases import alias_of, alias_places
from designsystem.tokens.types.color import COLOR
from designsystem.tokens.types.effects import GRADIENT, SHADOW, TRANSITION
from designsystem.tokens.types.findings import Findings, Reference
from designsystem.tokens.types.fonts import FONT_FAMILY, FONT_WEIGHT
from designsystem.tokens.types.measures import DIMENSION, DURATION
from designsystem.tokens.types.numbers import CUBIC_BEZIER, NUMBER
from designsystem.tokens.types.shapes import ValueType, check_part
from designsystem.tokens.types.strokes import BORDER, STROKE_STYLE
from designsystem.tokens.types.typography import TYPOGRAPHY

TYPES: dict[str, ValueType] = {
    value_type.name: value_type
    for value_type in (
        COLOR, DIMENSION, FONT_FAMILY, FONT_WEIGHT, DURATION, CUBIC_BEZIER, NUMBER,
        STROKE_STYLE, BORDER, TRANSITION, SHADOW, GRADIENT, TYPOGRAPHY,
    )
}  # fmt: skip


def check_value(type_name: str | None, value: Any) -> Findings:
    """What is wrong with a value of this type, and everything that it refers to.

    A type that is not one of the thirteen, or None, asks nothing of the shape; aliases are found all the same.
    """
    findings = Findings()
    value_type = TYPES.get(type_name) if type_name else None
    if value_type is not None:
        check_part(value_type, value, (), findings)
    elif type_name and alias_of(value) is not None:
        findings.references.append(Reference(value[1:-1], (), (type_name,)))
    if type(value) is str and findings.references:
        return findings
    checked = {reference.at for reference in findings.references}
    findings.references.extend(Reference(path, at, ()) for path, at in alias_places(value) if at not in checked)
    return findings
