"""The thirteen token types by name, and the check of a value against one of them."""

from __future__ import annotations

from typing import Any

from designsystem import codes
from designsystem.tokens.aliases import alias_of, alias_places
from designsystem.tokens.pointers import REF, BadPointer, parse_pointer, ref_of
from designsystem.tokens.types.color import COLOR
from designsystem.tokens.types.effects import GRADIENT, SHADOW, TRANSITION
from designsystem.tokens.types.findings import Findings, Reference, Steps
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
    elif type_name and (path := alias_of(value)) is not None:
        findings.references.append(Reference(path, (), (type_name,)))
    if type(value) is str and findings.references:
        return findings
    checked = {reference.at for reference in findings.references}
    findings.references.extend(
        Reference(target.path, at, (), (), target.steps) for target, at in alias_places(value) if at not in checked
    )
    return findings


def has_parts_of_others(value: Any) -> bool:
    """Whether a value borrows parts of other tokens' values (§7.3), so that its shape shows only once resolved."""
    return any(target.steps for target, _ in alias_places(value))


def judge_references(value: Any, findings: Findings, at: Steps = ()) -> None:
    """Reports every reference object in a value that leads nowhere by the way it is written."""
    if type(value) is dict:
        if REF in value:
            message = _why_bad_reference(value)
            if message is not None:
                findings.error(codes.BAD_REFERENCE, at, message)
            return
        for key, part in value.items():
            judge_references(part, findings, (*at, key))
    elif type(value) is list:
        for index, part in enumerate(value):
            judge_references(part, findings, (*at, index))


def _why_bad_reference(value: dict[str, Any]) -> str | None:
    text = ref_of(value)
    if text is None:
        return 'a reference is an object of one text, such as {"$ref": "#/color/blue/$value"}, and nothing beside it'
    try:
        parse_pointer(text)
    except BadPointer as error:
        return str(error)
    return None


def references_only(value: Any) -> Findings:
    """Everything that a value refers to, its shape left unjudged."""
    findings = Findings()
    findings.references.extend(Reference(target.path, at, (), (), target.steps) for target, at in alias_places(value))
    return findings
