"""JSON: resolved values nested by path or flat, with where they come from under ``$metadata``."""

from __future__ import annotations

import json
from typing import Any

from designsystem.exporters.entries import nest
from designsystem.exporters.exported import Format, Job
from designsystem.problem import Problem


def render(job: Job) -> tuple[str, list[Problem]]:
    """The nested document; no token can be called ``$metadata``, since DTCG names do not begin with ``$``."""
    tree, problems = nest(job.entries)
    return _text(job, {job.prefix: tree} if job.prefix else tree), problems


def render_flat(job: Job) -> tuple[str, list[Problem]]:
    """One member for each token, by its path."""
    before = f"{job.prefix}." if job.prefix else ""
    return _text(job, {before + entry.path: entry.value for entry in job.entries}), []


def _text(job: Job, members: dict[str, Any]) -> str:
    document = {"$metadata": job.header.as_dict(), **members}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


FORMAT = Format(
    "json", "application/json", "json", render, "JSON, nested by path",
    '{"color": {"brand": {"500": "#3366ff"}}}\n', escapes=True,
)  # fmt: skip
FLAT = Format(
    "json-flat", "application/json", "json", render_flat, "JSON, one member for each path",
    '{"color.brand.500": "#3366ff"}\n', escapes=True,
)  # fmt: skip
