"""`python -m bench`: starts the service, measures, prints a table and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from bench import edit, exporting, history, limits, reading, report, scale, sign_in, validating, wire
from bench.bench import Bench
from bench.git import Git
from bench.machine import describe
from bench.plan import FULL, QUICK
from bench.result import Result
from bench.service import ROOT, running

MEASUREMENTS: Mapping[str, Callable[[Bench], Result]] = {
    "edit": edit.measure,
    "git": wire.measure,
    "scale": scale.measure,
    "list": reading.measure,
    "sign-in": sign_in.measure,
    "login": sign_in.measure_login,
    "limits": limits.measure,
    "history": history.measure,
    "export": exporting.measure,
    "validation": validating.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the measurements asked for, all unless some are named."""
    options = _parser().parse_args(arguments)
    plan = QUICK if options.quick else FULL
    begin = perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded PostgreSQL of root runs as another account
        git = Git(folder)
        with running(folder) as service:
            machine = asyncio.run(describe(service, git, folder))
            results = []
            for measurement in options.only or MEASUREMENTS:
                print(f"bench: {measurement} …", file=sys.stderr)
                results.append(MEASUREMENTS[measurement](Bench(service, plan, git, folder)))
    seconds = perf_counter() - begin
    if options.json:
        print(json.dumps(report.as_json(results, machine, seconds)))
    else:
        report.print_table(results, machine, seconds)
    target = options.output or (None if options.quick or options.only else ROOT / "docs" / "benchmarks.md")
    if target is not None:
        target.write_text(report.page(results, machine, plan, seconds), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny counts: shows that the bench works, not speed")
    parser.add_argument("--only", action="append", choices=list(MEASUREMENTS), help="one measurement; may be repeated")
    parser.add_argument("--output", type=Path, help="page to write (default: docs/benchmarks.md for a whole full run)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON instead of a table")
    parser.add_argument("--folder", type=Path, help="where to work; name a directory on the disk you want to measure")
    return parser


if __name__ == "__main__":
    main()
