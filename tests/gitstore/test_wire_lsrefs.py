"""Our native ls-refs against git's own answer, byte for byte."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest

from gitstore.commits import write_tag
from gitstore.process import environment
from gitstore.refs import head_branch, list_refs
from gitstore.wire import lsrefs
from gitstore.wire.limits import UPLOAD_PACK
from gitstore.wire.pktline import encode
from tests.gitstore.helpers import ADA, Repo, git

HEAD = encode("command=ls-refs\n") + encode("agent=git/2.39.5") + encode("object-format=sha1")


def request(*arguments: str) -> bytes:
    return HEAD + b"0001" + b"".join(encode(f"{argument}\n") for argument in arguments) + b"0000"


def told_by_git(path: Path, body: bytes) -> bytes:
    return subprocess.run(
        ["git", "upload-pack", "--stateless-rpc", path],
        input=body,
        capture_output=True,
        check=True,
        env=environment(UPLOAD_PACK, {"GIT_PROTOCOL": "version=2"}),
    ).stdout


def told_by_us(repo: Repo, body: bytes) -> bytes:
    parsed = lsrefs.parse(body)
    assert parsed is not None
    return lsrefs.answer(parsed, list_refs(repo.git), head_branch(repo.git))


FLAGS = [flags for count in range(4) for flags in itertools.combinations(["peel", "symrefs", "unborn"], count)]
PREFIXES = [
    (),
    ("ref-prefix refs/heads/",),
    ("ref-prefix refs/heads/", "ref-prefix refs/tags/", "ref-prefix HEAD"),
    ("ref-prefix refs/heads/ma",),
    ("ref-prefix nothing",),
    ("ref-prefix refs/heads/main", "ref-prefix refs/heads/main"),
]


@pytest.mark.parametrize("state", ["empty", "unborn", "loose", "packed", "mixed"])
def test_answers_exactly_as_git(repo: Repo, state: str) -> None:
    if state != "empty":
        one = repo.commit({"a": b"1"})
        for name in (
            "refs/heads/topic",
            "refs/heads/Ä",
            "refs/heads/main/x" if state == "unborn" else "refs/heads/main",
        ):
            repo.put(name, one)
        tag = write_tag(repo.git, name="v1", target=one, tagger=ADA, message="t")
        repo.put("refs/tags/v1", tag)
        repo.put("refs/tags/light", one)
    if state in ("packed", "mixed"):
        git("--git-dir", repo.path, "pack-refs", "--all", "--prune")
    if state == "mixed":
        repo.put("refs/heads/main", repo.commit({"a": b"2"}))
        repo.put("refs/heads/new/er", repo.commit({"a": b"3"}))
    for flags, prefixes in itertools.product(FLAGS, PREFIXES):
        body = request(*flags, *prefixes)
        assert told_by_us(repo, body) == told_by_git(repo.path, body), (flags, prefixes)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"0000",
        encode("command=fetch") + b"0000",
        request("peel")[:-4],
        request("something-new"),
        request("peel") + request("peel"),
        HEAD + encode("object-format=sha256") + b"0000",
        HEAD + encode("new-capability") + b"0000",
        HEAD + b"00010001" + b"0000",
        b"zzzz",
    ],
)
def test_what_we_do_not_know_is_left_to_git(body: bytes) -> None:
    assert lsrefs.parse(body) is None


def test_only_what_may_become_ls_refs_is_waited_for() -> None:
    body = request("peel")
    assert all(lsrefs.could_be_list_refs(body[:length]) for length in range(len(body)))
    assert lsrefs.could_be_list_refs(encode("command=ls-refs") + b"0000")
    assert not lsrefs.could_be_list_refs(encode("command=fetch"))
    assert not lsrefs.could_be_list_refs(b"0032want")
