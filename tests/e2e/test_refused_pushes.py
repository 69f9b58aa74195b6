"""Guards: a push that must not land says why, by file, line, column and token, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.workbench import BASE, TOKENS, Git, System, Workbench, lines_of
from tests.service import PASSWORD

LARGE = 9 << 20


@pytest.fixture(scope="module")
def target(bench: Workbench) -> System:
    """A system with two tokens that none of the pushes here may change."""
    return bench.make_system("Refused", visibility="private")


@pytest.fixture(scope="module")
def origin(target: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return target.started(tmp_path_factory.mktemp("origin") / "work")


@pytest.fixture
def work(origin: Path, target: System, git: Git, tmp_path: Path) -> Path:
    """A clone of a test's own."""
    git("clone", "-q", "--no-hardlinks", origin, tmp_path / "work", cwd=tmp_path)
    git("remote", "set-url", "origin", target.url(), cwd=tmp_path / "work")
    return tmp_path / "work"


CONTENTS = {
    "unknown alias": (
        {TOKENS: BASE.replace("{color.brand}", "{color.brand.999}")},
        [f"{TOKENS}:8:17 color.link:", "{color.brand.999}", "does not exist"],
    ),
    "an alias whose target goes": (
        {TOKENS: BASE.replace('"brand"', '"other"')},
        [f"{TOKENS}:8:17 color.link:", "{color.brand}", "does not exist"],
    ),
    "an alias from another file": (
        {"tokens/more.tokens.json": '{\n  "size": { "a": { "$value": "{size.b}" } }\n}\n'},
        ["tokens/more.tokens.json:2:30 size.a:", "{size.b}", "does not exist"],
    ),
    "a cycle": (
        {TOKENS: BASE.replace('{ "colorSpace": "srgb", "components": [0.2, 0.4, 1] }', '"{color.link}"')},
        [f"{TOKENS}:5:", "color.brand", "color.link"],
    ),
    "malformed JSON": ({TOKENS: BASE.replace('"link":', '"link"')}, [f"{TOKENS}:7:12"]),
    "cut short": ({TOKENS: BASE[:60]}, [f"{TOKENS}:"]),
    "not UTF-8": ({TOKENS: BASE.encode().replace(b"srgb", b"sr\xffgb")}, [f"{TOKENS}:5:"]),
    "a duplicate key": ({TOKENS: BASE.replace('"link"', '"brand"')}, [f"{TOKENS}:7:5", "brand"]),
    "a wrong shape": ({TOKENS: BASE.replace("[0.2, 0.4, 1]", "[0.2, 0.4]")}, [f"{TOKENS}:5:", "color.brand"]),
    "a bad name": ({TOKENS: BASE.replace('"link"', '"li.nk"')}, [f"{TOKENS}:7:5", "li.nk"]),
    "too large": (
        {"tokens/large.tokens.json": '{"a": {"$type": "string", "$value": "' + "x" * LARGE + '"}}'},
        ["tokens/large.tokens.json", f"{LARGE // 1_000_000:,}", "bytes"],
    ),
    "a broken manifest": ({"designsystem.json": '{"tokens": 3}'}, ["designsystem.json:1:12"]),
    "a broken component": ({"components/Button/component.json": "{"}, ["components/Button/component.json:1:"]),
}


@pytest.mark.parametrize("name", list(CONTENTS))
def test_what_cannot_stand_is_refused_by_line_and_leaves_nothing(
    target: System, work: Path, git: Git, name: str
) -> None:
    files, words = CONTENTS[name]
    git.commit(work, files)
    refused(target, git, work, words, "HEAD:main")
    refused(target, git, work, words, "HEAD:refs/heads/new")  # on every branch, also one that is made


def refused(target: System, git: Git, work: Path, words: list[str], *refs: str) -> None:
    before = target.footprint()
    said = git.refused("push", "origin", *refs, cwd=work)
    assert lines_of(said, words), said
    assert "nothing was changed" in said
    assert target.footprint() == before


def test_symbolic_links_and_submodules_are_refused_in_token_and_component_folders(
    target: System, work: Path, git: Git
) -> None:
    first = git.head(work)
    (work / "components/Button").mkdir(parents=True)
    for path in ("tokens/link.tokens.json", "components/Button/index.tsx"):
        (work / path).symlink_to("../../etc/passwd")
        git("add", path, cwd=work)
        git("commit", "-q", "-m", "link", cwd=work)
        refused(target, git, work, [path, "symbolic link"], "HEAD:main")
        git("reset", "-q", "--hard", first, cwd=work)
    git("update-index", "--add", "--cacheinfo", f"160000,{first},tokens/sub.tokens.json", cwd=work)
    git("commit", "-q", "-m", "submodule", cwd=work)
    refused(target, git, work, ["tokens/sub.tokens.json", "submodule"], "HEAD:main")


@pytest.mark.parametrize(
    ("refspec", "words"),
    [
        (":main", ["refs/heads/main", "the default branch cannot be deleted"]),
        ("HEAD:refs/heads/-dash", ["refs/heads/-dash", "-"]),
        ("HEAD:refs/tags/-dash", ["refs/tags/-dash"]),
        ("HEAD:refs/heads/HEAD", ["refs/heads/HEAD", "not a valid"]),
        ("HEAD:refs/notes/x", ["refs/notes/x", "only refs/heads/ and refs/tags/"]),
        ("HEAD:refs/pull/1/head", ["refs/pull/1/head", "only refs/heads/ and refs/tags/"]),
        ("HEAD:refs/heads/" + "x" * 240, ["at most 240 bytes"]),
        ("HEAD:refs/heads/main/below", ["refs/heads/main/below", "beside refs/heads/main"]),
        ("HEAD^{tree}:refs/heads/tree", ["refs/heads/tree", "a branch stands at a commit"]),
    ],
)
def test_names_that_may_not_be_are_refused(
    target: System, work: Path, git: Git, refspec: str, words: list[str]
) -> None:
    git.commit(work, {"notes.md": refspec})
    before = target.footprint()
    said = git.refused("push", "origin", refspec, cwd=work)
    assert lines_of(said.replace("\nremote:", ""), words) or all(word in said for word in words), said
    assert "xds validate" not in said or "tree" in refspec  # it looks at files, which are fine
    assert target.footprint() == before


def test_a_good_branch_does_not_carry_a_bad_one_in(target: System, work: Path, git: Git) -> None:
    git.commit(work, {"notes.md": "fine\n"})
    git("branch", "fine", cwd=work)
    git.commit(work, {TOKENS: "{"})
    refused(target, git, work, [f"{TOKENS}:1:"], "fine", "HEAD:main")


def test_what_was_judged_and_refused_misleads_no_later_read(bench: Workbench, git: Git, tmp_path: Path) -> None:
    """The good branch's files were read in quarantine, which is gone: nothing may be derived from them."""
    system = bench.make_system()
    work = system.clone(tmp_path / "work")
    older = git.commit(work, {TOKENS: BASE.replace("0.2", "0.3")})
    git.commit(work, {TOKENS: BASE})
    git("push", "-q", "origin", "main", cwd=work)
    git("checkout", "-q", "-b", "good", cwd=work)
    git.commit(work, {TOKENS: BASE.replace("0.2", "0.9"), "tokens/new.tokens.json": "{}"})
    git("checkout", "-q", "-b", "worse", cwd=work)
    git.commit(work, {"tokens/z.tokens.json": "{"})
    refused(system, git, work, ["tokens/z.tokens.json:1:"], "good", "worse")
    assert system.tokens(ref=older)["color.brand"]["value"]["components"] == [0.3, 0.4, 1]
    system.check_level()


def test_a_fault_that_a_later_commit_mends_is_no_matter(bench: Workbench, git: Git, tmp_path: Path) -> None:
    system = bench.make_system()
    work = system.started(tmp_path / "work")
    git.commit(work, {TOKENS: "{"}, "break")
    git.commit(work, {TOKENS: BASE, "notes.md": "mended\n"}, "mend")
    git("push", "-q", "origin", "main", cwd=work)
    assert len(system.tokens()) == 2
    system.check_level()
    old = system.tokens(ref=git.head(work, "HEAD~1"))
    assert old == {}


def test_who_may_not_push_is_told_so_and_changes_nothing(
    bench: Workbench, target: System, work: Path, git: Git
) -> None:
    git.commit(work, {"notes.md": "x\n"})
    other = bench.make_system("Elsewhere")
    bound = bench.make_key("write", design_system_id=str(other.id))
    before = target.footprint()
    for password, words in (
        (bench.make_key("read"), ("403",)),
        ("", ("Authentication failed", "could not read Username")),
        ("xds_" + "a" * 43, ("Authentication failed",)),
        ("wrong", ("Authentication failed",)),
        (bound, ("not found", "404")),
    ):
        said = git.refused("push", target.url(password), "HEAD:main", cwd=work)
        assert any(word in said for word in words), (password, said)
    assert target.footprint() == before
    git("ls-remote", target.url(bench.make_key("read")), cwd=work)
    for password in ("", bound):
        git.refused("ls-remote", target.url(password), cwd=work)


def test_a_viewer_reads_and_an_editor_pushes_with_the_password(bench: Workbench, git: Git, tmp_path: Path) -> None:
    system = bench.make_system()
    work = system.started(tmp_path / "work")
    email = bench.service.register("bea")
    member = f"/api/teams/{bench.team['id']}/members"
    made = bench.session.post(member, json={"email": email, "role": "viewer"})
    assert made.status_code == 201, made.text
    user = email.replace("@", "%40")
    url = system.url(PASSWORD.replace(" ", "%20"), user)
    git.commit(work, {"notes.md": "x\n"})
    git("fetch", "-q", url, cwd=work)
    assert "403" in git.refused("push", url, "main", cwd=work)
    changed = bench.session.patch(f"{member}/{made.json()['user']['id']}", json={"role": "editor"})
    assert changed.status_code == 200, changed.text
    git("push", "-q", url, "main", cwd=work)
    git("tag", "-a", "-m", "mine", "v1.0.0", cwd=work)
    before = system.footprint()
    said = git.refused("push", url, "v1.0.0", cwd=work)  # a version is an admin's to publish
    assert "refused" in said
    assert system.footprint() == before
    assert bench.session.delete(f"{member}/{made.json()['user']['id']}").status_code == 204
    git.refused("fetch", url, cwd=work)


def test_a_public_system_is_everybodys_to_read_and_nobodys_to_push(bench: Workbench, git: Git, tmp_path: Path) -> None:
    system = bench.make_system(visibility="public")
    system.started(tmp_path / "work")
    git("clone", "-q", system.url(""), tmp_path / "anonymous", cwd=tmp_path)
    git.commit(tmp_path / "anonymous", {"notes.md": "x\n"})
    before = system.footprint()
    said = git.refused("push", "origin", "main", cwd=tmp_path / "anonymous")
    assert "Authentication failed" in said or "could not read Username" in said
    assert system.footprint() == before
