"""The machine's git against the served wire: everything a stock client does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gitstore.refs import list_refs, read_ref
from tests.gitstore.helpers import Repo, fsck, git
from tests.gitstore.wire_server import WireServer

MAIN = "refs/heads/main"


@pytest.fixture
def seeded(repo: Repo) -> Repo:
    first = repo.commit({"tokens/a.tokens.json": b"{}\n", "README.md": b"one\n"}, message="One")
    second = repo.commit({"README.md": b"two\n"}, first, message="Two")
    third = repo.commit({"README.md": b"three\n", "big.txt": b"x" * 5000}, second, message="Three")
    repo.put(MAIN, third)
    return repo


async def clone(wire: WireServer, repo: Repo, *options: str, config: dict[str, str] | None = None) -> Path:
    target = wire.folder / f"clone{len(list(wire.folder.iterdir()))}"
    await wire.ok("clone", "-q", *options, wire.url(repo.path), target, config=config)
    return target


async def change(wire: WireServer, work: Path, text: str, name: str = "README.md") -> None:
    (work / name).parent.mkdir(parents=True, exist_ok=True)
    (work / name).write_text(text)
    await wire.ok("add", "-A", cwd=work)
    await wire.ok("commit", "-q", "-m", text[:40], cwd=work)


@pytest.mark.parametrize("version", ["0", "1", "2"])
async def test_clones_fetches_and_pushes_in_every_protocol_version(
    wire: WireServer, seeded: Repo, version: str
) -> None:
    config = {"protocol.version": version}
    work = await clone(wire, seeded, config=config)
    assert (work / "README.md").read_text() == "three\n"
    await change(wire, work, "four\n")
    pushed = await wire.ok("push", "origin", "main", cwd=work, config=config)
    assert "welcome" in pushed.err
    head = git("rev-parse", "HEAD", cwd=work).strip()
    assert read_ref(seeded.git, MAIN) == head
    other = await clone(wire, seeded, config=config)
    await change(wire, work, "five\n")
    await wire.ok("push", "-q", "origin", "main", cwd=work, config=config)
    await wire.ok("pull", "-q", cwd=other, config=config)
    assert (other / "README.md").read_text() == "five\n"
    assert fsck(seeded.path) == ""
    assert wire.closed == 2


async def test_clones_shallow_and_deepens(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded, "--depth", "1")
    assert git("rev-list", "--count", "HEAD", cwd=work).strip() == "1"
    await wire.ok("fetch", "-q", "--unshallow", cwd=work)
    assert git("rev-list", "--count", "HEAD", cwd=work).strip() == "3"


async def test_clones_without_blobs_and_fetches_them_when_needed(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded, "--filter=blob:none", "--no-checkout")
    assert "?" in git("rev-list", "--objects", "--missing=print", "HEAD", cwd=work)
    await wire.ok("checkout", "-q", "main", cwd=work)
    assert (work / "big.txt").read_text() == "x" * 5000
    shown = await wire.ok("show", "HEAD~2:README.md", cwd=work)
    assert shown.out == "one\n"


@pytest.mark.parametrize("version", ["0", "2"])
async def test_clones_an_empty_repository_and_pushes_the_first_commit(
    wire: WireServer, repo: Repo, version: str
) -> None:
    work = await clone(wire, repo, config={"protocol.version": version, "init.defaultBranch": "other"})
    branch = git("symbolic-ref", "--short", "HEAD", cwd=work).strip()
    assert branch == ("main" if version == "2" else "other")
    await change(wire, work, "hello\n")
    await wire.ok("push", "-q", "origin", "HEAD:main", cwd=work)
    assert read_ref(repo.git, MAIN) == git("rev-parse", "HEAD", cwd=work).strip()


async def test_a_refused_push_says_why_and_leaves_nothing(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    before = read_ref(seeded.git, MAIN)
    await change(wire, work, "FORBIDDEN\n", "tokens/b.tokens.json")
    result = await wire.git("push", "origin", "main", cwd=work)
    assert result.status != 0
    assert "remote: tokens/b.tokens.json:1:1 a.b: FORBIDDEN is forbidden" in result.err
    assert "pre-receive hook declined" in result.err
    assert read_ref(seeded.git, MAIN) == before
    assert wire.landed == []
    assert wire.closed == 1
    assert list((seeded.path / "objects").glob("tmp_objdir*")) == []
    head = git("rev-parse", "HEAD", cwd=work).strip()
    assert "missing" in git("--git-dir", seeded.path, "cat-file", "--batch-check", stdin=f"{head}\n".encode())


async def test_judges_objects_in_quarantine_inside_the_repository(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    await change(wire, work, "four\n")
    await wire.ok("push", "-q", "origin", "main", cwd=work)
    quarantine = wire.requests[0].quarantine
    assert quarantine is not None
    assert quarantine.parent == seeded.path / "objects"
    assert not quarantine.exists()


async def test_passes_push_options_and_atomicity_to_both_hooks(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    await change(wire, work, "four\n")
    await wire.ok("branch", "topic", cwd=work)
    await wire.ok("push", "-q", "--atomic", "-o", "ci.skip", "-o", "message=Grüße", "origin", "main", "topic", cwd=work)
    assert wire.requests[0].atomic
    assert wire.requests[0].options == ["ci.skip", "message=Grüße"]
    updates, options, atomic = wire.landed[0]
    assert ({u.name for u in updates}, options, atomic) == (
        {MAIN, "refs/heads/topic"},
        ["ci.skip", "message=Grüße"],
        True,
    )


async def test_an_atomic_push_with_one_moved_branch_moves_none(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    tip = read_ref(seeded.git, MAIN)
    await change(wire, work, "four\n")
    wire.judging_seconds = 1.0
    pushing = asyncio.create_task(wire.git("push", "--atomic", "origin", "main", "HEAD:refs/heads/new", cwd=work))
    await wire.judging.wait()
    moved = seeded.commit({"README.md": b"meanwhile\n"}, str(tip))
    seeded.put(MAIN, moved)
    result = await pushing
    assert result.status != 0
    assert read_ref(seeded.git, MAIN) == moved
    assert read_ref(seeded.git, "refs/heads/new") is None
    assert f"{MAIN} is at {moved}" in result.err


async def test_deletes_forces_and_tags(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    await wire.ok("push", "-q", "origin", "main:refs/heads/old", "main:refs/heads/deep/er", cwd=work)
    await wire.ok("tag", "-a", "-m", "first", "v1.0.0", cwd=work)
    await wire.ok("push", "-q", "origin", "v1.0.0", cwd=work)
    await wire.ok("push", "-q", "origin", ":refs/heads/old", cwd=work)
    await wire.ok("reset", "-q", "--hard", "HEAD~1", cwd=work)
    await wire.ok("push", "-q", "--force", "origin", "main", cwd=work)
    refs = list_refs(seeded.git)
    assert sorted(refs) == ["refs/heads/deep/er", MAIN, "refs/tags/v1.0.0"]
    assert refs[MAIN].oid == git("rev-parse", "HEAD", cwd=work).strip()
    assert refs["refs/tags/v1.0.0"].peeled == refs["refs/heads/deep/er"].oid


async def test_a_stale_push_is_refused_by_compare_and_swap(wire: WireServer, seeded: Repo) -> None:
    one, two = await clone(wire, seeded), await clone(wire, seeded)
    await change(wire, one, "from one\n")
    await change(wire, two, "from two\n", "other.md")
    results = await asyncio.gather(
        wire.git("push", "origin", "main", cwd=one), wire.git("push", "origin", "main", cwd=two)
    )
    assert sorted(result.status for result in results) == [0, 1]
    assert wire.closed == len(wire.requests)


async def test_takes_chunked_posts_and_gzip_bodies(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded, config={"protocol.version": "0"})
    for number in range(40):
        await change(wire, work, f"{number}\n")
    await wire.ok("push", "-q", "origin", "main", cwd=work, config={"http.postBuffer": "1024"})
    assert any(seen.get("transfer-encoding") == "chunked" for seen in wire.seen)
    for number in range(60):
        seeded.put(f"refs/heads/b{number}", seeded.commit({f"b{number}": b"x"}))
    for version in ("0", "2"):
        await clone(wire, seeded, config={"protocol.version": version})
    assert sum(seen.get("content-encoding") == "gzip" for seen in wire.seen) == 2


async def test_names_outside_branches_and_tags_are_refused_one_by_one(wire: WireServer, seeded: Repo) -> None:
    work = await clone(wire, seeded)
    result = await wire.git("push", "origin", "main:refs/notes/x", "main:refs/heads/kept", cwd=work)
    assert result.status != 0
    assert "only refs/heads/ and refs/tags/" in result.err
    assert sorted(list_refs(seeded.git)) == ["refs/heads/kept", MAIN]


async def test_clones_five_thousand_references(wire: WireServer, seeded: Repo) -> None:
    tip = read_ref(seeded.git, MAIN)
    lines = "".join(f"create refs/tags/t{number:05d} {tip}\n" for number in range(5000))
    git("--git-dir", seeded.path, "update-ref", "--stdin", stdin=lines.encode())
    work = await clone(wire, seeded)
    assert len(git("tag", cwd=work).splitlines()) == 5000
    again = await clone(wire, seeded, config={"protocol.version": "0"})
    assert len(git("tag", cwd=again).splitlines()) == 5000
