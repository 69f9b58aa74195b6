"""`xds import`: brings a repository with its whole history, or a plain folder, into a design system."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import git
from cli.client import Client, Refused, connected
from cli.errors import CommandFailed
from cli.keys import find_team
from cli.output import AsJson, console, errors, escape, failures, lines_to_stderr, note, print_json
from cli.servers import ServerOption, SystemName, chosen_server

_REFS_AT_ONCE = 500  # a server takes 1,000 in one push unless told otherwise
_TOKEN_SECONDS = 300.0  # the credential goes with every request of a push, which may take long to prepare
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Source:
    """A repository to push from: where git runs, in which environment, and the refs in the order to push them."""

    directory: Path
    environment: Mapping[str, str]
    batches: Sequence[Sequence[str]]

    @property
    def refs(self) -> list[str]:
        """Every ref, once."""
        return list(dict.fromkeys(ref for batch in self.batches for ref in batch))


@dataclass(frozen=True, slots=True)
class Target:
    """The design system to push into, and whether team and system were made for it just now."""

    system: dict[str, Any]
    made_team: bool
    made_system: bool


def import_(
    path: Annotated[Path, typer.Argument(help="A git repository, or a plain folder.")],
    team: Annotated[str, typer.Option(help="Slug of the team; made if there is none.")],
    name: Annotated[str, typer.Option(help="Name of the design system; made if there is none.")],
    slug: Annotated[str | None, typer.Option(help="Its part of the clone URL.", show_default="from the name")] = None,
    public: Annotated[bool, typer.Option("--public", help="Let everybody read a system that is made.")] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Push a repository with all branches, tags and history into a design system, or a folder as one commit.

    The repository and its configuration stay as they are.
    """
    from services.slugs import slug_of

    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            with _source(path, client) as source:
                target = _target(client, team, name, slug or slug_of(name, "system"), public=public)
                _push(client, source, target, quiet=as_json)
            system = client.get(f"/api/design-systems/{target.system['id']}")
    if as_json:
        made = {"made_team": target.made_team, "made_system": target.made_system}
        print_json({"system": system, "clone_url": system["clone_url"], **made, "refs": source.refs})
    else:
        console.print(f"imported {_counted(source.refs)} into [bold]{escape(str(SystemName.of(system)))}[/]")
        console.print(f"git clone {escape(system['clone_url'])}")
        if system["visibility"] == "private":
            note("when git asks for a password, give it an API key: xds keys create NAME --scope write")


@contextmanager
def _source(path: Path, client: Client) -> Iterator[Source]:
    if not path.is_dir():
        raise CommandFailed(f"there is no folder {path}")
    folder = path.resolve()
    if _is_repository(folder):
        environment = git.user_environment()
        yield Source(folder, environment, _batches(folder, environment))
        return
    with git.temporary_repository(folder) as environment:
        _commit_folder(folder, environment, client.get("/api/auth/me"))
        # the user's git, with their proxy settings, pushes from our repository
        variables = {**git.user_environment(), "GIT_DIR": environment["GIT_DIR"]}
        yield Source(Path(environment["GIT_DIR"]), variables, [["refs/heads/main"]])


def _is_repository(folder: Path) -> bool:
    """Whether the folder is a repository itself, bare or not; one inside a repository is a plain folder to us."""
    if git.ask(["rev-parse", "--is-bare-repository"], cwd=folder) == "true":
        return git.ask(["rev-parse", "--absolute-git-dir"], cwd=folder) == str(folder)
    if not (folder / ".git").exists():
        return False
    git.run(["rev-parse", "--git-dir"], cwd=folder)  # says why, where git cannot use it
    return True


def _batches(folder: Path, environment: Mapping[str, str]) -> list[list[str]]:
    """All branches and tags in portions that a server takes; what the repository has checked out goes first.

    A new system takes main, master or trunk of the first push as its default branch, else the branch that comes alone.
    """
    if git.ask(["rev-parse", "--is-shallow-repository"], cwd=folder) == "true":
        raise CommandFailed(f"{folder} is a shallow clone without its history; first run: git fetch --unshallow")
    listed = git.run(["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"], cwd=folder, env=environment)
    refs = listed.decode("utf-8", "surrogateescape").split()
    branches = [ref for ref in refs if ref.startswith("refs/heads/")]
    if not branches:
        raise CommandFailed(f"{folder} has no branch with a commit; commit something first")
    _tell_of_remote_branches(folder, branches)
    batches = [refs[start : start + _REFS_AT_ONCE] for start in range(0, len(refs), _REFS_AT_ONCE)]
    current = git.ask(["symbolic-ref", "--quiet", "HEAD"], cwd=folder)
    usual = {"refs/heads/main", "refs/heads/master", "refs/heads/trunk"}
    return [[current], *batches] if current in branches and usual.isdisjoint(branches) else batches


def _tell_of_remote_branches(folder: Path, branches: Sequence[str]) -> None:
    """Branches that a clone only knows as its remote's are not its own, and easily overlooked."""
    listed = git.ask(["for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes"], cwd=folder) or ""
    missing = {name for name in listed.split() if name != "HEAD" and f"refs/heads/{name}" not in branches}
    if missing:
        note(f"{len(missing)} branch(es) exist at its remote only and stay there; a `git clone --mirror` has them all")


def _commit_folder(folder: Path, environment: Mapping[str, str], me: Mapping[str, Any]) -> None:
    """One commit of everything that .gitignore leaves, by the user."""
    person = {"NAME": str(me["name"]), "EMAIL": str(me["email"])}
    signed = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in person.items()}
    variables = {**environment, **signed}
    git.run(["add", "--all", "."], cwd=folder, env=variables)
    if not git.run(["ls-files", "-z"], cwd=folder, env=variables):
        raise CommandFailed(f"{folder} holds no files that could be imported")
    git.run(["commit", "--quiet", "--no-verify", "--message", f"Import {folder.name}"], cwd=folder, env=variables)


def _target(client: Client, team_slug: str, name: str, slug: str, *, public: bool) -> Target:
    team = find_team(client, team_slug)
    made_team = team is None
    if team is None:
        team = _make_team(client, team_slug)
        note(f"made team {team_slug}")
    listed = client.items("/api/design-systems", team_id=team["id"], q=slug)
    system = next((each for each in listed if each["slug"] == slug), None)
    if system is not None:
        note(f"using design system {team_slug}/{slug}, which exists")
        return Target(system, made_team, made_system=False)
    visibility = "public" if public else "private"
    system = client.post("/api/design-systems", team_id=team["id"], name=name, slug=slug, visibility=visibility)
    note(f"made {visibility} design system {team_slug}/{slug}")
    return Target(system, made_team, made_system=True)


def _make_team(client: Client, slug: str) -> dict[str, Any]:
    try:
        made: dict[str, Any] = client.post("/api/teams", name=slug.replace("-", " ").title(), slug=slug)
    except Refused as error:
        if error.status != _CONFLICT:
            raise
        message = f"team {slug} exists and you are not a member; ask one of its admins to add you"
        raise CommandFailed(message) from error
    return made


def _push(client: Client, source: Source, target: Target, *, quiet: bool) -> None:
    """Push every portion; what git and the server say goes to the user as it is."""
    url = f"{client.server}/git/{SystemName.of(target.system)}.git"
    command = ["git", "push", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no"]
    command += ["--progress"] if errors.is_terminal and not quiet else []
    said = subprocess.PIPE if quiet else None
    for batch in source.batches:
        config = {
            # for this server alone, should it redirect
            f"http.{client.server}/.extraHeader": f"Authorization: Bearer {client.require_bearer(_TOKEN_SECONDS)}",
            "credential.helper": "",
        }
        done = subprocess.run(
            [*command, "--", url, *(f"{ref}:{ref}" for ref in batch)],
            cwd=source.directory,
            env=git.with_config(source.environment, config),
            stdout=subprocess.DEVNULL,
            stderr=said,
            check=False,
        )
        if done.returncode != 0:
            lines_to_stderr((done.stderr or b"").decode("utf-8", "replace").splitlines())
            raise CommandFailed(_refused(target))


def _refused(target: Target) -> str:
    where = SystemName.of(target.system)
    if target.made_system:
        return f"the push was refused, as said above; {where} exists now and is empty: mend it and run this again"
    return f"the push to {where} was refused, as said above"


def _counted(refs: list[str]) -> str:
    branches = sum(ref.startswith("refs/heads/") for ref in refs)
    tags = len(refs) - branches
    said = f"{branches} branch{'' if branches == 1 else 'es'}"
    return f"{said} and {tags} tag{'' if tags == 1 else 's'}" if tags else said
