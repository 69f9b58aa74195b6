"""Measures what an edit costs as a design system grows: the cost should follow the edit, not the system."""

from __future__ import annotations

from time import perf_counter

from bench.bench import Bench, System
from bench.result import Result, Row
from bench.rounds import Samples, Timed, interleave

METHOD = """Systems of {sizes} components ({tokens} tokens each), loaded by one `git push`, then edited over REST on
one keep-alive connection. A component edit is a PUT of new code. The peer of every row is the smallest system. All
components lie in one folder, so that git itself must write a larger tree object for each component edit."""


def measure(bench: Bench) -> Result:
    """All systems take turns with both kinds of edit."""
    loaded = {size: _loaded(bench, size) for size in bench.plan.sizes}
    loads = [f"{size:,} components in {seconds:.1f} s" for size, (_, seconds) in loaded.items()]
    connection = bench.service.connect()  # only now: the service closes connections that rest
    contestants: dict[str, Timed] = {}
    for size, (system, _) in loaded.items():
        contestants[f"token {size}"] = bench.token_edit(system, connection)
        contestants[f"component {size}"] = bench.component_edit(system, connection)
    taken = interleave(contestants, bench.plan.scale)
    connection.close()
    base = f"{bench.plan.sizes[0]:,} components"
    sizes = ", ".join(f"{size:,}" for size in bench.plan.sizes)
    return Result(
        name="scale",
        title="Edits as a system grows",
        ours="larger system",
        peer=base,
        method=METHOD.replace("{sizes}", sizes).replace("{tokens}", str(bench.plan.tokens)),
        rows=tuple(row for kind in ("token", "component") for row in _rows(kind, bench.plan.sizes, taken)),
        notes=(f"Loading by `git push`, generation included: {'; '.join(loads)}.",),
    )


def _loaded(bench: Bench, size: int) -> tuple[System, float]:
    begin = perf_counter()
    system = bench.load(f"Scale {size}", size)
    return system, perf_counter() - begin


def _rows(kind: str, sizes: tuple[int, ...], taken: dict[str, Samples]) -> list[Row]:
    base = taken[f"{kind} {sizes[0]}"]
    return [Row(f"{kind} edit at {size:,}", taken[f"{kind} {size}"], base) for size in sizes[1:]]
