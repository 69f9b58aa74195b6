"""`xds merge`: one branch's changes brought into another, on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.branches import SystemOption, at_system
from cli.client import Client, Refused, clash_of, line_of
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, note, print_json
from cli.servers import ServerOption
from designsystem.merging.conflict import Side

SHORT = 10


def merge(
    branch: Annotated[str, typer.Argument(help="The branch to merge.")],
    into: Annotated[str, typer.Option(help="The branch that takes its changes.")],
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="Message of the commit, which is then always made.")
    ] = None,
    take: Annotated[Side | None, typer.Option(help="Settle every conflict so; theirs is the merged branch's.")] = None,
    settle: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH[#FIELD]=SIDE", help="Settle one conflict; may be given several times."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell the conflicts and what would break; merge nothing.")
    ] = False,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Merge a branch into another: tokens as tokens, components by their ids, text by lines.

    Where both changed the same thing nothing is merged, and each conflict is told; --take or --settle answers them.
    """
    answers = [_answer(each) for each in settle or ()]
    with at_system(system, server, signed_in=True) as (client, base):
        place = f"{base}/branches/{quote(branch)}/merge"
        asked: dict[str, Any] = {"into": into, "resolutions": answers}
        if take is not None:
            asked |= _settled(client.post(place, **asked, dry_run=True), answers, take)
        done = _asked(client, place, {**asked, "message": message, "dry_run": dry_run or None})
    if as_json:
        print_json({"server": client.server, **done})
    elif dry_run:
        _tell(done)
    elif done["already_merged"]:
        note(f"nothing to merge: {into} has all of {branch}")
    else:
        console.print(f"merged {escape(branch)} into {escape(into)}: {done['commit'][:SHORT]}")
    if dry_run and (done["conflicts"] or done["problems"]):
        raise typer.Exit(1)


def _answer(text: str) -> dict[str, str]:
    """`color.red#$value=theirs` as the request has it."""
    what, _, side = text.rpartition("=")
    path, _, field = what.partition("#")
    if not path or side not in list(Side):
        raise typer.BadParameter(f"{text!r} is not like PATH=theirs or PATH#FIELD=ours", param_hint="--settle")
    return {"path": path, "take": side, **({"field": field} if field else {})}


def _settled(tried: Mapping[str, Any], answers: Sequence[Mapping[str, str]], take: Side) -> dict[str, Any]:
    """Every conflict that is still open settled one way, and only if both branches stand where they were read."""
    rest = [{"id": conflict["id"], "take": take.value} for conflict in tried["conflicts"]]
    standing = {"expected": tried["commit"], "expected_source": tried["source_commit"]}
    return {"resolutions": [*answers, *rest], **standing}


def _asked(client: Client, place: str, body: Mapping[str, Any]) -> Any:
    try:
        return client.post(place, **body)
    except Refused as error:
        if error.status != HTTPStatus.CONFLICT or not error.lines:
            raise
        hint = "settle them with --take ours|theirs|base, or one by one with --settle PATH=SIDE"
        raise CommandFailed(str(error), [*error.lines, hint]) from error


def _tell(found: Mapping[str, Any]) -> None:
    for line in _lines(found):
        console.print(escape(line))
    if not found["conflicts"] and not found["problems"]:
        note("nothing to merge" if found["already_merged"] else "nothing stands in the way")


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield from map(clash_of, found["conflicts"])
    yield from map(line_of, found["problems"])
