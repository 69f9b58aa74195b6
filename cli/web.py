"""The web child of `xds serve`: one process that answers on the socket that the supervisor opened."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import uvicorn

from api.app import create_app
from settings import Settings

GRACEFUL_SECONDS = 5


def main(descriptor: int) -> None:
    """Serve on the listening socket `descriptor` until SIGTERM.

    The loop is asyncio's: uvloop has no pidfd child watcher, and git subprocesses need one that starts no thread per
    child. Python before 3.12 has to be told to use it.
    """
    if sys.version_info < (3, 12) and hasattr(os, "pidfd_open"):
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    settings = Settings()
    config = uvicorn.Config(
        create_app(settings),
        loop="asyncio",
        http="httptools",
        ws="websockets-sansio",
        lifespan="on",
        log_level=settings.log_level,
        access_log=settings.log_level == "debug",
        server_header=False,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    with socket.socket(fileno=descriptor) as listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
