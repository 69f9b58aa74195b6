"""`xds log`, `xds blame` and `xds revert`: what happened to a design system, who did it, and undoing it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.branches import SystemOption, at_system
from cli.client import Client
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, print_json, print_rows
from cli.servers import ServerOption
from designsystem.compare.words import shown_value
from designsystem.merging.conflict import Side

RefOption = Annotated[
    str | None, typer.Option(help="Branch, tag or commit to look at.", show_default="the default branch")
]
SHORT = 10
LONGEST_VALUE = 60


def log(
    path: Annotated[str | None, typer.Argument(help="Only commits that changed this file or folder.")] = None,
    ref: RefOption = None,
    most: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many commits to show at most.")] = 20,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List the commits that lead to a branch, newest first."""
    with at_system(system, server) as (client, base):
        found = list(islice(client.items(f"{base}/commits", ref=ref, path=path), most))
    if as_json:
        print_json({"server": client.server, "items": found})
    else:
        print_rows(("commit", "when", "by", "message"), [_commit_row(each) for each in found])


def blame(
    token: Annotated[str, typer.Argument(help="A token's path, such as color.brand.500.")],
    ref: RefOption = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Tell who set each property of a token, when, and in which commit."""
    with at_system(system, server) as (client, base):
        found = client.get(f"{base}/tokens/{_token(client, base, token, ref)}/blame", ref=ref)
    if as_json:
        print_json({"server": client.server, **found})
        return
    rows = [(each["name"], _value(each["value"]), *_commit_row(each["commit"])) for each in found["properties"]]
    print_rows(("property", "value", "commit", "when", "by", "message"), rows)
    if not found["stated"]:
        console.print(f"no file declares {escape(token)}: its group takes it over from another that it extends")
    elif found["older_than"]:
        console.print(f"the rest is older; go on with --ref {found['older_than'][:SHORT]}")


def revert(
    what: Annotated[
        str | None,
        typer.Argument(help="The commit to undo. With --token: where it was right. With --component: the version."),
    ] = None,
    to: Annotated[str | None, typer.Option(help="Give every file what it had at this branch, tag or commit.")] = None,
    token: Annotated[str | None, typer.Option(help="Only this token, by its path.")] = None,
    component: Annotated[str | None, typer.Option(help="Only this component, by its name or folder.")] = None,
    mainline: Annotated[int | None, typer.Option(min=1, help="Of a merge: which of its parents to go back to.")] = None,
    take: Annotated[
        Side | None, typer.Option(help="Settle every conflict so: theirs undoes, ours keeps what stands.")
    ] = None,
    branch: Annotated[
        str | None, typer.Option(help="The branch to write to.", show_default="the default branch")
    ] = None,
    message: Annotated[str | None, typer.Option("--message", "-m", help="Message of the commit.")] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Undo a commit, or go back to an earlier state of everything, of one token or of one component.

    Always makes a new commit on the server; what others did since stays, or is told as a conflict.
    """
    if (what is None) == (to is None) or (token is not None and component is not None) or (to and (token or component)):
        raise typer.BadParameter("give a commit to undo, or --to; with --token or --component a commit or a version")
    with at_system(system, server, signed_in=True) as (client, base):
        if token is not None:
            place = f"{base}/tokens/{_token(client, base, token, what)}/revert"
            asked: dict[str, Any] = {"commit": what}
        elif component is not None:
            place, asked = f"{base}/components/{_component(client, base, component)}/revert/{what}", {}
        else:
            place, asked = f"{base}/revert", {"commit": what, "to": to, "mainline": mainline, "take": take}
        before = _head(client, base, branch)
        done = client.post(place, **asked, branch=branch, message=message)
        if "changed" not in done:  # a token or component, as it is now
            done["changed"] = _head(client, base, branch) != before
    if as_json:
        print_json({"server": client.server, **done})
    elif done["changed"]:
        console.print(f"reverted in commit {done['commit'][:SHORT]}")
    else:
        console.print("nothing to undo: it is so already")


def _head(client: Client, base: str, branch: str | None) -> str | None:
    """The commit that a branch stands at, the default one where none is named."""
    found = client.get(f"{base}/branches/{quote(branch)}" if branch else base)
    head: str | None = found["commit" if branch else "head"]
    return head


def _token(client: Client, base: str, path: str, ref: str | None) -> str:
    """The id of the token at a path, as it is called now or was called at the ref."""
    for at in dict.fromkeys((None, ref)):
        for found in client.items(f"{base}/tokens", q=path, ref=at):
            if found["path"] == path:
                return str(found["id"])
    raise CommandFailed(f"there is no token {path}")


def _component(client: Client, base: str, name: str) -> str:
    found = [each for each in client.items(f"{base}/components", q=name) if name in (each["name"], each["directory"])]
    if len(found) != 1:
        told = f"{len(found)} components are called {name}; name the folder" if found else f"no component is {name}"
        raise CommandFailed(told)
    return str(found[0]["id"])


def _commit_row(commit: dict[str, Any] | None) -> tuple[str, str, str, str]:
    if commit is None:
        return "", "", "", ""
    subject = commit["message"].strip().partition("\n")[0]
    when = commit["authored_at"][:16].replace("T", " ")
    return commit["commit"][:SHORT], when, commit["author_name"], subject


def _value(value: Any) -> str:
    told = "" if value is None else " ".join(shown_value(value).split())
    return told if len(told) <= LONGEST_VALUE else told[: LONGEST_VALUE - 1] + "…"
