from __future__ import annotations

import pytest

from gitstore.errors import BadRequest
from gitstore.refs import RefUpdate
from gitstore.wire.pktline import encode
from gitstore.wire.procreceive import Commands, ProcReceive
from gitstore.wire.pushes import RefResult

ONE, TWO, NONE = "1" * 40, "2" * 40, "0" * 40
HELLO = encode("version=1\0push-options atomic object-format=sha1\n") + b"0000"
COMMANDS = encode(f"{ONE} {TWO} refs/heads/main") + encode(f"{NONE} {ONE} refs/heads/new") + b"0000"
OPTIONS = encode("ci.skip") + b"0000"
UPDATES = [RefUpdate("refs/heads/main", ONE, TWO), RefUpdate("refs/heads/new", None, ONE)]


def test_agrees_on_features_and_collects_commands_and_options() -> None:
    conversation = ProcReceive()
    reply, commands = conversation.feed(HELLO)
    assert (reply, commands) == (encode("version=1\0atomic push-options\n") + b"0000", None)
    assert conversation.feed(COMMANDS) == (b"", None)
    assert conversation.feed(OPTIONS) == (b"", Commands(UPDATES, ["ci.skip"], atomic=True))


def test_without_push_options_the_commands_are_all() -> None:
    conversation = ProcReceive()
    reply, commands = conversation.feed(encode("version=1\0\n") + b"0000" + COMMANDS)
    assert reply == encode("version=1\0\n") + b"0000"
    assert commands == Commands(UPDATES, [], atomic=False)


def test_bytes_may_come_one_by_one() -> None:
    conversation = ProcReceive()
    answers = [conversation.feed(bytes([byte])) for byte in HELLO + COMMANDS + OPTIONS]
    assert [commands for _, commands in answers if commands] == [Commands(UPDATES, ["ci.skip"], atomic=True)]


def test_every_command_is_answered_once_and_fails_closed() -> None:
    conversation = ProcReceive()
    conversation.feed(HELLO + COMMANDS + OPTIONS)
    results = [RefResult("refs/heads/main", ok=True, new=ONE), RefResult("refs/heads/stranger", ok=True)]
    assert conversation.finish(results) == (
        encode("ok refs/heads/main\n")
        + encode(f"option new-oid {ONE}\n")
        + encode("ng refs/heads/new not handled\n")
        + b"0000"
    )
    refused = [
        RefResult("refs/heads/main", ok=False, reason="no\nsuch \x1b[31mluck"),
        RefResult("refs/heads/new", ok=True),
    ]
    assert "ng refs/heads/main no such \ufffd[31mluck".encode() in conversation.finish(refused)


@pytest.mark.parametrize(
    "stream",
    [
        encode("version=2\0\n"),
        HELLO + encode("nonsense"),
        HELLO + encode(f"{ONE} {TWO}"),
        HELLO + b"0001",
        HELLO + COMMANDS + OPTIONS + encode("more"),
        b"zzzz",
    ],
)
def test_anything_else_is_refused(stream: bytes) -> None:
    with pytest.raises(BadRequest):
        ProcReceive().feed(stream)
