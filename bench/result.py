"""What a measurement gives: rows of one contestant beside its peer, with the words that explain them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.rounds import Ratio, Samples, ratio


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``peer`` None where the peer could not run."""

    what: str
    ours: Samples
    peer: Samples | None = None

    @property
    def ratio(self) -> Ratio | None:
        return None if self.peer is None else ratio(self.ours, self.peer)


@dataclass(frozen=True, slots=True)
class Result:
    """A measurement's rows, what ``ours`` and ``peer`` are in them, how they were taken, and what could not be."""

    name: str
    title: str
    ours: str
    peer: str
    method: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = field(default=())
