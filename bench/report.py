"""Shows results: a table on the terminal, a page in docs/, and JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.plan import Count, Plan
from bench.result import Result, Row
from bench.rounds import Samples

COLUMNS = ("what", "median", "p95", "peer", "peer's median", "ratio", "spread")
HEAD = """# Benchmarks

This page is written by `make bench`: one run on one machine, the service and its peers taking turns. The numbers
that travel from one machine to another are the ratios: how many times as long it takes as the peer named beside it.
"""
READING = """## How to read it

Contestants run interleaved (A B A B …, each round begun by another one), so that noise falls on all alike. *Median*
and *p95* are over all calls that were kept; *ratio* is the median over rounds of our round's median by the peer's
in the same round, *spread* its quartiles over the rounds. Calls of the warm-up are run and dropped. Client and
servers share the machine.
"""


def print_table(results: Sequence[Result], machine: dict[str, str], seconds: float) -> None:
    """The same lines as in the page, for the terminal."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    for name, text in machine.items():
        console.print(f"[dim]{name}:[/] {text}", highlight=False)
    table = Table(*COLUMNS, title=f"one run of {seconds:.0f} s")
    for result in results:
        for row in result.rows:
            table.add_row(*cells(result, row))
        for note in result.notes:
            console.print(f"[dim]{result.name}:[/] {note}", highlight=False)
    console.print(table)


def page(results: Sequence[Result], machine: dict[str, str], plan: Plan, seconds: float) -> str:
    """docs/benchmarks.md."""
    lines = [HEAD, "| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(cells(result, row)) + " |" for result in results for row in result.rows]
    lines += ["", "## Machine", "", *(f"- {name}: {text}" for name, text in machine.items())]
    lines += [f"- whole run: {seconds:.0f} s", "", READING, "## What is measured"]
    for result in results:
        lines += ["", f"### {result.title}", "", result.method, "", _counts(result, plan)]
        lines += [f"\n{note}" for note in result.notes]
    return "\n".join(lines) + "\n"


def as_json(results: Sequence[Result], machine: dict[str, str], seconds: float) -> dict[str, Any]:
    """Everything in seconds, for programs and for the test that keeps the bench alive."""
    return {
        "machine": machine,
        "seconds": seconds,
        "results": [
            {
                "name": result.name,
                "ours": result.ours,
                "peer": result.peer,
                "notes": list(result.notes),
                "rows": [_row_json(row) for row in result.rows],
            }
            for result in results
        ],
    }


def cells(result: Result, row: Row) -> list[str]:
    """One line of the table."""
    ours = [row.what, _milliseconds(row.ours.median), _milliseconds(row.ours.p95), result.peer]
    if row.peer is None or row.ratio is None:
        return [*ours, "not measured", "–", "–"]
    return [
        *ours,
        _milliseconds(row.peer.median),
        f"{row.ratio.median:.2f}",
        f"{row.ratio.low:.2f} – {row.ratio.high:.2f}",
    ]


def _row_json(row: Row) -> dict[str, Any]:
    told = row.ratio
    return {
        "what": row.what,
        "ours": _samples_json(row.ours),
        "peer": _samples_json(row.peer) if row.peer is not None else None,
        "ratio": {"median": told.median, "low": told.low, "high": told.high} if told is not None else None,
    }


def _samples_json(samples: Samples) -> dict[str, Any]:
    return {"median": samples.median, "p95": samples.p95, "rounds": [list(one) for one in samples.rounds]}


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _counts(result: Result, plan: Plan) -> str:
    kinds: dict[str, tuple[tuple[str, Count], ...]] = {
        "edit": (("", plan.edit),),
        "git": (("clone: ", plan.clone), ("fetch: ", plan.fetch), ("push: ", plan.push)),
        "scale": (("", plan.scale),),
        "list": (("", plan.reading),),
        "sign-in": (("", plan.sign_in),),
        "login": (("", plan.login),),
        "limits": (("", plan.limits),),
        "history": (("", plan.history), ("after a commit: ", plan.moved)),
        "export": (("", plan.export),),
        "validation": (("", plan.validation),),
    }
    told = (f"{kind}{c.rounds} rounds of {c.calls}, {c.warm_up} to warm up" for kind, c in kinds[result.name])
    return f"Counts for each contestant: {'; '.join(told)}."
