"""Guards: protections and owners hold for git as for REST; a refused push says whose it is and leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.workbench import BASE, TOKENS, Git, System, Workbench, lines_of
from tests.service import PASSWORD

CHANGED = BASE.replace("0.2", "0.9")
OWNERS = "/docs/ role:admin\ntoken:color.brand @nobody-of-that-name\n"


class Editor:
    """An editor of the bench's team: a session, and a clone URL with the password in it."""

    def __init__(self, bench: Workbench, system: System) -> None:
        email = bench.service.register("editor")
        body = {"email": email, "role": "editor"}
        bench.session.post(f"/api/teams/{bench.team['id']}/members", json=body).raise_for_status()
        self.session: httpx.Client = bench.service.sign_in(email, PASSWORD)
        self.url = system.url(PASSWORD.replace(" ", "%20"), email.replace("@", "%40"))


@pytest.fixture
def system(bench: Workbench) -> System:
    return bench.make_system("Guarded")


@pytest.fixture
def editor(bench: Workbench, system: System) -> Iterator[Editor]:
    made = Editor(bench, system)
    yield made
    made.session.close()


def protect(system: System, branch: str, **rule: object) -> None:
    system.rest("PUT", f"/branches/{branch}/protection", json=rule)


def test_owners_are_asked_by_git_and_by_rest(system: System, editor: Editor, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git.commit(work, {"OWNERS": OWNERS, "docs/a.md": "a\n"})
    git("push", "-q", "origin", "main", cwd=work)
    git.commit(work, {TOKENS: CHANGED, "docs/a.md": "b\n"})
    before = system.footprint()
    said = git.refused("push", editor.url, "main", cwd=work)
    assert lines_of(said, [f"{TOKENS} color.brand: owned by @nobody-of-that-name (OWNERS:2)"]), said
    assert lines_of(said, ["docs/a.md: owned by role:admin (OWNERS:1)"]), said
    assert "nothing was changed" in said and "xds validate" not in said
    assert system.footprint() == before
    token = system.tokens()["color.brand"]
    path = f"/api/design-systems/{system.id}/tokens/{token['id']}"
    refused = editor.session.put(path, json={"description": "mine"})
    assert (refused.status_code, refused.json()["problems"][0]["subject"]) == (403, "color.brand")
    git("push", "-q", "origin", "main", cwd=work)  # an administrator is not locked out
    system.check_level()


def test_a_protected_branch_holds_against_every_kind_of_push(
    system: System, editor: Editor, git: Git, tmp_path: Path
) -> None:
    work = system.started(tmp_path / "work")
    protect(system, "main")
    protect(system, "release/*", push={"role": "editor"})
    git("push", "-q", editor.url, "main:refs/heads/release/1", "main:refs/heads/free", cwd=work)
    git.commit(work, {TOKENS: CHANGED})
    git("push", "-q", editor.url, "main:refs/heads/release/1", cwd=work)
    before = system.footprint()
    for refspec, words in {
        "main": "only administrators may push",
        "+main~1:refs/heads/release/1": "its history may not be rewritten",
        ":refs/heads/release/1": "it may not be deleted",
    }.items():
        said = git.refused("push", editor.url, refspec, cwd=work)
        assert lines_of(said, [words]), said
        assert system.footprint() == before
    said = git.refused("push", "--atomic", editor.url, "main", "main:refs/heads/free", cwd=work)
    assert system.footprint() == before
    git("push", "-q", editor.url, "+main~1:refs/heads/free", cwd=work)
    git("push", "-q", editor.url, ":refs/heads/free", cwd=work)
    git("push", "-q", "origin", "main", cwd=work)
    system.check_level()


def test_a_faulty_owners_file_is_refused_by_line(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work")
    git.commit(work, {"OWNERS": "# ours\n/docs/ ada\n"})
    before = system.footprint()
    said = git.refused("push", "origin", "main", cwd=work)
    assert lines_of(said, ["OWNERS:2:8: ada is no owner"]), said
    assert system.footprint() == before
