from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pygit2.enums import ObjectType

from gitstore.commits import Person, write_tag
from gitstore.tags import read_tag
from tests.index.histories import History

ADA = Person("Ada", "ada@example.org")
WHEN = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def raw(history: History, text: bytes) -> str:
    with history.store.open(history.id) as repo:
        return str(repo.odb.write(ObjectType.TAG, text))


def test_what_was_written_is_read(history: History) -> None:
    commit = history.commit({"a": b"1"})
    with history.store.open(history.id) as repo:
        oid = write_tag(repo, name="v1.0.0", target=commit, tagger=ADA, message="Out\n\nmore", when=WHEN)
        tag = read_tag(repo, oid)
    assert tag is not None
    assert (tag.name, tag.commit, tag.tagger, tag.tagged_at, tag.message) == (
        "v1.0.0",
        commit,
        ADA,
        WHEN,
        "Out\n\nmore",
    )


def test_a_commit_is_no_tag(history: History) -> None:
    commit = history.commit({"a": b"1"})
    with history.store.open(history.id) as repo:
        assert read_tag(repo, commit) is None
        assert read_tag(repo, "1" * 40) is None


def test_a_tag_of_a_tag_leads_to_its_commit(history: History) -> None:
    commit = history.commit({"a": b"1"})
    with history.store.open(history.id) as repo:
        inner = write_tag(repo, name="inner", target=commit, tagger=ADA, message="x", when=WHEN)
    outer = raw(history, f"object {inner}\ntype tag\ntag v1.0.0\ntagger A <a@b.c> 5 +0000\n\nx\n".encode())
    with history.store.open(history.id) as repo:
        tag = read_tag(repo, outer)
    assert tag is not None and tag.commit == commit


def test_odd_tags_are_read_as_far_as_they_go(history: History) -> None:
    with history.store.open(history.id) as repo:
        blob = str(repo.create_blob(b"x"))
    headers = f"object {blob}\ntype blob\ntag caf\u00e9\n".encode("latin-1") + b"encoding latin-1\n"
    oid = raw(history, headers + b"\nSigned\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n")
    with history.store.open(history.id) as repo:
        tag = read_tag(repo, oid)
    assert tag is not None
    assert (tag.name, tag.commit, tag.message, tag.tagger.email) == ("café", None, "Signed", "")
