"""The exports that belong to a release, and what a manifest does not let them leave out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from designsystem import codes, exporters
from designsystem.exporters import Header
from designsystem.problem import Problem, errors_of
from index.snapshots import Snapshot

EXPORTS: Final[Mapping[str, str]] = {
    "tokens.css": "css",
    "tokens.scss": "scss",
    "tokens.json": "json",
    "tokens.ts": "ts",
    "tokens.dtcg.json": "dtcg",
}
"""Formats by the names of their files."""


def faults(whole: Snapshot) -> list[Problem]:
    """What these exports would leave out of a state though its manifest takes that for an error; each once."""
    severities = whole.manifest.severities
    if not any(severities.get(code) == "error" for code in codes.EXPORT_CODES):
        return []
    header = Header(whole.manifest.name, None, None)
    exported = (exporters.export(name, whole.tokens, header) for name in EXPORTS.values())
    found = dict.fromkeys(problem for each in exported for problem in each.problems)
    return errors_of(whole.manifest.judged_export(found))
