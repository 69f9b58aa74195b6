"""DTCG: the tokens in the Design Tokens Format itself, every alias followed and older ways of writing brought up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from designsystem.color import as_object
from designsystem.exporters.entries import nest_with
from designsystem.exporters.exported import Entry, Format, Header, Job
from designsystem.exporters.typed import (
    Bezier,
    Border,
    Color,
    Duration,
    Families,
    Gradient,
    Length,
    Number,
    Shadow,
    Stroke,
    Transition,
    Typed,
    Typography,
    Weight,
    typed,
)
from designsystem.exporters.values import FONT_WEIGHTS
from designsystem.problem import Problem
from designsystem.tokens.token import EXTENSION_KEY


def render(job: Job) -> tuple[str, list[Problem]]:
    """The document, with where it comes from under ``$extensions``."""
    tree, problems = nest_with(job.entries, _token)
    document = {"$extensions": _origin(job.header), **({job.prefix: tree} if job.prefix else tree)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n", problems


def _origin(header: Header) -> dict[str, Any]:
    return {EXTENSION_KEY: header.as_dict()}


def _token(entry: Entry) -> dict[str, Any]:
    token = entry.token
    stated = {
        "$type": entry.resolved.type,
        "$value": modern(entry.resolved.type, entry.resolved.value),
        "$description": token.description,
        "$deprecated": token.deprecated,
        "$extensions": dict(token.extensions) or None,
    }
    return {key: value for key, value in stated.items() if value is not None or key == "$value"}


def modern(type_: str | None, value: Any) -> Any:
    """A value as the format of 2025.10 has it; as it is where it already is so, or has no other way to be said."""
    found = typed(type_, value)
    return value if found is None else _said(found, value)


def _said(found: Typed, value: Any) -> Any:
    match found:
        case Color(value=stated):
            return as_object(stated)
        case Length(number, unit):
            return {"value": _number(number), "unit": unit}
        case Duration(milliseconds):
            return value if isinstance(value, Mapping) else {"value": _number(milliseconds), "unit": "ms"}
        case Number(number):
            return _number(number)
        case Families(names):
            return list(names) if len(names) > 1 or not isinstance(value, str) else names[0]
        case Weight(number):
            return value if isinstance(value, str) and value in FONT_WEIGHTS else _number(number)
        case Bezier(points):
            return [_number(float(point)) for point in points] if isinstance(value, str) else value
        case Stroke():
            return value
        case Border() | Transition() | Typography():
            return {key: modern(_PARTS.get(key), part) for key, part in value.items()}
        case Shadow():
            layers = [value] if isinstance(value, Mapping) else value
            said = [{key: modern(_PARTS.get(key), part) for key, part in layer.items()} for layer in layers]
            return said if isinstance(value, list) else said[0]
        case Gradient():
            return [{key: modern(_PARTS.get(key), part) for key, part in stop.items()} for stop in value]
        case _:
            return value


def _number(number: float) -> float:
    return int(number) if float(number).is_integer() else number


_PARTS = {
    "color": "color",
    "width": "dimension",
    "style": "strokeStyle",
    "duration": "duration",
    "delay": "duration",
    "timingFunction": "cubicBezier",
    **dict.fromkeys(("offsetX", "offsetY", "blur", "spread"), "dimension"),
    "position": "number",
    "fontFamily": "fontFamily",
    "fontSize": "dimension",
    "fontWeight": "fontWeight",
    "lineHeight": "number",
    "letterSpacing": "dimension",
}
"""The type of each member of a composite; it is the same wherever a name occurs."""

FORMAT = Format(
    "dtcg", "application/design-tokens+json", "tokens.json", render, "Design Tokens Format, resolved",
    '{"color": {"brand": {"$type": "color", "$value": {"colorSpace": "srgb", "components": [0.2, 0.4, 1]}}}}\n',
    escapes=True,
)  # fmt: skip
