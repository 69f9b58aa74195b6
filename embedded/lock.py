"""The exclusive lock on a data directory: one service at a time, released by the kernel when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from embedded.errors import DataDirectoryInUse, EmbeddedError


class DataLock:
    """Holds `<data>/.lock` by flock(2); the file names the holder for the message, the kernel keeps the lock."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise DataDirectoryInUse; creates the directory (0700) when it is missing."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.data / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EmbeddedError(f"the data directory {self.data} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 64, 0).decode(errors="replace").strip()
            os.close(descriptor)
            whom = f" by process {holder}" if holder else ""
            raise DataDirectoryInUse(
                f"the data directory {self.data} is already in use{whom}; stop that service or choose another --data"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would let two holders meet on two files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> DataLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
