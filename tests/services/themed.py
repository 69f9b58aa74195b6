"""The files of a design system with themes, for tests."""

from __future__ import annotations

import json
from typing import Any

BASE, LIGHT, DARK, RESOLVER = (
    "tokens/base.tokens.json",
    "tokens/light.tokens.json",
    "tokens/dark.tokens.json",
    "themes.resolver.json",
)


def numbers(**values: Any) -> bytes:
    """A token file of numbers, and of aliases as texts, in a group ``a``."""
    tokens = {name: {"$type": "number", "$value": value} for name, value in values.items()}
    return (json.dumps({"a": tokens}, indent=2) + "\n").encode()


def resolver(**more: Any) -> bytes:
    """Base tokens with a theme (light by default) and a density (no files of their own)."""
    stated = {
        "version": "2025.10",
        "sets": {"base": {"sources": [{"$ref": BASE}]}},
        "modifiers": {
            "theme": {"contexts": {"light": [{"$ref": LIGHT}], "dark": [{"$ref": DARK}]}, "default": "light"},
            "density": {"contexts": {"cosy": [], "tight": [{"a": {"gap": number(2)}}]}, "default": "cosy"},
        },
        "resolutionOrder": [
            {"$ref": "#/sets/base"},
            {"$ref": "#/modifiers/theme"},
            {"$ref": "#/modifiers/density"},
        ],
    }
    return json.dumps({**stated, **more}, indent=2).encode()


def number(value: Any) -> dict[str, Any]:
    """A token of a number."""
    return {"$type": "number", "$value": value}


def manifest(**fields: Any) -> bytes:
    """A manifest with these fields."""
    return json.dumps({"schemaVersion": 1, **fields}).encode()


def themed_files(**fields: Any) -> dict[str, bytes]:
    """A whole system whose manifest names its resolver, unless ``fields`` of the manifest say otherwise."""
    return {
        "designsystem.json": manifest(**{"resolver": RESOLVER, **fields}),
        RESOLVER: resolver(),
        BASE: numbers(gap=8, ink=0, text="{a.ink}"),
        LIGHT: numbers(ink=10),
        DARK: numbers(ink=90),
    }
