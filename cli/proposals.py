"""`xds proposal`: ask for a branch to be merged, review what others ask for, and merge it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import git
from cli.branches import SystemOption, at_system
from cli.client import clash_of, line_of
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, note, print_json, print_plain, print_rows
from cli.servers import ServerOption

app = typer.Typer(
    name="proposal", help="Branches that are to be merged, and what is said of them.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(min=1, help="The proposal's number.")]


class State(StrEnum):
    """Which proposals to list."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    ALL = "all"


class Verdict(StrEnum):
    """What to say of a proposal."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request-changes"
    COMMENT = "comment"


class Side(StrEnum):
    """Whose state stands where both changed the same."""

    OURS = "ours"
    THEIRS = "theirs"


@app.command("open")
def open_(
    title: Annotated[str, typer.Argument(help="What it is about, in one line.")],
    source: Annotated[
        str | None, typer.Option(help="The branch to merge.", show_default="the one that is checked out here")
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="The branch to merge it into.", show_default="the default branch")
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="A description, as Markdown.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Not ready to be merged yet.")] = False,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a branch to be merged; prints the proposal's number. Push the branch first."""
    with at_system(system, server, signed_in=True) as (client, base):
        branch = source or git.ask(["branch", "--show-current"], cwd=Path.cwd())
        if not branch:
            raise CommandFailed("no branch is checked out here; say which with --source BRANCH")
        body = {"title": title, "source": branch, "target": into, "description": message, "draft": draft}
        made = client.post(f"{base}/proposals", **body)
    if as_json:
        print_json({"server": client.server, **made})
        return
    print_plain(str(made["number"]))
    note(f"proposed to merge {made['source']} into {made['target']}")


@app.command("list")
def list_(
    state: Annotated[State, typer.Option(help="Which to list.")] = State.OPEN,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List proposals, the newest first."""
    with at_system(system, server) as (client, base):
        chosen = None if state is State.ALL else state.value
        found = list(client.items(f"{base}/proposals", state=chosen))
    if as_json:
        print_json({"server": client.server, "items": found})
        return
    print_rows(("number", "title", "from", "into", "by", "state", "updated"), [_row(each) for each in found])


@app.command("show")
def show(number: Number, system: SystemOption = None, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Show a proposal: what it would bring, what was said of it, and what stands in its way."""
    with at_system(system, server) as (client, base):
        path = f"{base}/proposals/{number}"
        found = client.get(path)
        said = list(client.items(f"{path}/reviews"))
    if as_json:
        print_json({"server": client.server, **found, "all_reviews": said})
        return
    for line in _shown(found, said):
        print_plain(line)


@app.command("review")
def review(
    number: Number,
    verdict: Annotated[Verdict, typer.Argument(help="What to say.")],
    message: Annotated[str, typer.Option("--message", "-m", help="Why, as Markdown.")] = "",
    commit: Annotated[
        str | None, typer.Option(help="The commit that you looked at, in full.", show_default="the source's last")
    ] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Approve a proposal, ask for changes, or comment. An approval counts for the commit that it is of."""
    with at_system(system, server, signed_in=True) as (client, base):
        path = f"{base}/proposals/{number}"
        seen = commit or client.get(path)["source_commit"]
        made = client.post(f"{path}/reviews", verdict=verdict.replace("-", "_"), commit=seen, body=message)
    if as_json:
        print_json({"server": client.server, **made})
    else:
        console.print(f"{_VERBS[made['verdict']]} proposal {number} at {made['commit'][:10]}")


@app.command("edit")
def edit(
    number: Number,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    message: Annotated[str | None, typer.Option("--message", "-m", help="Another description, as Markdown.")] = None,
    draft: Annotated[bool | None, typer.Option("--draft/--ready", help="Whether it can be merged yet.")] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Say a proposal otherwise, or that it is ready."""
    with at_system(system, server, signed_in=True) as (client, base):
        given = {"title": title, "description": message, "draft": draft}
        body = {name: value for name, value in given.items() if value is not None}
        path = f"{base}/proposals/{number}"
        made = client.request("PATCH", path, json=body).json()
    _told(client.server, made, as_json)


@app.command("merge")
def merge(
    number: Number,
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="The merge commit's message.", show_default=False)
    ] = None,
    take: Annotated[
        Side | None,
        typer.Option(
            help="Whose state stands wherever both changed the same: the target's is ours.", show_default=False
        ),
    ] = None,
    delete_source: Annotated[bool, typer.Option("--delete-source", help="Delete the branch after it.")] = False,
    expect: Annotated[
        str | None, typer.Option(metavar="COMMIT", help="Only if the source still stands at this commit.")
    ] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Merge a proposal; prints the commit at which its target then stands."""
    with at_system(system, server, signed_in=True) as (client, base):
        path = f"{base}/proposals/{number}"
        answers = list(_answers(client.get(path), take)) if take is not None else []
        done = client.post(
            f"{path}/merge", message=message, commit=expect, resolutions=answers, delete_source=delete_source
        )
    if as_json:
        print_json({"server": client.server, **done})
        return
    print_plain(done["commit"])
    if delete_source and not done["source_deleted"]:
        note("the source branch stays: it is protected, has moved on, or another proposal needs it")


@app.command("close")
def close(number: Number, system: SystemOption = None, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Close a proposal without merging it; its branches stay."""
    _turn(number, "close", system, server, as_json)


@app.command("reopen")
def reopen(number: Number, system: SystemOption = None, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Open a closed proposal again."""
    _turn(number, "reopen", system, server, as_json)


_VERBS = {"approve": "approved", "request_changes": "asked for changes of", "comment": "commented on"}


def _turn(number: int, verb: str, system: str | None, server: str | None, as_json: bool) -> None:
    with at_system(system, server, signed_in=True) as (client, base):
        made = client.post(f"{base}/proposals/{number}/{verb}")
    _told(client.server, made, as_json)


def _told(server: str, made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json({"server": server, **made})
    else:
        state = f"{made['state']}, a draft" if made["draft"] and made["state"] == "open" else made["state"]
        console.print(f"proposal {made['number']} is {state}: {escape(made['title'])}")


def _answers(found: dict[str, Any], take: Side) -> Iterator[dict[str, str]]:
    for conflict in (found["mergeability"] or {}).get("conflicts", []):
        yield {"id": conflict["id"], "take": take.value}


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    author = each["author"]
    state = "draft" if each["draft"] and each["state"] == "open" else each["state"]
    return (
        str(each["number"]),
        each["title"],
        each["source"],
        each["target"],
        author["username"] if author else "",
        state,
        each["updated_at"][:16].replace("T", " "),
    )


def _shown(found: dict[str, Any], said: list[dict[str, Any]]) -> Iterator[str]:
    """A proposal in lines for people."""
    yield f"{found['number']}  {found['title']}"
    author = found["author"]["name"] if found["author"] else "nobody any more"
    state = f"{found['state']}, a draft" if found["draft"] else found["state"]
    yield f"{state}: {found['source']} into {found['target']}, by {author}"
    if found["description"]:
        yield f"\n{found['description']}\n"
    if summary := found["summary"]:
        counts = ", ".join(f"{summary[name]} {name}" for name in ("major", "minor", "patch") if summary[name])
        yield f"{summary['ahead']} commits ahead ({counts or 'no change'}), {summary['behind']} behind"
    approvals = found["approvals"]
    yield f"approvals: {approvals['given']} of {approvals['required']} asked for"
    standing = {each["id"]: each for each in found["reviews"]}
    for each in said:
        who = each["reviewer"]["name"] if each["reviewer"] else "somebody"
        last = standing.get(each["id"])
        remark = " (of an older commit)" if last and last["stale"] else ""
        yield f"  {who} {_VERBS[each['verdict']]} {each['commit'][:10]}{remark} {each['body']}".rstrip()
    if prospect := found["mergeability"]:
        yield f"merging: {', '.join([prospect['state'], *found['blocked_by']])}"
        yield from (f"  {clash_of(each)}" for each in prospect["conflicts"])
        yield from (f"  {line_of(each)}" for each in prospect["problems"])
