"""Guards: children are kept running, restarted with pauses, and stopped in order when a signal asks for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli.children import Child
from cli.supervisor import Supervisor
from embedded.errors import StartFailed

SLEEP = "import time; time.sleep(60)"


def child(name: str, code: str, log: Path | None = None) -> Child:
    return Child(name, [sys.executable, "-c", code], dict(os.environ), log, patience=1.0)


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def test_a_child_that_ends_is_started_again_after_a_pause_that_grows() -> None:
    said: list[str] = []
    short = child("short", "pass")
    short.start()
    try:
        eventually(lambda: bool((line := short.watch()) and not said.append(line)) or short.restarts >= 2)
        eventually(lambda: bool((line := short.watch()) and not said.append(line)) and short.restarts >= 2)
    finally:
        short.stop()
    assert said[0] == "short ended with status 0; starts again in 0.5 s"
    assert "short ended with status 0; starts again in 1.0 s" in said


def test_waiting_fails_with_the_log_when_a_child_ends_first(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda line: None)
    supervisor.start_children([child("broken", "import sys; sys.exit('bad weather')", tmp_path / "broken.log")])
    with pytest.raises(StartFailed, match="broken ended with status 1 while starting\nbad weather"):
        supervisor.wait_for(lambda: False, 10)
    supervisor.stop()


def test_waiting_ends_when_time_runs_out() -> None:
    supervisor = Supervisor(lambda line: None)
    supervisor.start_children([child("silent", SLEEP)])
    with pytest.raises(StartFailed, match="did not answer within 0 s"):
        supervisor.wait_for(lambda: False, 0.1)
    supervisor.stop()


DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""

KIND = """
import signal, sys, time
def end(*_):
    print("child ends", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""

SUPERVISED = """
import sys
from cli.children import Child
from cli.supervisor import Supervisor

class Server:
    def start(self):
        print("server started", flush=True)
        return "url"
    def stop(self):
        print("server stopped", flush=True)
    def is_running(self):
        return True

supervisor = Supervisor(lambda line: print(line, flush=True))
supervisor.listen()
supervisor.start_server("it", Server())
supervisor.start_children([Child("c", [sys.executable, "-c", sys.argv[1]], {}, patience=30.0)])
supervisor.run()
supervisor.stop()
print("over", flush=True)
"""


def supervised(code: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", SUPERVISED, code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert {process.stdout.readline(), process.stdout.readline()} == {"server started\n", "up\n"}
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_children_first_and_servers_last(number: signal.Signals) -> None:
    process = supervised(KIND)
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert rest == "child ends\nserver stopped\nover\n"
    assert process.returncode == 0


def test_a_second_signal_ends_deaf_children_at_once() -> None:
    process = supervised(DEAF)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    rest, _ = process.communicate(timeout=10)
    assert time.monotonic() - started < 5
    assert rest == "server stopped\nover\n"


def test_children_end_when_the_supervisor_is_killed() -> None:
    process = supervised(KIND)
    children = psutil.Process(process.pid).children()
    process.kill()
    process.communicate(timeout=10)
    psutil.wait_procs(children, timeout=10)
    assert children
    assert not any(one.is_running() for one in children)
