"""Guards: sign-ins are kept privately, one per server, and survive commands that run at once."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest

from cli.credentials import Credentials, Session
from cli.errors import CommandFailed


def session(name: str = "ada", lasts: float = 600) -> Session:
    return Session.of(f"{name}@example.org", {"access_token": "a", "refresh_token": "r", "expires_in": lasts})


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    return Credentials(tmp_path / "config" / "xds")


def test_nothing_is_known_at_first(credentials: Credentials) -> None:
    assert credentials.session("http://a") is None
    assert credentials.current() is None
    assert credentials.servers() == []


def test_each_server_has_its_sign_in(credentials: Credentials) -> None:
    credentials.keep("http://a", session("ada"), make_current=True)
    credentials.keep("http://b", session("bob"), make_current=True)
    assert credentials.session("http://a") is not None
    assert credentials.current() == "http://b"
    credentials.forget("http://b")
    assert credentials.session("http://b") is None
    assert credentials.current() == "http://a"


def test_nobody_else_can_read_the_file(credentials: Credentials) -> None:
    credentials.keep("http://a", session())
    assert stat.S_IMODE(credentials.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials.path.parent.stat().st_mode) == 0o700
    credentials.path.chmod(0o644)
    credentials.keep("http://b", session())
    assert stat.S_IMODE(credentials.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["{", "[]", '{"servers": 3}'])
def test_a_damaged_file_is_said(credentials: Credentials, content: str) -> None:
    credentials.path.parent.mkdir(parents=True)
    credentials.path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandFailed, match="is damaged; remove it and sign in again"):
        credentials.servers()


def test_a_session_knows_how_long_it_lasts() -> None:
    assert session(lasts=60).lasts(30)
    assert not session(lasts=60).lasts(90)


def test_tokens_are_not_in_its_repr() -> None:
    assert repr(session()) == "Session(email='ada@example.org')"


def test_the_lock_keeps_others_out(credentials: Credentials) -> None:
    order: list[str] = []

    def other() -> None:
        with credentials.locked():
            order.append("other")

    with credentials.locked():
        waiting = threading.Thread(target=other)
        waiting.start()
        time.sleep(0.05)
        order.append("first")
    waiting.join(5)
    assert order == ["first", "other"]
