"""Values worked out once and kept for the next reader, the least recently used dropped above a budget of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """What this process keeps; ``budget`` and weights are in bytes, estimated. Safe to share between threads."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """What is kept under a key."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def keep(self, key: K, value: V, weight: int) -> None:
        """Keep a value, unless it alone is over the budget."""
        if weight > self._budget:
            return
        with self._lock:
            replaced = self._held.pop(key, None)
            self._weight += weight - (replaced[1] if replaced is not None else 0)
            self._held[key] = value, weight
            while self._weight > self._budget:
                self._weight -= self._held.popitem(last=False)[1][1]
