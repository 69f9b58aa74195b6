"""Asks a service on this machine whether it lives."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 -- these are compared, not bound


def answers(
    host: str, port: int, *, path: str = "/health", seconds: float = 2.0, certificate: Path | None = None
) -> bool:
    """Whether GET `path` answers with 200 in time; over HTTPS where the service has a certificate."""
    connection = _connection(_ANY.get(host, host), port, seconds, certificate)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connection(host: str, port: int, seconds: float, certificate: Path | None) -> http.client.HTTPConnection:
    if certificate is None:
        return http.client.HTTPConnection(host, port, timeout=seconds)
    # it names the service as clients know it, not this machine: what counts is that it is that very certificate
    trust = ssl.create_default_context(cafile=str(certificate))
    trust.check_hostname = False
    trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=trust)
