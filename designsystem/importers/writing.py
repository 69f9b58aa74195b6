"""Writes what an import came to: token files and, where order or choice matter, the resolver that joins them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from designsystem.importers.drafts import Plan
from designsystem.importers.names import mended
from designsystem.jsontext.nodes import pointer
from designsystem.jsontext.style import DEFAULT, write
from designsystem.resolver.document import VERSION

RESOLVER: Final = "tokens.resolver.json"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def file_name(name: str) -> str:
    """A name as a part of a path that every file system takes."""
    return _UNSAFE.sub("-", name).strip("-").lower() or "unnamed"


def tokens_text(tokens: Mapping[str, dict[str, Any]], groups: Mapping[tuple[str, ...], str]) -> bytes:
    """A token file."""
    tree: dict[str, Any] = {}
    described = {tuple(map(mended, path)): text for path, text in groups.items()}
    for path, token in tokens.items():
        *names, last = path.split(".")
        group = tree
        walked: tuple[str, ...] = ()
        for name in names:
            walked = (*walked, name)
            if name not in group:
                group[name] = {"$description": described[walked]} if walked in described else {}
            group = group[name]
        group[last] = token
    return _text(tree)


def resolver_text(plan: Plan, files: Mapping[str, str]) -> bytes:
    """The resolver of a plan (Resolver Module §4); ``files`` are those of the sheets that hold anything."""
    base = [name for name in plan.base if name in files]
    sets = {name: {"sources": [{"$ref": files[name]}]} for name in base}
    modifiers = {
        axis.name: {
            "contexts": {
                context: [{"$ref": files[name]} for name in sheets if name in files]
                for context, sheets in axis.contexts.items()
            },
            "default": axis.default,
        }
        for axis in plan.axes
    }
    order = [_step("sets", name) for name in base] + [_step("modifiers", name) for name in modifiers]
    tree: dict[str, Any] = {"version": VERSION}
    tree |= {"sets": sets} if sets else {}
    tree |= {"modifiers": modifiers} if modifiers else {}
    return _text({**tree, "resolutionOrder": order})


def _step(kind: str, name: str) -> dict[str, str]:
    return {"$ref": "#" + quote(pointer((kind, name)), safe="/~")}


def _text(tree: dict[str, Any]) -> bytes:
    return (write(tree, DEFAULT) + "\n").encode("utf-8", "replace")
