"""Interleaved rounds: contestants take turns, so that noise of the machine falls on all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from bench.plan import Count

Call = Callable[[], object]
Timed = Callable[[], float]
"""Does one call and says how many seconds of it count: what prepares the call does not."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds of every call that was kept, round by round."""

    rounds: tuple[tuple[float, ...], ...]

    @property
    def all(self) -> list[float]:
        """Every call, fastest first."""
        return sorted(seconds for one in self.rounds for seconds in one)

    @property
    def median(self) -> float:
        return median(self.all)

    @property
    def p95(self) -> float:
        every = self.all
        return every[min(len(every) - 1, int(len(every) * 0.95))]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One contestant's time in units of another's, or (``added``) how many seconds it takes more: the median over
    rounds, and its quartiles over rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, rounds: Iterable[float]) -> Ratio:
        found = sorted(rounds)
        return cls(median(found), found[len(found) // 4], found[-1 - len(found) // 4])


def timed(call: Call) -> Timed:
    """A call of which every moment counts."""

    def run() -> float:
        begin = perf_counter()
        call()
        return perf_counter() - begin

    return run


def interleave(contestants: Mapping[str, Timed], count: Count) -> dict[str, Samples]:
    """Let the contestants run in turn, A B A B …; each round begins with another one of them."""
    for run in contestants.values():
        for _ in range(count.warm_up):
            run()
    kept: dict[str, list[tuple[float, ...]]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(count.rounds):
        gc.collect()
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            kept[name].append(tuple(contestants[name]() for _ in range(count.calls)))
    return {name: Samples(tuple(rounds)) for name, rounds in kept.items()}


def ratio(ours: Samples, peer: Samples) -> Ratio:
    """How many times as long ``ours`` takes: round by round, since a round's two halves saw the same machine."""
    return Ratio.of(median(a) / median(b) for a, b in zip(ours.rounds, peer.rounds, strict=True))


def added(ours: Samples, peer: Samples) -> Ratio:
    """How many seconds ``ours`` takes more, round by round likewise."""
    return Ratio.of(median(a) - median(b) for a, b in zip(ours.rounds, peer.rounds, strict=True))
