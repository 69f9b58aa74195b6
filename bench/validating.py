"""Measures what judging a token set costs after an edit of one token, beside judging all of it."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

from bench.bench import Bench
from bench.exporting import tokens
from bench.result import Result, Row
from bench.rounds import Timed, interleave
from designsystem.tokens.document import parse_document
from designsystem.tokens.rereading import parse_edited
from designsystem.tokens.set import TokenSet

METHOD = """In one process: a set of {size} tokens (30 % aliases) is read from bytes and judged as a whole, the peer;
ours is what every write does, with the set before at hand: the changed file is read again where it
changed, the set is made with it, and
what it reaches is judged. Once with the tokens in 50 files, once all in one."""


def measure(bench: Bench) -> Result:
    """Both ways of laying the tokens out."""
    size = max(bench.plan.exported)
    document = tokens(size)
    contestants: dict[str, Timed] = {}
    for layout, files in (("50 files", _spread(document)), ("one file", {"tokens/all.tokens.json": document})):
        sources = {path: json.dumps(content, indent=2).encode() for path, content in files.items()}
        contestants[f"{layout}, whole"] = _whole(sources)
        contestants[f"{layout}, edit"] = _edit(sources)
    taken = interleave(contestants, bench.plan.validation)
    return Result(
        name="validation",
        title="Validation after an edit",
        ours="one token edited",
        peer="the whole set",
        method=METHOD.replace("{size}", f"{size:,}"),
        rows=tuple(
            Row(f"validation after an edit, {layout}", taken[f"{layout}, edit"], taken[f"{layout}, whole"])
            for layout in ("50 files", "one file")
        ),
    )


def _spread(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same tokens by the second part of their paths, in as many files."""
    files: dict[str, dict[str, Any]] = {}
    for first, groups in document.items():
        for second, inner in groups.items():
            files.setdefault(f"tokens/{second}.tokens.json", {}).setdefault(first, {})[second] = inner
    return files


def _whole(sources: dict[str, bytes]) -> Timed:
    def run() -> float:
        begin = perf_counter()
        TokenSet.build([parse_document(path, source) for path, source in sources.items()]).check()
        return perf_counter() - begin

    return run


def _edit(sources: dict[str, bytes]) -> Timed:
    standing = TokenSet.build([parse_document(path, source) for path, source in sources.items()])
    standing.check()
    path = next(path for path, source in sources.items() if b'"unit": "px"' in source)
    edits = [sources[path].replace(b'"unit": "px"', unit, 1) for unit in (b'"unit": "rem"', b'"unit": "px" ')]
    turn = 0

    def run() -> float:
        nonlocal turn
        turn += 1
        begin = perf_counter()
        document = parse_edited(standing.sources[path], path, edits[turn % 2])
        standing.replace({path: document}).check(since=standing)
        return perf_counter() - begin

    return run
