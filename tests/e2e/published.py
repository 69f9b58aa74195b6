"""Versions of token packages that others published, laid out as DTCG files of a design system."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_TYPES = frozenset(
    {"color", "dimension", "duration", "number", "fontWeight", "fontFamily", "cubicBezier", "shadow", "border"}
)


def primer(package: Path) -> dict[str, bytes]:
    """GitHub's Primer primitives: what its documentation files list, one token file for each of them."""
    docs = package / "dist" / "docs"
    files = {path: json.loads(path.read_text("utf-8")) for path in sorted(docs.rglob("*.json")) if _is_plain(path)}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for path, tokens in files.items():
        name = path.relative_to(docs).with_suffix("").as_posix().replace("/", "-")
        for token in tokens.values():
            found.setdefault(name, {})[".".join(token["path"])] = _primer(token)
    known = {path for tokens in found.values() for path in tokens}
    return {f"tokens/{name}.tokens.json": _document(tokens, known) for name, tokens in found.items()}


def spectrum(package: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Adobe's Spectrum tokens, each set of a token as one of its own; also their paths by the id that Adobe gives."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    ids: dict[str, str] = {}
    for file in sorted((package / "src").glob("*.json")):
        for name, token in json.loads(file.read_text("utf-8")).items():
            for key, said in _sets(token):
                path = f"{name}.{key}" if key else name
                ids[said.get("uuid", "")] = path
                stated = {"$value": said["value"]} if "value" in said else {}
                stated |= {"$description": token["deprecated_comment"]} if "deprecated_comment" in token else {}
                found.setdefault(file.stem, {})[path] = stated | (
                    {"$deprecated": True} if "deprecated" in token else {}
                )
    known = {path for tokens in found.values() for path in tokens}
    return {f"tokens/{name}.tokens.json": _document(tokens, known) for name, tokens in found.items()}, ids


def _sets(token: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "sets" not in token:
        yield prefix, token
    for name, said in token.get("sets", {}).items():
        yield from _sets(said, f"{prefix}.{name}" if prefix else name)


def _is_plain(path: Path) -> bool:
    return path.parent.name != "themes" or path.stem == "light"


def _primer(token: Mapping[str, Any]) -> dict[str, Any]:
    value = token.get("$value", token.get("value"))
    stated = token["original"].get("$value", token["original"].get("value", value))
    alias = isinstance(stated, str) and stated.startswith("{") and stated.endswith("}") and stated.count("{") == 1
    said: dict[str, Any] = {"$type": kind} if (kind := token.get("$type", token.get("type"))) in _TYPES else {}
    said |= {"$description": token["$description"]} if token.get("$description") else {}
    return said | {"$value": stated if alias else value, "resolved": value}


def _document(tokens: Mapping[str, dict[str, Any]], known: set[str]) -> bytes:
    """The tokens as a tree; aliases of what is not published are what they stand for, groups win over tokens."""
    tree: dict[str, Any] = {}
    for path, said in tokens.items():
        if any(other.startswith(f"{path}.") for other in known) or "$value" not in said:
            continue
        resolved = said.pop("resolved", said["$value"])
        if isinstance(said["$value"], str) and said["$value"].startswith("{") and said["$value"][1:-1] not in known:
            said["$value"] = resolved
        group = tree
        for segment in path.split(".")[:-1]:
            group = group.setdefault(segment, {})
        group[path.rpartition(".")[2]] = said
    return (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()
