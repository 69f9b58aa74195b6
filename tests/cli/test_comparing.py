from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.comparing import revision
from cli.errors import CommandFailed


def git(folder: Path, *command: str, given: bytes = b"") -> str:
    done = subprocess.run(["git", "-C", str(folder), *command], input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize("nested", [True, False], ids=["..", "absolute"])
def test_a_revision_with_files_outside_of_itself_is_not_unpacked(tmp_path: Path, nested: bool) -> None:
    """No tree that git makes has such names; one that somebody else wrote may, and a clone of it does not look."""
    folder, out = tmp_path / "clone", tmp_path / "out"
    folder.mkdir()
    git(folder, "init", "-q")
    blob = bytes.fromhex(git(folder, "hash-object", "-w", "--stdin", given=b"mine\n"))
    name = b"escaped" if nested else str(out).encode()
    tree = git(
        folder, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=b"100644 " + name + b"\0" + blob
    )
    if nested:
        above = b"40000 ..\0" + bytes.fromhex(tree)
        tree = git(folder, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=above)
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    commit = git(folder, *who, "commit-tree", tree, "-m", "x")
    with pytest.raises(CommandFailed), revision(folder, commit):
        pass
    assert not out.exists()
