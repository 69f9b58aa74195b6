"""Children that die with their parent, and sure identification of those that an earlier run left behind."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from embedded.account import Account
from embedded.errors import EmbeddedError, StartFailed
from embedded.secrets import write_private

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """What tells one process from every other that ever had its number: pid, start time, and the machine's boot."""

    pid: int
    started: float
    boot: str

    @classmethod
    def of(cls, pid: int) -> ProcessRecord:
        """The record of a live process."""
        return cls(pid, psutil.Process(pid).create_time(), _boot_id())

    @classmethod
    def read(cls, path: Path) -> ProcessRecord | None:
        """The record stored at `path`; None when there is none, or it cannot be understood."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(int(stored["pid"]), float(stored["started"]), str(stored["boot"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Store the record, so that a later run can find this process."""
        write_private(path, json.dumps(asdict(self)))

    def process(self) -> psutil.Process | None:
        """The recorded process when it is still the same one and alive."""
        if self.boot != _boot_id():
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 0.05
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return str(int(psutil.boot_time()))


def open_log(path: Path) -> int:
    """A descriptor that appends to `path`; one older generation is kept once the log has grown past 10 MiB."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def spawn(
    command: Sequence[str],
    *,
    log: Path | None,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    keep_open: Sequence[int] = (),
    text: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group (Ctrl-C reaches only us), which the kernel signals when we die.

    Linux sends that signal when the *thread* that started the child ends: call this from the main thread. `text`
    is given to the child on its standard input; its output goes to `log`, or to ours when `log` is None.
    """
    output = open_log(log) if log else None
    try:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=dict(environment) if environment is not None else None,
            process_group=0,
            pass_fds=tuple(keep_open),
            preexec_fn=_die_with(os.getpid(), on_parent_death),  # noqa: PLW1509 -- callers are single-threaded
            **(account.popen_arguments() if account else {}),
        )
    except OSError as error:
        raise EmbeddedError(f"{command[0]} could not be started: {error}") from error
    finally:
        if output is not None:
            os.close(output)
    if text is not None and child.stdin is not None:
        child.stdin.write(text.encode())
        child.stdin.close()
    return child


def _die_with(parent: int, number: signal.Signals) -> Callable[[], None]:
    """Runs in the child after it changed its account (which would clear the death signal) and before exec."""

    def arrange() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:  # we died in between
                os._exit(1)

    return arrange


def forks_die_with_us() -> None:
    """Make every later os.fork() child end when this process ends, for libraries that fork helpers of their own."""
    parent = [os.getpid()]

    def before() -> None:
        parent[0] = os.getpid()

    def in_child() -> None:
        _die_with(parent[0], signal.SIGTERM)()

    os.register_at_fork(before=before, after_in_child=in_child)


def stop_child(child: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> None:
    """Ask a child to end, wait `patience` seconds, then kill its process group."""
    if child.poll() is not None:
        return
    child.send_signal(how)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def stop_orphan(process: psutil.Process, how: signal.Signals, patience: float) -> None:
    """End a process that an earlier run left behind, together with its children."""
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return
    _gone, alive = psutil.wait_procs(family, timeout=patience)
    for member in alive:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=patience)


def wait_until(
    ready: Callable[[], bool], child: subprocess.Popen[bytes], *, what: str, log: Path, seconds: float
) -> None:
    """Wait until `ready()`; raises StartFailed with the end of the log when the child ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.poll() is not None:
            raise StartFailed(f"{what} ended with status {child.returncode} while starting\n{tail(log)}")
        if time.monotonic() > deadline:
            raise StartFailed(f"{what} did not answer within {seconds:.0f} s\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
