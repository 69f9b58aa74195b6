"""Walks the JSON of tools for which a token is an object with ``value`` or ``$value``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from designsystem.importers.drafts import Place, Steps
from designsystem.importers.writing import file_name
from designsystem.jsontext.file import JsonFile
from designsystem.problem import Problem
from designsystem.tokens.names import ROOT

_CARRIED: Final = frozenset({"$type", "$description", "$schema"})

Sources = Mapping[str, JsonFile]
"""The files of an import by path, each well-formed JSON."""


class Entry(NamedTuple):
    """A group or token, where it stands, and the type that it states or a group around it."""

    steps: Steps
    node: dict[str, Any]
    type: str | None
    token: bool


def is_token(node: Any) -> bool:
    """Whether an object is a token; a group may be called ``value``, and then holds an object of tokens."""
    if not isinstance(node, dict):
        return False
    if "$value" in node:
        return True
    if "value" not in node:
        return False
    value = node["value"]
    if not isinstance(value, dict) or isinstance(node.get("type", node.get("$type")), str):
        return True
    return not any(isinstance(part, dict) and ("value" in part or "$value" in part) for part in value.values())


def as_written(token: dict[str, Any]) -> dict[str, Any]:
    """A token of what Style Dictionary built as it was before: that it keeps beside the result, references and all."""
    original = token.get("original")
    return original if isinstance(original, dict) and is_token(original) else token


def stated(node: Mapping[str, Any], key: str) -> Any:
    """A property of a token, with or without its ``$``."""
    return node[f"${key}"] if f"${key}" in node else node.get(key)


def entries(file: JsonFile, below: Steps = ()) -> Iterator[Entry]:
    """Every group and token below a place, in order, groups before what they hold; nothing inside tokens."""
    node = file.root.at(below) if file.root is not None else None
    waiting: list[tuple[Steps, Any, str | None]] = [(below, node.value if node is not None else None, None)]
    while waiting:
        steps, value, handed_down = waiting.pop()
        if not isinstance(value, dict):
            continue
        token = is_token(value)
        own = stated(value, "type") if token else value.get("$type")
        type_name = own if isinstance(own, str) else handed_down
        yield Entry(steps, as_written(value) if token else value, type_name, token)
        if not token:
            inner = [(key, part) for key, part in value.items() if not key.startswith("$") or key == ROOT]
            waiting.extend(((*steps, key), part, type_name) for key, part in reversed(inner))


def strays(entry: Entry, file: JsonFile, known: Collection[str] = ()) -> Iterator[Problem]:
    """What stands on a group and is no group, no token and nothing that is carried, each as a remark."""
    for key, part in entry.node.items():
        inner = isinstance(part, dict) and (not key.startswith("$") or key == ROOT)
        if not inner and key not in _CARRIED and key not in known:
            message = f'"{key[:60]}" stands on a group, where an import has no use for it'
            place = Place(file, (*entry.steps, key))
            yield place.left_out(message, ".".join(map(str, entry.steps)))


def file_of(name: str, taken: Iterable[str]) -> str:
    """A file for a sheet, of a name that no other has."""
    stem = "/".join(file_name(part) for part in name.split("/") if part) or "tokens"
    known = {path.lower() for path in taken}
    found, number = f"tokens/{stem}.tokens.json", 1
    while found in known:
        number += 1
        found = f"tokens/{stem}-{number}.tokens.json"
    return found
