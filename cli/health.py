"""Asks a service on this machine whether it lives."""

from __future__ import annotations

import http.client

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 -- these are compared, not bound


def answers(host: str, port: int, *, path: str = "/health", seconds: float = 2.0) -> bool:
    """Whether GET `path` answers with 200 in time."""
    connection = http.client.HTTPConnection(_ANY.get(host, host), port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
