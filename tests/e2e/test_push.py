"""Guards: a plain git client can do all that git does over HTTP, and the index follows at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.workbench import BASE, TOKENS, Git, System, Workbench, document, lines_of

MANY_TAGS = 2000
COMPONENT = {
    "components/Button/component.json": '{\n  "name": "Button",\n  "category": "actions",\n  "props": {}\n}\n',
    "components/Button/index.tsx": "export const Button = () => null;\n",
}


def traced(git: Git, *arguments: str | Path, cwd: Path, **config: str) -> str:
    """What crossed the wire, header by header, in a command that succeeds."""
    options = [part for name, value in config.items() for part in ("-c", f"{name.replace('_', '.')}={value}")]
    ran = git.run(*options, *arguments, cwd=cwd, env={"GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1"})
    assert ran.status == 0, ran.err
    return ran.err.lower()


def test_an_empty_repository_is_cloned_and_takes_a_first_push(system: System, git: Git, tmp_path: Path) -> None:
    work = system.clone(tmp_path / "work")
    assert system.described()["head"] is None
    head = git.commit(work, {TOKENS: BASE})
    git("push", "-q", "origin", "main", cwd=work)
    assert system.described()["head"] == head
    tokens = system.tokens()
    assert set(tokens) == {"color.brand", "color.link"}
    assert {token["commit"] for token in tokens.values()} == {head}
    assert tokens["color.link"]["resolved_value"] == tokens["color.brand"]["value"]
    assert system.check_log() > 0


@pytest.mark.parametrize("branch", ["master", "trunk", "develop"])
def test_the_only_branch_of_a_first_push_becomes_the_default(
    system: System, git: Git, tmp_path: Path, branch: str
) -> None:
    work = tmp_path / "work"
    git("init", "-q", "-b", branch, work, cwd=tmp_path)
    head = git.commit(work, {TOKENS: BASE})
    git("push", "-q", system.url(), branch, cwd=work)
    found = system.described()
    assert (found["default_branch"], found["head"]) == (branch, head)
    assert len(system.tokens()) == 2
    assert git("branch", "--show-current", cwd=system.clone(tmp_path / "again")).strip() == branch
    refused = git.refused("push", system.url(), f":{branch}", cwd=work)
    assert "the default branch cannot be deleted" in refused
    system.check_level()


def test_an_existing_repository_arrives_with_history_branches_and_tags(
    system: System, git: Git, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    git("init", "-q", "-b", "master", work, cwd=tmp_path)
    git.commit(work, {TOKENS: BASE, **COMPONENT}, "one")
    for number in range(12):
        git.commit(work, {"components/Button/index.tsx": f"export const Button = () => {number};\n"}, f"edit {number}")
    git("tag", "-a", "-m", "first", "v1.0.0", "HEAD~3", cwd=work)
    git("tag", "-a", "-m", "second", "v1.10.0", cwd=work)
    git("tag", "light", cwd=work)
    git("branch", "feature/dark", "HEAD~5", cwd=work)
    git("checkout", "-q", "-b", "side", "HEAD~2", cwd=work)
    git.commit(work, {"notes.md": "side\n"})
    git("checkout", "-q", "master", cwd=work)
    git("merge", "-q", "--no-ff", "-m", "merge", "side", cwd=work)
    git("push", "-q", "--mirror", system.url(), cwd=work)

    found = system.described()
    assert (found["default_branch"], found["head"], found["version"]) == ("master", git.head(work), "1.10.0")
    button = system.items("/components")[0]
    assert button["version"] == len(system.items(f"/components/{button['id']}/versions")) == 13
    git("clone", "-q", "--mirror", system.url(), tmp_path / "mirror.git", cwd=tmp_path)
    listed = ("for-each-ref", "--format=%(refname) %(objectname)")
    assert git(*listed, cwd=tmp_path / "mirror.git") == git(*listed, cwd=work) == system.bare(*listed)
    system.check_level()
    system.check_repository()
    system.check_log()


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_clones_and_fetches_whole_shallow_and_partial(bench: Workbench, git: Git, tmp_path: Path, version: str) -> None:
    system = bench.make_system()
    origin = system.started(tmp_path / "origin")
    heads = [git.commit(origin, {"notes.md": f"{number}\n"}) for number in range(5)]
    git("push", "-q", "origin", "main", cwd=origin)
    protocol = ("-c", f"protocol.version={version}")

    whole = tmp_path / "whole"
    git(*protocol, "clone", "-q", system.url(), whole, cwd=tmp_path)
    assert git("log", "--format=%H", cwd=whole).split()[:5] == heads[::-1]

    shallow = tmp_path / "shallow"
    git(*protocol, "clone", "-q", "--depth", "1", system.url(), shallow, cwd=tmp_path)
    assert git("rev-list", "--count", "HEAD", cwd=shallow).strip() == "1"
    git(*protocol, "fetch", "-q", "--deepen", "2", cwd=shallow)
    assert git("rev-list", "--count", "HEAD", cwd=shallow).strip() == "3"
    git.commit(shallow, {"shallow.md": version})
    git(*protocol, "push", "-q", "origin", "main", cwd=shallow)
    assert system.described()["head"] == git.head(shallow)
    git(*protocol, "fetch", "-q", "--unshallow", cwd=shallow)
    assert git("rev-list", "--count", "HEAD", cwd=shallow).strip() == "7"

    partial = tmp_path / "partial"
    git(*protocol, "clone", "-q", "--filter=blob:none", "--no-checkout", system.url(), partial, cwd=tmp_path)
    assert git("rev-list", "--objects", "--missing=print", "HEAD", cwd=partial).count("?") > 5
    assert git(*protocol, "show", f"HEAD:{TOKENS}", cwd=partial) == BASE

    git(*protocol, "fetch", "-q", cwd=whole)
    assert git.head(whole, "origin/main") == git.head(shallow)


def test_an_edit_over_rest_is_what_a_pull_brings(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    token = system.tokens()["color.brand"]
    changed = {"value": {"colorSpace": "srgb", "components": [1, 0, 0]}, "message": "Turn red"}
    written = system.rest("PUT", f"/tokens/{token['id']}", json=changed).json()
    git("pull", "-q", "--ff-only", cwd=work)
    assert git.head(work) == written["commit"]
    assert git("diff", "--numstat", "HEAD~1", "HEAD", cwd=work).split() == ["1", "1", TOKENS]
    assert git("log", "-1", "--format=%s|%an|%cn", cwd=work).strip() == "Turn red|Administrator|xText Design System"
    # and back: what is pushed is read at once
    head = git.commit(work, {TOKENS: BASE})
    git("push", "-q", cwd=work)
    again = system.tokens()["color.brand"]
    assert (again["value"], again["commit"]) == (token["value"], head)


def test_branches_and_tags_are_made_forced_and_deleted(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git("branch", "topic", cwd=work)
    git("tag", "-a", "-m", "one", "one", cwd=work)
    git("push", "-q", "origin", "topic", "one", cwd=work)
    assert system.tokens(ref="one") == system.tokens(ref="topic")

    git("checkout", "-q", "topic", cwd=work)
    git.commit(work, {TOKENS: BASE.replace("1]", "0.5]")})
    git("push", "-q", "origin", "topic", cwd=work)
    assert system.tokens(ref="topic")["color.brand"]["value"]["components"] == [0.2, 0.4, 0.5]
    assert system.tokens()["color.brand"]["value"]["components"] == [0.2, 0.4, 1]
    git("commit", "-q", "--amend", "-m", "again", cwd=work)
    assert "non-fast-forward" in git.refused("push", "origin", "topic", cwd=work)
    git("push", "-q", "--force-with-lease", "origin", "topic", cwd=work)
    assert system.bare("rev-parse", "topic").strip() == git.head(work)

    git("push", "-q", "origin", ":topic", ":one", cwd=work)
    assert system.bare("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    system.check_level()
    system.check_log()


def test_a_forced_default_branch_rebuilds_the_mirror(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work", {TOKENS: BASE, **COMPONENT})
    before = system.tokens()
    for number in range(3):
        git.commit(work, {"components/Button/index.tsx": f"export const Button = () => {number};\n"})
    git.commit(work, {"tokens/more.tokens.json": document({"a": 1, "b": 2}, "number")})
    git("push", "-q", "origin", "main", cwd=work)
    assert len(system.tokens()) == 4
    assert system.items("/components")[0]["version"] == 4

    git("reset", "-q", "--hard", "HEAD~4", cwd=work)
    git.commit(work, {"components/Button/index.tsx": "export const Button = () => 'other';\n"})
    assert "non-fast-forward" in git.refused("push", "origin", "main", cwd=work)
    git("push", "-q", "--force", "origin", "main", cwd=work)
    after = system.tokens()
    assert {path: token["id"] for path, token in after.items()} == {path: token["id"] for path, token in before.items()}
    button = system.items("/components")[0]
    versions = system.items(f"/components/{button['id']}/versions")
    assert button["version"] == len(versions) == 2
    assert {version["commit"] for version in versions} == set(git("log", "--format=%H", cwd=work).split())

    # a history that shares nothing with what was there
    git("checkout", "-q", "--orphan", "fresh", cwd=work)
    git("rm", "-rqf", ".", cwd=work)
    git.commit(work, {"tokens/only.tokens.json": document({"one": 1}, "number")})
    git("push", "-q", "--force", "origin", "fresh:main", cwd=work)
    assert set(system.tokens()) == {"set.one"}
    assert system.items("/components") == []
    system.check_level()
    system.check_log()
    system.check_repository()


def test_an_atomic_push_with_options_lands_whole_or_not_at_all(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git("branch", "good", cwd=work)
    git("checkout", "-q", "-b", "bad", cwd=work)
    git.commit(work, {TOKENS: BASE.replace("{color.brand}", "{color.none}")})
    before = system.footprint()
    said = git.refused("push", "--atomic", "origin", "good", "bad", cwd=work)
    assert lines_of(said, [f"{TOKENS}:8:17 color.link", "{color.none}"])
    assert system.footprint() == before
    git.commit(work, {TOKENS: BASE})
    git("push", "-q", "--atomic", "-o", "ci.skip", "-o", "reason=Grüße", "origin", "good", "bad", cwd=work)
    assert system.bare("rev-parse", "good", "bad").split() == [git.head(work, "good"), git.head(work, "bad")]


def test_an_atomic_push_with_one_stale_branch_moves_none(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git("push", "-q", "origin", "main:refs/heads/shared", cwd=work)
    token = system.tokens()["color.brand"]
    system.rest("PUT", f"/tokens/{token['id']}", json={"description": "meanwhile", "branch": "shared"})
    git.commit(work, {"notes.md": "mine\n"})
    before = system.footprint()
    said = git.refused("push", "--atomic", "origin", "main", "main:shared", cwd=work)
    assert "atomic push failed" in said
    assert system.footprint() == before


def test_large_pushes_are_chunked_and_wait_for_100_continue(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git.commit(work, {"assets/noise.bin": os.urandom(3 << 20)})
    config = {"http_postBuffer": "1", "http_extraHeader": "Expect: 100-continue"}
    said = traced(git, "push", "-q", "origin", "main", cwd=work, **config)
    assert "transfer-encoding: chunked" in said
    assert "expect: 100-continue" in said
    assert "http/1.1 100 continue" in said
    assert system.described()["head"] == git.head(work)


@pytest.mark.parametrize("version", ["0", "2"])
def test_gzip_requests_are_understood(system: System, git: Git, tmp_path: Path, version: str) -> None:
    work = system.started(tmp_path / "work")
    other = system.clone(tmp_path / "other")
    for number in range(60):  # want lines of a long request, which git compresses
        git.commit(work, {"notes.md": f"{number}\n"})
        git("branch", f"b{number}", cwd=work)
    git("push", "-q", "--all", "origin", cwd=work)
    said = traced(git, "fetch", "-q", "origin", cwd=other, protocol_version=version)
    assert "content-encoding: gzip" in said
    assert git.head(other, "origin/main") == git.head(work)


def test_two_thousand_tags_in_one_push(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    head = git.head(work)
    made = "".join(f"create refs/tags/build/{number:04d} {head}\n" for number in range(MANY_TAGS))
    git("update-ref", "--stdin", cwd=work, text=made)
    git("push", "-q", "--tags", "origin", cwd=work)
    for version in ("0", "2"):
        again = tmp_path / f"again-{version}"
        git("-c", f"protocol.version={version}", "clone", "-q", system.url(), again, cwd=tmp_path)
        assert len(git("tag", cwd=again).split()) == MANY_TAGS
    git("push", "-q", "origin", "main:refs/heads/one-more", cwd=work)
    git("fetch", "-q", cwd=again)
    assert git.head(again, "origin/one-more") == head
    assert int(system.query("SELECT count(*) FROM refs WHERE design_system_id = $1")[0][0]) == MANY_TAGS + 2
    git("push", "-q", "origin", "--delete", *[f"build/{number:04d}" for number in range(MANY_TAGS)], cwd=work)
    assert system.bare("for-each-ref", "refs/tags") == ""
    system.check_level()
    system.check_log()


def test_concurrent_pushes_of_different_branches_all_land(system: System, git: Git, tmp_path: Path) -> None:
    system.started(tmp_path / "first")
    clones = [system.clone(tmp_path / f"c{number}") for number in range(6)]
    for number, work in enumerate(clones):
        git.commit(work, {f"tokens/t{number}.tokens.json": f'{{"t{number}": {{"$type": "number", "$value": 1}}}}'})
    with ThreadPoolExecutor(len(clones)) as pool:
        ran = list(
            pool.map(
                lambda each: git.run("push", "-q", "origin", f"HEAD:refs/heads/b{each[0]}", cwd=each[1]),
                enumerate(clones),
            )
        )
    assert [one.err for one in ran if one.status] == []
    for number, work in enumerate(clones):
        assert system.bare("rev-parse", f"b{number}").strip() == git.head(work)
        assert f"t{number}" in system.tokens(ref=f"b{number}")
    system.check_log()


def test_concurrent_pushes_of_one_branch_have_one_winner(system: System, git: Git, tmp_path: Path) -> None:
    system.started(tmp_path / "first")
    clones = [system.clone(tmp_path / f"c{number}") for number in range(5)]
    for number, work in enumerate(clones):
        git.commit(work, {"winner.md": f"{number}\n"})
    with ThreadPoolExecutor(len(clones)) as pool:
        ran = list(pool.map(lambda work: git.run("push", "origin", "main", cwd=work), clones))
    assert sorted(one.status for one in ran) == [0, 1, 1, 1, 1]
    for one, work in zip(ran, clones, strict=True):
        if one.status == 0:
            assert system.described()["head"] == git.head(work)
        else:
            assert "fetch first" in one.err or "non-fast-forward" in one.err, one.err
    system.check_log()
    system.check_repository()


def test_a_file_outside_the_globs_is_never_judged(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    (work / "src").mkdir()
    (work / "src/link").symlink_to("../tokens")
    git("update-index", "--add", "--cacheinfo", f"160000,{git.head(work)},vendor/sub", cwd=work)
    files = {
        "package.json": "{ not json",
        "src/color.tokens.json": '{"a": {"$value": "{no.where}"}}',
        "src/twice.json": '{"a": 1, "a": 2}',
        "docs/large.json": "[" + "0," * (5 << 20) + "0]",
    }
    for name, content in files.items():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(content)
    git("add", "package.json", "src", "docs", cwd=work)
    git("commit", "-q", "-m", "everything else", cwd=work)
    git("push", "-q", "origin", "main", cwd=work)
    assert len(system.tokens()) == 2
    system.check_level()
