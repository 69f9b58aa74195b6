"""The command: runs the cases against an implementation, and with ``--write`` records what came out."""

from __future__ import annotations

import argparse
import sys

from tests.dtcg.runner import adapters, report, results
from tests.dtcg.runner.cases import cases

OURS = ("xds", "custom")
"""The implementations whose failures are ours to mend; those of others are only told."""


def main() -> int:
    known = adapters.known()
    parser = argparse.ArgumentParser(prog="python -m tests.dtcg.runner", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all of them if none")
    parser.add_argument(
        "--command",
        help="another implementation: a command with {folder} in it, or one that reads folders line by line",
    )
    parser.add_argument("--only", default="", metavar="ID", help='cases whose id begins so, such as "format 8.4"')
    parser.add_argument("--write", action="store_true", help="record the results and write docs/conformance.md")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in known]:
        parser.error(f"no adapter {unknown[0]}; there are {', '.join(known)}")
    if given.write and (given.only or given.command):
        parser.error("--write records whole runs of the known implementations")
    chosen = [adapters.custom(given.command)] if given.command else [known[name] for name in given.names or known]
    asked = [case for case in cases() if case.id.startswith(given.only)]
    failed = 0
    for adapter in chosen:
        outcome = results.run(adapter, asked)
        failed += len(outcome.failed) if adapter.name in OURS else 0
        show(adapter, outcome, len(asked), details=len(chosen) == 1)
        if given.write:
            outcome.save(adapter.name)
    if given.write:
        told = {name: results.recorded(name) for name in known}
        document = report.DOCUMENT
        document.write_text(report.rewritten(document.read_text(encoding="utf-8"), told), encoding="utf-8")
        return 0
    return 1 if failed else 0


def show(adapter: adapters.Adapter, outcome: results.Results, asked: int, *, details: bool) -> None:
    if details:
        for identifier, reason in outcome.failed.items():
            print(f"{identifier} => {reason}")
    print(f"{adapter.title} {adapter.version}: {asked - len(outcome.failed)} of {asked} cases")


if __name__ == "__main__":
    sys.exit(main())
