"""Which server a command speaks to, and which design system it means."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import typer

from cli import git
from cli.credentials import Credentials
from cli.errors import CommandFailed

DEFAULT_SERVER = "http://127.0.0.1:8420"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="XDS_SERVER",
        help="URL of the service.",
        show_default=f"where you signed in last, else {DEFAULT_SERVER}",
    ),
]

_REMOTE = re.compile(r"(?P<server>https?://.+?)/git/(?P<team>[a-z0-9-]+)/(?P<system>[a-z0-9-]+?)(?:\.git)?/?\Z")


@dataclass(frozen=True, slots=True)
class SystemName:
    """A design system as people name it: ``team/system``."""

    team: str
    system: str

    def __str__(self) -> str:
        return f"{self.team}/{self.system}"

    @classmethod
    def parse(cls, text: str) -> SystemName:
        """What stands behind ``TEAM/SYSTEM``; raises typer.BadParameter for anything else."""
        team, slash, system = text.partition("/")
        if not (team and slash and system) or "/" in system:
            raise typer.BadParameter(f"{text!r} is not TEAM/SYSTEM, such as acme/acme-ui")
        return cls(team, system.removesuffix(".git"))

    @classmethod
    def of(cls, document: dict[str, Any]) -> SystemName:
        """The name of a system that the server described: its clone URL tells the team's slug."""
        found = _REMOTE.match(str(document["clone_url"]))
        return cls(found["team"], found["system"]) if found else cls("?", str(document["slug"]))


@dataclass(frozen=True, slots=True)
class Remote:
    """A design system at a server."""

    server: str
    name: SystemName


def chosen_server(given: str | None) -> str:
    """The server given by option or environment, else the one signed in at last, else the one on this machine."""
    return normal(given) if given else Credentials().current() or DEFAULT_SERVER


def normal(url: str) -> str:
    """A server's URL in the one form that it is remembered by; raises typer.BadParameter where it is none."""
    parts = urlsplit(url.strip())
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise typer.BadParameter(f"{url!r} has no valid port") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise typer.BadParameter(f"{url!r} is no URL of a service, such as https://design.example.org")
    shown = f"[{host}]" if ":" in host else host
    standard = {"http": 80, "https": 443}[parts.scheme]
    place = shown if port in (None, standard) else f"{shown}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def is_plain(server: str) -> bool:
    """Whether what is sent to a server can be read on the way there."""
    parts = urlsplit(server)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def parse_remote(url: str) -> Remote | None:
    """The design system that a clone URL names; None for URLs of other kinds."""
    found = _REMOTE.match(re.sub(r"//[^/@]*@", "//", url, count=1))
    if found is None:
        return None
    try:
        return Remote(normal(found["server"]), SystemName(found["team"], found["system"]))
    except typer.BadParameter:
        return None


def remote_of(folder: Path, given: str | None) -> Remote | None:
    """The design system that a folder is a clone of, by its remotes.

    Of several the one at the server given counts, then one at a server signed in at, then ``origin``.
    """
    listed = git.ask(["config", "--get-regexp", r"^remote\..*\.url$"], cwd=folder) or ""
    named = [line.partition(" ") for line in listed.splitlines()]
    named.sort(key=lambda entry: entry[0] != "remote.origin.url")
    remotes = [remote for _, _, url in named if (remote := parse_remote(url)) is not None]
    if given:
        return next((remote for remote in remotes if remote.server == normal(given)), None)
    known = Credentials().servers()
    return next((remote for remote in remotes if remote.server in known), remotes[0] if remotes else None)


def wanted_system(system: str | None, server: str | None) -> tuple[str, SystemName | UUID]:
    """The server and system that a command is about: as given, else those of the clone that we stand in."""
    if system is not None:
        return chosen_server(server), as_reference(system)
    remote = remote_of(Path.cwd(), server)
    if remote is None:
        raise CommandFailed("this folder is no clone of a design system; say which with --system TEAM/SYSTEM")
    return remote.server, remote.name


def as_reference(text: str) -> SystemName | UUID:
    """A system's id, or its ``TEAM/SYSTEM``."""
    try:
        return UUID(text)
    except ValueError:
        return SystemName.parse(text)


def token_from_environment(server: str, given: str | None) -> str | None:
    """``XDS_TOKEN``, for the server that the user chose and no other: a clone's remote is not the user's word."""
    token = os.environ.get("XDS_TOKEN", "").strip()
    return token if token and server == chosen_server(given or os.environ.get("XDS_SERVER")) else None
