"""Guards: a recorded process is recognised surely, and what it left behind ends with its family."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from embedded.errors import EmbeddedError, StartFailed
from embedded.lock import DataLock
from embedded.processes import ProcessRecord, open_log, spawn, stop_child, stop_orphan, tail, wait_until
from embedded.secrets import keep_secret


def test_a_record_finds_its_process_and_no_other(tmp_path: Path) -> None:
    record = ProcessRecord.of(os.getpid())
    record.write(tmp_path / "record.json")
    assert ProcessRecord.read(tmp_path / "record.json") == record
    assert record.process() is not None
    assert replace(record, started=record.started - 5).process() is None
    assert replace(record, boot="another").process() is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x"}', "\x00"])
def test_a_broken_record_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "record.json").write_text(content)
    assert ProcessRecord.read(tmp_path / "record.json") is None


def test_an_orphan_ends_with_its_children(tmp_path: Path) -> None:
    script = "import subprocess,time; c=subprocess.Popen(['sleep','60']); print(c.pid,flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    grandchild = psutil.Process(int(child.stdout.readline()))
    stop_orphan(psutil.Process(child.pid), signal.SIGTERM, 0.5)
    child.communicate()
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


def test_a_child_that_ignores_signals_is_killed(tmp_path: Path) -> None:
    script = "import signal,time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    log = tmp_path / "log"
    child = spawn([sys.executable, "-c", script], log=log)
    wait_until(lambda: "deaf" in log.read_text(), child, what="it", log=log, seconds=10)
    stop_child(child, signal.SIGTERM, 0.2)
    assert child.returncode == -signal.SIGKILL


def test_waiting_tells_how_a_child_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = spawn([sys.executable, "-c", "import sys; sys.exit('no luck today')"], log=log)
    with pytest.raises(StartFailed, match="no luck today"):
        wait_until(lambda: False, child, what="it", log=log, seconds=10)


def test_a_missing_program_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="could not be started"):
        spawn([str(tmp_path / "nothing")], log=None)


def test_a_log_past_its_limit_keeps_one_older_generation(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "x.log"
    log.parent.mkdir()
    with log.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    os.close(open_log(log))
    assert log.stat().st_size == 0
    assert (tmp_path / "logs" / "x.log.1").exists()
    assert tail(tmp_path / "missing") == ""


def test_the_lock_is_held_by_one_and_names_its_holder(tmp_path: Path) -> None:
    with DataLock(tmp_path), pytest.raises(EmbeddedError, match=f"already in use by process {os.getpid()}"):
        DataLock(tmp_path).acquire()
    with DataLock(tmp_path):
        pass


def test_the_lock_goes_with_a_killed_holder(tmp_path: Path) -> None:
    script = (
        "import sys,os; from pathlib import Path; from embedded.lock import DataLock; "
        "DataLock(Path(sys.argv[1])).acquire(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)])
    with DataLock(tmp_path):
        pass


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    first = keep_secret(path)
    assert keep_secret(path) == first
    assert len(first) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
