"""Names the machine that a run was taken on: numbers without it say nothing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
import psutil
import pygit2

from bench import nginx
from bench.git import Git
from bench.service import Service

PACKAGES = ("fastapi", "uvicorn", "SQLAlchemy", "asyncpg", "pygit2")


async def describe(service: Service, git: Git, folder: Path) -> dict[str, str]:
    """What the run stands on, in the order in which it is printed."""
    connection = await asyncpg.connect(service.database_url)
    postgres = await connection.fetchval("SHOW server_version")
    fsync = await connection.fetchval("SHOW fsync")
    await connection.close()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return {
        "taken": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.1f} at the beginning, other programs of the machine included",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "disk": f"{_file_system(folder)}; write of 4 KiB + fsync {fsync_seconds(folder) * 1000:.2f} ms (median of 200)",
        "system": f"{platform.freedesktop_os_release().get('PRETTY_NAME', '')}, Linux {platform.release()}",
        "PostgreSQL": f"{postgres}, embedded, fsync {fsync}",
        "git": f"{git.run('--version').split()[-1]}, libgit2 {pygit2.LIBGIT2_VERSION}",
        "nginx": nginx.version() or "not installed",
        "Python": f"{platform.python_version()}: {versions}",
    }


def fsync_seconds(folder: Path, times: int = 200) -> float:
    """The median of small synced writes, the unit that every durable edit is made of."""
    handle = os.open(folder / "fsync-probe", os.O_WRONLY | os.O_CREAT, 0o600)
    taken = []
    try:
        for number in range(times):
            begin = perf_counter()
            os.pwrite(handle, os.urandom(4096), number * 4096)
            os.fsync(handle)
            taken.append(perf_counter() - begin)
    finally:
        os.close(handle)
    return median(taken)


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _file_system(folder: Path) -> str:
    done = subprocess.run(["df", "--output=fstype,source", str(folder)], capture_output=True, text=True, check=False)
    return " on ".join(done.stdout.splitlines()[-1].split()) if done.returncode == 0 else "unknown file system"
