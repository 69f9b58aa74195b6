"""What one file says of one token, read quickly and on its own: for looking through many versions of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.pointers import REF
from designsystem.tokens.token import EXTENSION_KEY

_PARTED = ("border", "transition", "shadow", "typography", "strokeStyle")
"""Types whose values have parts that people change one by one."""

_COMMON = ("$type", "$deprecated")


def stated_fields(file: str, source: bytes, path: str) -> dict[str, Any] | None:
    """What a file states of the token at a path, be it through its groups: ``value`` (of a composite one its parts,
    ``value/fontSize``), ``type``, ``description``, ``deprecated``, ``extensions``. None where it declares no such
    token. The id among the extensions is left out: nobody chose it.
    """
    segments = path.split(".")
    found = _quickly(source, segments)
    if found is None:
        document = parse_document(file, source)
        found = _said(document.root.value, segments) if _declares(document, path) and document.root else None
    return _fields(*found) if found is not None else None


def _declares(document: TokenDocument, path: str) -> bool:
    return path in document.tokens and path not in document.inherited


def _quickly(source: bytes, segments: list[str]) -> tuple[Mapping[str, Any], dict[str, Any]] | None:
    """By a reader that knows no positions; None where it finds nothing, which may be for another reason."""
    try:
        return _said(orjson.loads(source), segments)
    except orjson.JSONDecodeError:
        return None


def _said(root: Any, segments: list[str]) -> tuple[Mapping[str, Any], dict[str, Any]] | None:
    """The token's own object, and what its groups say of all that is in them."""
    common: dict[str, Any] = {}
    node = root
    for segment in segments:
        if not isinstance(node, dict):
            return None
        common |= {name: node[name] for name in _COMMON if name in node}
        node = node.get(segment)
    if not isinstance(node, dict) or not ("$value" in node or REF in node or "value" in node):
        return None
    return node, common


def _fields(node: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    given = {**common, **node}
    value = given["$value"] if "$value" in given else {REF: given[REF]} if REF in given else given.get("value")
    kind = given.get("$type", given.get("type"))
    found: dict[str, Any] = {"value": value}
    if isinstance(value, dict) and REF not in value and kind in _PARTED:
        found = {f"value/{name}": part for name, part in value.items()}
    found["type"] = kind
    found["deprecated"] = given.get("$deprecated")
    found["description"] = given.get("$description")
    found["extensions"] = _without_id(given.get("$extensions"))
    return {name: part for name, part in found.items() if part is not None}


def _without_id(extensions: Any) -> Any:
    mine = extensions.get(EXTENSION_KEY) if isinstance(extensions, dict) else None
    if not isinstance(mine, dict) or "id" not in mine:
        return extensions
    kept = {name: part for name, part in mine.items() if name != "id"}
    others = {name: part for name, part in extensions.items() if name != EXTENSION_KEY}
    return others | ({EXTENSION_KEY: kept} if kept else {}) or None
