"""Holds started children back until the database is ready for them."""

from __future__ import annotations

import os
from types import TracebackType


class Gate:
    """A pipe whose reading end the children inherit: reading it waits until `open` closes the other end.

    A child that starts later (again) reads its end at once and does not wait.
    """

    def __init__(self) -> None:
        self.descriptor, self._hold = os.pipe()
        self._closed = True

    def open(self) -> None:
        """Let the children go on."""
        if self._closed:
            os.close(self._hold)
            self._closed = False

    def __enter__(self) -> Gate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open()
        os.close(self.descriptor)
