"""Token sets for the exporters' tests."""

from __future__ import annotations

import json
from typing import Any

from designsystem.exporters import Header
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet

HEADER = Header("Acme UI", "1.2.0", "0123456789abcdef0123456789abcdef01234567")


def token_set(*documents: dict[str, Any]) -> TokenSet:
    """A set of one file per document."""
    parsed = [
        parse_document(f"tokens/{index}.tokens.json", json.dumps(document).encode())
        for index, document in enumerate(documents)
    ]
    return TokenSet.build(parsed)


def color(*components: float | str, space: str = "srgb", **more: Any) -> dict[str, Any]:
    return {"colorSpace": space, "components": list(components), **more}


def px(value: float, unit: str = "px") -> dict[str, Any]:
    return {"value": value, "unit": unit}


SHADE = color(0, 0, 0, alpha=0.5)
LAYER = {"color": SHADE, "offsetX": px(0), "offsetY": px(-1), "blur": px(2), "spread": px(0.25, "rem")}
DASHES = {"dashArray": [px(4), px(2)], "lineCap": "round"}
EVERY_TYPE: dict[str, Any] = {
    "color": {
        "$type": "color",
        "brand": {"$value": color(0.2, 0.4, 1), "$description": "Ours"},
        "veil": {"$value": SHADE, "$deprecated": "Use brand"},
        "wide": {"$value": color(0.65, 0.3, 145, space="oklch")},
    },
    "size": {"$type": "dimension", "sm": {"$value": px(4)}, "lg": {"$value": px(1.5, "rem")}},
    "family": {"$type": "fontFamily", "body": {"$value": ["Inter", "sans-serif"]}},
    "weight": {"$type": "fontWeight", "bold": {"$value": "semi-bold"}},
    "time": {"$type": "duration", "fast": {"$value": px(200, "ms")}, "slow": {"$value": px(0.4, "s")}},
    "ease": {"$type": "cubicBezier", "out": {"$value": [0, 0, 0.58, 1]}},
    "ratio": {"$type": "number", "wide": {"$value": 1.5}},
    "stroke": {"$type": "strokeStyle", "plain": {"$value": "dotted"}, "dashes": {"$value": DASHES}},
    "edge": {"$type": "border", "thin": {"$value": {"color": SHADE, "width": px(1), "style": "solid"}}},
    "motion": {
        "$type": "transition",
        "in": {"$value": {"duration": px(200, "ms"), "delay": px(0, "ms"), "timingFunction": [0, 0, 1, 1]}},
    },
    "shadow": {"$type": "shadow", "low": {"$value": LAYER}, "both": {"$value": [LAYER, {**LAYER, "inset": True}]}},
    "fade": {
        "$type": "gradient",
        "out": {"$value": [{"color": SHADE, "position": 0}, {"color": color(1, 1, 1), "position": 0.5}]},
    },
    "text": {
        "$type": "typography",
        "body": {
            "$value": {
                "fontFamily": ["Inter", "serif"],
                "fontSize": px(16),
                "fontWeight": 400,
                "lineHeight": 1.5,
                "letterSpacing": px(0.5),
            }
        },
    },
}
"""A token or two of each of the thirteen types."""
