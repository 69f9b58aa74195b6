from __future__ import annotations

import pytest
from semver import Version

from designsystem.release import TagMessage, base_among, read_message
from designsystem.versions import parsed, precedence


@pytest.mark.parametrize(
    "message",
    [
        TagMessage(),
        TagMessage("One line"),
        TagMessage("A note\n\nof two paragraphs", True, "1.0.0", "patch"),
        TagMessage("", True, None, "minor"),
        TagMessage("Ends like one\n\nAllow-Breaking-As: patch", True, "1.0.0", None),
    ],
)
def test_what_a_message_says_is_read_again(message: TagMessage) -> None:
    assert read_message(message.text("1.2.0"), "1.2.0") == message


@pytest.mark.parametrize(
    ("text", "note", "allowed"),
    [
        ("v1.2.0\n", "", None),
        ("1.2.0", "", None),
        ("Release 1.2.0\n\nmore\n", "Release 1.2.0\n\nmore", None),
        ("Out\r\n\r\nallow-breaking-as: Minor\r\n", "Out", "minor"),
        ("Out\n\nAllow-Breaking-As: nothing", "Out", None),
        (
            "Out\n\nAllow-Breaking-As: minor\nand prose",
            "Out\n\nAllow-Breaking-As: minor\nand prose",
            None,
        ),
        ("", "", None),
    ],
)
def test_what_people_write_into_tags(text: str, note: str, allowed: str | None) -> None:
    found = read_message(text, "1.2.0")
    assert (found.note, found.allowed_as, found.with_service) == (note, allowed, False)


@pytest.mark.parametrize(
    ("version", "base"),
    [("2.0.0", "1.1.0"), ("2.0.0-rc.2", "2.0.0-rc.1"), ("1.1.0", "1.0.0"), ("1.0.0", None), ("0.1.0", None)],
)
def test_a_final_version_follows_a_final_one(version: str, base: str | None) -> None:
    line = ["1.0.0", "1.1.0-rc.1", "1.1.0", "2.0.0-rc.1", "1.0.0-rc.1"]
    assert base_among(Version.parse(version), line) == base


def test_precedence_sorts_as_text() -> None:
    ordered = [
        "0.9.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-a",
        "1.0.0-a.1",
        "1.0.0-a-b",
        "1.0.0-aa",
        "1.0.0",
        "1.2.0",
        "1.10.0",
        "10.0.0",
    ]
    shuffled = ordered[::2] + ordered[1::2]
    assert sorted(shuffled, key=precedence) == ordered == sorted(shuffled, key=Version.parse)
    assert precedence("1.0.0+a") == precedence("1.0.0+b")


@pytest.mark.parametrize(
    "text", ["1.0", "v1.0.0", "1.0.0-", "01.0.0", "1.0.0-rc..1", "١.0.0", "1.0.0-" + "a" * 100, ""]
)
def test_what_is_no_version(text: str) -> None:
    assert parsed(text) is None
