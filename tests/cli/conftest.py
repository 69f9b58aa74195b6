"""Fixtures of the command line: `xds` in this process, and folders to run it on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.cli.folders import commit, write_demo

Xds = Callable[..., Result]


@pytest.fixture
def xds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Xds:
    """Runs `xds` here, as somebody without any configuration, in an empty folder."""
    for name in list(os.environ):
        if name.startswith(("XDS_", "GIT_", "GITHUB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: str | Path, text: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=text)

    return run


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The demonstration system as a plain folder."""
    return write_demo(tmp_path / "demo")


@pytest.fixture
def checkout(demo: Path) -> Path:
    """The demonstration system as a repository with one commit."""
    commit(demo)
    return demo
