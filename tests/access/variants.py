"""The application set differently for a while: rows that ask what holds only then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from fastapi import FastAPI

from services.smtp import MailSettings

MAIL = MailSettings(host="127.0.0.1", port=9, sender="xds@example.org", base_url="http://xds.test")


@contextmanager
def registration_closed(app: FastAPI) -> Iterator[None]:
    context = app.state.context
    app.state.context = replace(context, limits=replace(context.limits, registration_open=False))
    try:
        yield
    finally:
        app.state.context = context


@contextmanager
def mailing(app: FastAPI) -> Iterator[None]:
    """A mail server is set; what is mailed waits for a worker that never runs."""
    context = app.state.context
    app.state.context = replace(context, mail=MAIL)
    try:
        yield
    finally:
        app.state.context = context


@contextmanager
def metrics_closed(app: FastAPI) -> Iterator[None]:
    app.state.metrics_open = False
    try:
        yield
    finally:
        app.state.metrics_open = True


VARIANTS: dict[str, Callable[[FastAPI], AbstractContextManager[None]]] = {
    "register (while it is closed)": registration_closed,
    "register (while it is closed, invited)": registration_closed,
    "request_email_verification": mailing,
    "get_metrics (where they are not open)": metrics_closed,
}
"""Row → what is different while it is asked."""


def varied(app: FastAPI, name: str) -> AbstractContextManager[None]:
    """The application as a row wants it."""
    return VARIANTS[name](app) if name in VARIANTS else nullcontext()
