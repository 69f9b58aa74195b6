"""The two streams that commands write to: coloured on a terminal, plain elsewhere; rich is imported on first use."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

# Controls, bidirectional overrides and lone surrogates: what a file or a server could trick a terminal with.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Environment variables by which rich takes for a terminal what is none."""


class Stream:
    """stdout or stderr, as it is at the time of each call."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    @property
    def file(self) -> TextIO:
        """Where it writes now."""
        return sys.stderr if self._stderr else sys.stdout

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at what is written, or wants it as if."""
        if self.file.isatty() or any(name in os.environ for name in _FORCING):
            return self._console.is_terminal
        return False

    def print(self, *what: Any) -> None:
        """Text with rich's markup, or a table."""
        self._console.print(*what)

    def bar(self) -> Progress:
        """What shows how far work has come; it leaves nothing behind."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        return Progress(*columns, console=self._console, transient=True)

    def say(self, text: str, style: str) -> None:
        """One line that is ours, after the program's name in that style."""
        if self.is_terminal:
            self.print(f"[{style}]xds:[/] {escape(text)}")
            return
        self.file.write(f"xds: {harmless(text)}\n")
        self.file.flush()

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(stderr=self._stderr, highlight=False, soft_wrap=True)


console = Stream()
errors = Stream(stderr=True)


def harmless(text: str) -> str:
    """Text in which a terminal finds nothing to obey."""
    return _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> str:
    """The same, and rich finds no markup in it."""
    return harmless(text).replace("[", "\\[")
