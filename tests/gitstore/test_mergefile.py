"""git's own merge of lines, part by part; what looks like a marker in a file is a line like any other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstore.errors import GitProcessFailed
from gitstore.mergefile import Part, merge_file


def test_what_one_side_changed_is_merged() -> None:
    assert merge_file(b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n") == [Part(b"A\nb\nC\n")]
    assert merge_file(b"", b"", b"") == []


def test_overlaps_are_parts_with_all_three() -> None:
    parts = merge_file(b"a\nb\nc\n", b"a\n1\nc\n", b"a\n2\nc\n")
    assert parts == [Part(b"a\n"), Part(b"1\n", b"b\n", b"2\n"), Part(b"c\n")]
    assert [part.is_merged for part in parts] == [True, False, True]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_last_line_without_an_end_keeps_none(end: bytes) -> None:
    base, ours, theirs = (end.join((b"a", last)) for last in (b"b", b"1", b"2" + end))
    assert merge_file(base, ours, theirs) == [Part(b"a" + end), Part(b"1", b"b", b"2" + end)]


@pytest.mark.parametrize("sign", [b"<", b"=", b">", b"|"])
def test_lines_that_look_like_markers_are_lines(sign: bytes) -> None:
    line = sign * 41 + b" ours\n"
    same = b"".join((line, sign * 40 + b"\n", sign * 60 + b" theirs\n"))
    assert merge_file(b"x\n" + same, b"y\n" + same, b"z\n" + same) == [Part(b"y\n", b"x\n", b"z\n"), Part(same)]
    assert merge_file(b"x\n", line, b"z\n") == [Part(line, b"x\n", b"z\n")]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(GitProcessFailed):
        merge_file(b"\0a", b"\0b", b"\0c")


LINES = st.sampled_from([b"a\n", b"b\n", b"c\n", b"<<<<<<< \n", b"=======\n", b"\r\n"])
TEXTS = st.lists(LINES, max_size=6).map(b"".join)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_the_parts_of_ours_are_what_git_writes_when_ours_is_favoured(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, ours: bytes, theirs: bytes
) -> None:
    folder: Path = tmp_path_factory.mktemp("files")
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(data)
    parts = merge_file(base, ours, theirs)
    for side in ("ours", "theirs"):
        command = ["git", "merge-file", "-p", "--diff3", f"--{side}", "ours", "base", "theirs"]
        want = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
        assert b"".join(part.ours if part.is_merged or side == "ours" else part.theirs or b"" for part in parts) == want
