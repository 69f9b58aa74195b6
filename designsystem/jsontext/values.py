"""Comparing and measuring JSON values as Python holds them."""

from __future__ import annotations

from math import isfinite
from typing import Any

MAX_DEPTH = 64
"""How deep objects and arrays may nest in a file: deeper is a mistake or an attack, never a design system."""


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values mean the same: ``1`` equals ``1.0``, but never ``true``; key order does not count."""
    if isinstance(a, dict):
        if not isinstance(b, dict) or len(a) != len(b):
            return False
        return all(key in b and same(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b)


def equal(a: Any, b: Any) -> bool:
    """:func:`same`, quickly: the interpreter's own comparison settles nearly every case."""
    if a is b:
        return True
    return bool(a == b) and (repr(a) == repr(b) or same(a, b))


def why_not_json(value: Any, depth: int = 0) -> str | None:
    """What keeps a Python value from being written as JSON, or None where nothing does."""
    if depth > MAX_DEPTH:
        return f"it is nested more than {MAX_DEPTH} levels deep"
    if value is None or isinstance(value, (bool, int)):
        return None
    if isinstance(value, float):
        return None if isfinite(value) else f"{value} is not a JSON number"
    if isinstance(value, str):
        return None if _encodable(value) else "a string holds half of a surrogate pair"
    if isinstance(value, (list, tuple)):
        return _first(why_not_json(item, depth + 1) for item in value)
    if isinstance(value, dict):
        if not all(isinstance(key, str) and _encodable(key) for key in value):
            return "an object's keys must be text"
        return _first(why_not_json(item, depth + 1) for item in value.values())
    return f"{type(value).__name__} is not a JSON value"


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text) if not text.isascii() else True


def _first(reasons: Any) -> str | None:
    return next((reason for reason in reasons if reason), None)
