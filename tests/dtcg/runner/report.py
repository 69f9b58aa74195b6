"""Writes the tables of docs/conformance.md from the cases and the recorded results."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dtcg.runner.cases import HOME, MODULES, Row, Section, sections
from tests.dtcg.runner.results import Results

DOCUMENT = HOME.parent.parent / "docs" / "conformance.md"
BEGIN, END = "<!-- written by python -m tests.dtcg.runner --write -->", "<!-- end -->"
_NAMES = {"format": "Format", "color": "Color", "resolver": "Resolver"}
_DUTIES = ("MUST", "MUST NOT", "plain")


def rewritten(text: str, results: dict[str, Results]) -> str:
    """The document with its tables written anew; what people wrote around them stays."""
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{tables(results)}{END}{rest.split(END, 1)[1]}"


def tables(results: dict[str, Results]) -> str:
    """All tables, the summary first."""
    lines = [*_summary(results)]
    for module in MODULES:
        lines += ["", f"## {_NAMES[module]} Module, sentence by sentence", "", *_head(results)]
        lines += [line for section in sections() if section.module == module for line in _rows(section, results)]
    return "\n".join(lines) + "\n"


def _summary(results: dict[str, Results]) -> Iterator[str]:
    """How many sentences each implementation holds in every case."""
    titles = [_title(result) for result in results.values()]
    yield f"| Sentences held in all their cases | {' | '.join(titles)} |"
    yield f"| --- |{' --- |' * len(titles)}"
    for module in MODULES:
        for words, levels in (("must", _DUTIES), ("should or may", ("SHOULD", "SHOULD NOT", "MAY"))):
            rows = [
                row
                for section in sections()
                for row in section.rows
                if section.module == module and row.level in levels and row.cases
            ]
            counts = [
                f"{sum(result.held(row) == len(row.cases) for row in rows)}/{len(rows)}" for result in results.values()
            ]
            yield f"| {_NAMES[module]}, {words} | {' | '.join(counts)} |"
    every = [row for section in sections() for row in section.rows]
    total = sum(len(row.cases) for row in every)
    held = [f"{sum(result.held(row) for row in every)}/{total}" for result in results.values()]
    yield f"| Cases in all | {' | '.join(held)} |"


def _title(result: Results) -> str:
    return f"{result.title} {result.version}".strip()


def _head(results: dict[str, Results]) -> Iterator[str]:
    titles = " | ".join(result.title for result in results.values())
    yield f"| Clause | Demands | By its meaning | Shown by | {titles} |"
    yield f"| --- | --- | --- | --- |{' --- |' * len(results)}"


def _rows(section: Section, results: dict[str, Results]) -> Iterator[str]:
    for place, row in enumerate(section.rows, start=1):
        link = f"../{section.file.relative_to(HOME.parent.parent).as_posix()}"
        clause = f"[{section.number}-{place}]({link})"
        demands = "" if row.level == "plain" else row.level
        cells = [_cell(row, result) for result in results.values()]
        yield f"| {clause} | {demands} | {_escaped(row.says)} | {_shown(row)} | {' | '.join(cells)} |"


def _shown(row: Row) -> str:
    parts = []
    if row.cases:
        parts.append(f"{len(row.cases)} case{'s' if len(row.cases) > 1 else ''}")
    parts += [f"[{path.rpartition('/')[2]}](../{path})" for path in row.shown_by]
    return ", ".join(parts) or f"not testable: {_escaped(row.not_testable)}"


def _cell(row: Row, result: Results) -> str:
    if not row.cases:
        return ""
    if not result.answered(row):
        return "–"
    held = result.held(row)
    return "holds" if held == len(row.cases) else f"{held}/{len(row.cases)}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("~", "\\~").replace("*", "\\*").replace("_", "\\_")
