"""`xds worker`: runs background jobs until it is told to stop."""

from __future__ import annotations

from cli.output import failures
from settings import Settings


def worker() -> None:
    """Run background jobs from the queue; needs the same XDS_ settings as the web server."""
    from jobs.worker import run

    with failures():
        run(Settings())
