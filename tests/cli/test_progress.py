"""Tests that bars come up for people, late and on stderr only, and that nothing is lost or done twice for them."""

from __future__ import annotations

import io
import sys

import pytest

from cli.progress import tracked
from cli.terminal import Stream


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A stderr that is a terminal from here on; set in the test itself, since pytest sets its own before."""
    for name in ("NO_COLOR", "TTY_COMPATIBLE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    found = Screen()
    monkeypatch.setattr(sys, "stderr", found)
    return found


def test_a_bar_shows_how_far_it_has_come_and_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = shown(monkeypatch)
    assert list(tracked(range(5), "counting", Stream(stderr=True), patience=0)) == [0, 1, 2, 3, 4]
    assert "counting" in screen.getvalue() and "5/5" in screen.getvalue()
    assert "\x1b[2K" in screen.getvalue()  # the line is wiped at the end
    assert capsys.readouterr().out == ""


def test_short_work_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = shown(monkeypatch)
    stream = Stream(stderr=True)
    assert list(tracked(range(5), "counting", stream, patience=60)) == [0, 1, 2, 3, 4]
    assert list(tracked([1], "counting", stream, patience=0)) == [1]
    assert list(tracked([], "counting", stream, patience=0)) == []
    assert screen.getvalue() == ""


def test_programs_get_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TTY_COMPATIBLE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert list(tracked(range(5), "counting", Stream(stderr=True), patience=0)) == [0, 1, 2, 3, 4]
    assert capsys.readouterr() == ("", "")


def test_work_that_fails_leaves_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    shown(monkeypatch)
    with pytest.raises(ValueError, match="two"):
        for item in tracked(range(5), "counting", Stream(stderr=True), patience=0):
            if item == 2:
                raise ValueError("two")
    assert list(tracked(range(2), "again", Stream(stderr=True), patience=0)) == [0, 1]
