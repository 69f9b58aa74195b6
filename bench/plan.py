"""How much a run measures: the full plan behind docs/benchmarks.md, and a quick one that only keeps the bench alive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Rounds that are kept, calls of each contestant per round, and calls before the first round that are not kept."""

    rounds: int
    calls: int
    warm_up: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The counts of every measurement, and the sizes of the systems: in components, for histories in commits and
    branches."""

    edit: Count
    clone: Count
    fetch: Count
    push: Count
    scale: Count
    reading: Count
    sign_in: Count
    login: Count
    limits: Count
    history: Count
    moved: Count
    export: Count
    validation: Count
    sizes: tuple[int, ...]
    wire_size: int
    commits: int
    branches: int
    exported: tuple[int, ...]
    peers: bool = True
    tokens: int = 200


FULL = Plan(
    edit=Count(rounds=12, calls=25, warm_up=100),
    clone=Count(rounds=10, calls=1, warm_up=2),
    fetch=Count(rounds=10, calls=4, warm_up=4),
    push=Count(rounds=12, calls=2, warm_up=3),
    scale=Count(rounds=12, calls=12, warm_up=30),
    reading=Count(rounds=12, calls=100, warm_up=200),
    sign_in=Count(rounds=20, calls=100, warm_up=200),
    login=Count(rounds=10, calls=3, warm_up=2),
    limits=Count(rounds=20, calls=100, warm_up=200),
    history=Count(rounds=12, calls=15, warm_up=30),
    moved=Count(rounds=6, calls=2, warm_up=2),
    export=Count(rounds=5, calls=1, warm_up=1),
    validation=Count(rounds=10, calls=1, warm_up=1),
    sizes=(100, 1_000, 10_000),
    wire_size=1_000,
    commits=50_000,
    branches=1_000,
    exported=(1_000, 10_000),
)

QUICK = Plan(
    edit=Count(rounds=2, calls=2, warm_up=1),
    clone=Count(rounds=2, calls=1, warm_up=0),
    fetch=Count(rounds=2, calls=1, warm_up=0),
    push=Count(rounds=2, calls=1, warm_up=0),
    scale=Count(rounds=2, calls=1, warm_up=1),
    reading=Count(rounds=2, calls=3, warm_up=1),
    sign_in=Count(rounds=2, calls=3, warm_up=1),
    login=Count(rounds=2, calls=1, warm_up=0),
    limits=Count(rounds=2, calls=3, warm_up=1),
    history=Count(rounds=2, calls=1, warm_up=1),
    moved=Count(rounds=2, calls=1, warm_up=0),
    export=Count(rounds=2, calls=1, warm_up=0),
    validation=Count(rounds=2, calls=1, warm_up=0),
    sizes=(3, 6, 12),
    wire_size=6,
    commits=400,
    branches=60,
    exported=(60, 120),
    peers=False,
)
