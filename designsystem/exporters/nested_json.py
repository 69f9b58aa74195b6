"""JSON: resolved values nested by path, with where they come from under ``$metadata``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from designsystem.exporters.entries import nest
from designsystem.exporters.exported import Entry, Format, Header
from designsystem.problem import Problem


def render(entries: Sequence[Entry], header: Header, prefix: str) -> tuple[str, list[Problem]]:
    """The document; no token can be called ``$metadata``, since DTCG names do not begin with ``$``."""
    tree, problems = nest(entries)
    document = {"$metadata": header.as_dict(), **({prefix: tree} if prefix else tree)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n", problems


FORMAT = Format("json", "application/json", "json", render)
