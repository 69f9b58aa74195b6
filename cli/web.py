"""The web child of `xds serve`: one process that answers on the socket that the supervisor opened."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys

import uvicorn

from api.app import create_app
from services import logs
from settings import Settings

log = logging.getLogger("xds.web")

GRACEFUL_SECONDS = 5


def main(descriptor: int, gate: int) -> None:
    """Serve on the listening socket `descriptor` until SIGTERM, as soon as `gate` (see cli.gate) is open.

    The loop is asyncio's: uvloop has no pidfd child watcher, and git subprocesses need one that starts no thread per
    child. Python before 3.12 has to be told to use it.
    """
    os.read(gate, 1)
    if sys.version_info < (3, 12) and hasattr(os, "pidfd_open"):
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    settings = Settings()
    logs.configure(settings.log_level, settings.all_secrets())
    _warn_of_shared_limits(settings)
    config = uvicorn.Config(
        create_app(settings),
        loop="asyncio",
        http="httptools",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,  # ours, with times and without credentials
        access_log=settings.log_level == "debug",
        server_header=False,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    # not Server.run: its loop factory would leave the child watcher without a loop
    with socket.socket(fileno=descriptor) as listener, asyncio.Runner() as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listener]))


def _warn_of_shared_limits(settings: Settings) -> None:
    """Behind a proxy that is not believed everybody has the proxy's address, and with it one limit together."""
    by_proxy = (settings.public_url or "").startswith("https://") and settings.tls_certificate is None
    if by_proxy and settings.rate_limits and not settings.forwarded_allow_ips:
        log.warning("XDS_FORWARDED_ALLOW_IPS is not set: everybody behind the proxy shares the limits of one address")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
