"""Guards: which server and system a command means, and that a credential goes only where the user said."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from cli.credentials import Credentials, Session
from cli.errors import CommandFailed
from cli.servers import (
    DEFAULT_SERVER,
    Remote,
    SystemName,
    chosen_server,
    is_plain,
    normal,
    parse_remote,
    remote_of,
    token_from_environment,
    wanted_system,
)
from tests.cli.folders import git

SESSION = Session("ada@example.org", "a", "r", 0)


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("XDS_SERVER", "XDS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ("http://localhost:8420/", "http://localhost:8420"),
        ("HTTPS://Design.Example.org", "https://design.example.org"),
        ("https://example.org:443/xds/", "https://example.org/xds"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_urls_have_one_form(given: str, want: str) -> None:
    assert normal(given) == want


@pytest.mark.parametrize(
    "given", ["", "example.org", "ftp://x", "http://", "http://me:pw@x", "http://x:y", "http://x?a"]
)
def test_other_urls_are_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter):
        normal(given)


def test_the_server_is_the_one_given_else_the_last_else_this_machine() -> None:
    assert chosen_server(None) == DEFAULT_SERVER
    Credentials().keep("https://a.example", SESSION, make_current=True)
    assert chosen_server(None) == "https://a.example"
    assert chosen_server("https://b.example/") == "https://b.example"


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("http://h:1/git/acme/ui.git", Remote("http://h:1", SystemName("acme", "ui"))),
        ("https://x:key@h/sub/git/acme/ui", Remote("https://h/sub", SystemName("acme", "ui"))),
        ("https://github.com/git/git.git", None),
        ("git@github.com:acme/ui.git", None),
        ("https://github.com/acme/ui.git", None),
    ],
)
def test_clone_urls_name_a_system(url: str, want: Remote | None) -> None:
    assert parse_remote(url) == want


def test_of_several_remotes_the_known_server_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert remote_of(tmp_path, None) is None
    git(tmp_path, "remote", "add", "aaa", "https://a.example/git/t/s.git")
    git(tmp_path, "remote", "add", "origin", "https://o.example/git/t/s.git")
    git(tmp_path, "remote", "add", "zzz", "https://z.example/git/t/s.git")
    name = SystemName("t", "s")
    assert remote_of(tmp_path, None) == Remote("https://o.example", name)
    assert remote_of(tmp_path, "https://a.example/") == Remote("https://a.example", name)
    assert remote_of(tmp_path, "https://else.example") is None
    Credentials().keep("https://z.example", SESSION)
    assert remote_of(tmp_path, None) == Remote("https://z.example", name)


def test_a_system_is_named_or_inferred(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no clone of a design system"):
        wanted_system(None, None)
    assert wanted_system("a/b", None) == (DEFAULT_SERVER, SystemName("a", "b"))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "https://o.example/git/t/s.git")
    assert wanted_system(None, None) == ("https://o.example", SystemName("t", "s"))


def test_the_token_of_the_environment_goes_to_the_chosen_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDS_TOKEN", "xds_secret")
    monkeypatch.setenv("XDS_SERVER", "https://mine.example")
    assert token_from_environment("https://mine.example", None) == "xds_secret"
    assert token_from_environment("https://evil.example", None) is None
    assert token_from_environment("https://other.example", "https://other.example") == "xds_secret"


def test_what_can_be_overheard_is_told_apart() -> None:
    assert is_plain("http://design.example.org")
    assert not is_plain("https://design.example.org")
    assert not is_plain("http://127.0.0.1:8420")
