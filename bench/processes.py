"""Whole processes: what one costs in processor time, the programs that it starts included, and how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.service import ROOT

LAUNCHER = """
import json, os, sys
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(process, 0)
scale = 1 if sys.platform == "darwin" else 1024
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss * scale]))
"""
"""A small process in between: the system counts what a process holds from its parent's memory on."""


@dataclass
class Process:
    """A command that is run again and again; ``memory`` is the most that one run held, in bytes."""

    command: Sequence[str]
    memory: int = 0

    def run(self) -> float:
        """One run: the seconds of processor time that it took (user and system), which a busy machine stretches
        less than the time on the clock."""
        command = [sys.executable, "-I", "-S", "-c", LAUNCHER, *self.command]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=300)
        status, seconds, memory = json.loads(done.stdout.splitlines()[-1])
        if status != 0:
            raise RuntimeError(f"{self.command[0]} failed: {done.stderr.decode(errors='replace')[-2000:]}")
        self.memory = max(self.memory, memory)
        return float(seconds)


def fetched(folder: Path) -> Path | None:
    """A folder with the peers' scripts and packages; None where npm cannot bring them."""
    home = folder / "peers"
    home.mkdir()
    for script in (ROOT / "bench" / "peers").iterdir():
        if script.is_file():
            (home / script.name).write_bytes(script.read_bytes())
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(command, cwd=home, capture_output=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return home if done.returncode == 0 else None
