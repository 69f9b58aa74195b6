"""Guards: the JSON exports keep to schemas, written from the Format and Color modules by meaning."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from tests.exporters_accepted.conftest import SETS, Write

NUMBER: dict[str, Any] = {"type": "number"}
STYLES = ["solid", "dashed", "dotted", "double", "groove", "ridge", "outset", "inset"]


def record(required: str, optional: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members | (optional or {}),
        "required": required.split(),
        "additionalProperties": False,
    }


def measure(*units: str) -> dict[str, Any]:
    return record("value unit", value=NUMBER, unit={"enum": list(units)})


SPACES = """srgb srgb-linear hsl hwb lab lch oklab oklch display-p3 a98-rgb prophoto-rgb rec2020 xyz-d65 xyz-d50"""
COMPONENT = {"anyOf": [NUMBER, {"const": "none"}]}
COLOR = record(
    "colorSpace components",
    {"alpha": {**NUMBER, "minimum": 0, "maximum": 1}, "hex": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}},
    colorSpace={"enum": SPACES.split()},
    components={"type": "array", "items": COMPONENT, "minItems": 3, "maxItems": 3},
)
LENGTH, TIME = measure("px", "rem"), measure("ms", "s")
FAMILY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
WEIGHT = {"anyOf": [{**NUMBER, "minimum": 1, "maximum": 1000}, {"type": "string"}]}
BEZIER = {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4}
DASHES = record(
    "dashArray lineCap", dashArray={"type": "array", "items": LENGTH}, lineCap={"enum": ["round", "butt", "square"]}
)
STROKE = {"anyOf": [{"enum": STYLES}, DASHES]}
LAYER = record(
    "color offsetX offsetY blur spread",
    {"inset": {"type": "boolean"}},
    color=COLOR,
    **dict.fromkeys(("offsetX", "offsetY", "blur", "spread"), LENGTH),
)
VALUES: dict[str, Any] = {
    "color": COLOR,
    "dimension": LENGTH,
    "fontFamily": FAMILY,
    "fontWeight": WEIGHT,
    "duration": TIME,
    "cubicBezier": BEZIER,
    "number": NUMBER,
    "strokeStyle": STROKE,
    "border": record("color width style", color=COLOR, width=LENGTH, style=STROKE),
    "transition": record("duration delay timingFunction", duration=TIME, delay=TIME, timingFunction=BEZIER),
    "shadow": {"anyOf": [LAYER, {"type": "array", "items": LAYER, "minItems": 1}]},
    "gradient": {"type": "array", "items": record("color position", color=COLOR, position=NUMBER)},
    "typography": record(
        "fontFamily fontSize fontWeight letterSpacing lineHeight",
        fontFamily=FAMILY,
        fontSize=LENGTH,
        fontWeight=WEIGHT,
        letterSpacing=LENGTH,
        lineHeight=NUMBER,
    ),
}
TOKEN = {
    "properties": {
        "$type": {"enum": list(VALUES)},
        "$description": {"type": "string"},
        "$deprecated": {"type": ["boolean", "string"]},
        "$extensions": {"type": "object"},
    },
    "required": ["$type", "$value"],
    "propertyNames": {"enum": ["$type", "$value", "$description", "$deprecated", "$extensions"]},
    "allOf": [
        {"if": {"properties": {"$type": {"const": name}}}, "then": {"properties": {"$value": value}}}
        for name, value in VALUES.items()
    ],
}
GROUP = {
    "type": "object",
    "properties": {"$extensions": {"type": "object"}},
    "patternProperties": {r"^(\$root$|[^$][^.{}]*$)": {"$ref": "#/$defs/node"}},
    "additionalProperties": False,
}
DTCG = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"node": {"if": {"required": ["$value"]}, "then": TOKEN, "else": GROUP}},
    "$ref": "#/$defs/node",
}
FLAT = {
    "type": "object",
    "properties": {"$metadata": {"type": "object", "additionalProperties": {"type": "string"}}},
    "required": ["$metadata"],
    "additionalProperties": {"anyOf": [{"type": ["string", "number"]}, {"type": "object"}]},
}


def faults(schema: dict[str, Any], document: Any) -> list[str]:
    return [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(document)]


@pytest.mark.parametrize("of", ["every", "demo", "empty"])
def test_the_resolved_tokens_keep_to_the_format(write: Write, of: str) -> None:
    assert faults(DTCG, json.loads(write("dtcg", of).read_bytes())) == []


def test_the_schema_would_tell_a_fault(write: Write) -> None:
    document = json.loads(write("dtcg", "every").read_bytes())
    document["size"]["sm"]["$value"]["unit"] = "em"
    assert len(faults(DTCG, document)) == 1


@pytest.mark.parametrize("of", SETS)
@pytest.mark.parametrize("name", ["json", "json-flat"])
def test_json_holds_texts_numbers_and_objects(write: Write, name: str, of: str) -> None:
    assert faults(FLAT, json.loads(write(name, of).read_bytes())) == []
