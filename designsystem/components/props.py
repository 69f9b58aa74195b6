"""Checks that every prop of a component is described by a JSON Schema, and that the schema does not contradict itself.

Wrong shapes are errors. What JSON Schema allows but nobody means (a default outside its enum) is a warning, as are type
names that JSON Schema does not have, since component libraries name framework types there.
"""

from __future__ import annotations

import re
from typing import Any

from designsystem import codes
from designsystem.fields import Fields, kind_of
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.values import equal

MAX_PROPS = 500
MAX_DEPTH = 16

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}
_SINGLE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")

Steps = tuple[str | int, ...]


def check_props(fields: Fields, props: Node) -> None:
    """Reports what is wrong with the ``props`` of a component.json."""
    if len(props.members) > MAX_PROPS:
        fields.report(props, ("props",), f"props has {len(props.members)} entries; the limit is {MAX_PROPS}")
    for member in props.members[:MAX_PROPS]:
        if not member.key.strip() or re.search(r"[\x00-\x1f\x7f]", member.key):
            fields.report(member.node, ("props", member.key), "a prop's name is empty or holds a control character")
        _Checker(fields, member.key).schema(member.node, ("props", member.key), 0)


class _Checker:
    """Walks one prop's schema."""

    def __init__(self, fields: Fields, prop: str) -> None:
        self.fields = fields
        self.prop = prop

    def schema(self, node: Node, steps: Steps, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._error(node, steps, f"nests schemas more than {MAX_DEPTH} deep")
        elif node.kind != "object":
            if not isinstance(node.value, bool):
                self._error(
                    node, steps, f'is {kind_of(node)}; a JSON Schema is an object, such as {{"type": "string"}}'
                )
        else:
            self._keywords(node, steps)
            self._meaning(node, steps)
            self._inner(node, steps, depth)

    def _keywords(self, node: Node, steps: Steps) -> None:
        """Keywords whose value is of the wrong kind."""
        for member in node.members:
            key, value, where = member.key, member.node, (*steps, member.key)
            if key == "type":
                self._type(value, where)
            elif key == "enum" and value.kind != "array":
                self._error(value, where, f"has enum {kind_of(value)}; it must be a list of the allowed values")
            elif key == "required":
                self._required(value, where)
            elif key in ("description", "title", "$ref", "format", "pattern") and value.kind != "string":
                self._error(value, where, f"has {key} {kind_of(value)}; it must be text")
            elif key in _NUMBERS and value.kind != "number":
                self._error(value, where, f"has {key} {kind_of(value)}; it must be a number")
            elif key in _COUNTS and not (value.kind == "number" and value.value == int(value.value) >= 0):
                self._error(value, where, f"has {key} {value.raw[:40]}; it must be a whole number from 0")

    def _type(self, node: Node, steps: Steps) -> None:
        names = node.items if node.kind == "array" else [node]
        if not names or any(name.kind != "string" for name in names):
            self._error(node, steps, f"has type {node.raw[:40]}; it must be a type's name or a list of names")
            return
        for name in names:
            if name.value not in _TYPES:
                known = ", ".join(_TYPES)
                self._warn(name, steps, f"has type {name.raw[:60]}, which JSON Schema does not know; it has {known}")

    def _required(self, node: Node, steps: Steps) -> None:
        """A list of property names; true and false too, as many write for the prop itself."""
        listed = node.kind == "array" and all(item.kind == "string" for item in node.items)
        if not listed and not isinstance(node.value, bool):
            self._error(node, steps, "has required of the wrong kind; it must be true, false or a list of names")

    def _meaning(self, node: Node, steps: Steps) -> None:
        """Well-formed keywords that cannot both be meant."""
        schema: dict[str, Any] = node.value
        enum, default = schema.get("enum"), node.get("default")
        if enum == []:
            self._warn(node.get("enum") or node, (*steps, "enum"), "has an empty enum: no value is allowed")
        if default is None:
            return
        where = (*steps, "default")
        if isinstance(enum, list) and enum and not any(equal(default.value, value) for value in enum):
            self._warn(default, where, f"has default {default.raw[:60]}, which is not in its enum")
        elif not _is_of_type(default.value, schema.get("type")):
            self._warn(default, where, f"has default {default.raw[:60]}, which is not of type {schema['type']}")

    def _inner(self, node: Node, steps: Steps, depth: int) -> None:
        for member in node.members:
            key, value, where = member.key, member.node, (*steps, member.key)
            if key in _SINGLE and not (key == "items" and value.kind == "array"):
                self.schema(value, where, depth + 1)
            elif key in _LISTS:
                if value.kind != "array":
                    self._error(value, where, f"has {key} {kind_of(value)}; it must be a list of schemas")
                for index, item in enumerate(value.items):
                    self.schema(item, (*where, index), depth + 1)
            elif key in _MAPS:
                if value.kind != "object":
                    self._error(value, where, f"has {key} {kind_of(value)}; it must be an object of schemas")
                for inner in value.members:
                    self.schema(inner.node, (*where, inner.key), depth + 1)

    def _error(self, node: Node, steps: Steps, message: str) -> None:
        self.fields.report(node, steps, f"prop {self.prop} {message}", code=codes.PROP_SCHEMA)

    def _warn(self, node: Node, steps: Steps, message: str) -> None:
        self.fields.report(node, steps, f"prop {self.prop} {message}", code=codes.PROP_DOUBTFUL, severity="warning")


def _is_of_type(value: Any, stated: Any) -> bool:
    """Whether a value is of one of the stated types; true where no type is stated or one is unknown."""
    names = stated if isinstance(stated, list) else [stated]
    if not all(isinstance(name, str) and name in _TYPES for name in names):
        return True
    return any(_is(value, name) for name in names)


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _TYPES[name])
