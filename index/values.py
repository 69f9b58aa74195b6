"""Fits values of the repository into what PostgreSQL can hold; git keeps them as they are.

PostgreSQL text and JSONB cannot hold U+0000, its encoding no lone surrogates, a B-tree entry no more than 2,704 bytes.
What cannot be held is replaced in the mirror in the same way every time, so that a rebuilt index equals itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

PATH_LIMIT = 2000
"""Longest token path or component name in the index, in bytes."""

CATEGORY_LIMIT = 500
"""Longest category in the index, in bytes."""


def clean(text: str) -> str:
    """``text`` with U+0000 and lone surrogates replaced by U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_or_none(text: str | None) -> str | None:
    """Like ``clean``; None stays None."""
    return None if text is None else clean(text)


def clip(text: str, limit: int) -> str:
    """``text`` cleaned and no longer than ``limit`` bytes; a cut one ends in a digest, so that it stays unique."""
    text = clean(text)
    if len(text) * 4 <= limit or len(encoded := text.encode()) <= limit:
        return text
    digest = sha256(encoded).hexdigest()[:16]
    return f"{encoded[: limit - 20].decode(errors='ignore')}…{digest}"


def path_key(path: str) -> str:
    """A token path as the index holds it."""
    return clip(path, PATH_LIMIT)


def dump_json(value: Any) -> str:
    """``value`` as JSON text that JSONB accepts; non-ASCII stays readable; NaN and what no double holds become null."""
    try:
        dumped = orjson.dumps(value, default=_plain)
    except (TypeError, ValueError):  # integers past 64 bits, lone surrogates, keys that are no strings
        return json.dumps(_clean_json(value), ensure_ascii=False)
    if b"\\u0000" in dumped:
        return orjson.dumps(_clean_json(value), default=_plain).decode()
    return dumped.decode()


def dump_json_or_none(value: Any) -> str | None:
    """Like ``dump_json``; None is SQL NULL."""
    return None if value is None else dump_json(value)


def load_json(text: str | bytes) -> Any:
    """The value of JSON text from the database."""
    return orjson.loads(text)


def text_array(items: Iterable[str]) -> str:
    """A PostgreSQL ``text[]`` literal."""
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"


def like_pattern(q: str) -> str:
    """The ILIKE pattern that finds ``q`` anywhere, literally."""
    for special in "\\%_":
        q = q.replace(special, "\\" + special)
    return f"%{clean(q)}%"


def _plain(value: Any) -> Any:
    """What orjson does not know: the domain's read-only mappings and sequences, and asyncpg's UUIDs."""
    if isinstance(value, UUID):
        return str(value)
    return dict(value) if hasattr(value, "keys") else list(value)


def _clean_json(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        # past a double's range it could be written, but nobody could read it
        return value if abs(value) <= sys.float_info.max else None
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "keys"):
        return {clean(str(key)): _clean_json(value[key]) for key in value}
    return [_clean_json(item) for item in value]
