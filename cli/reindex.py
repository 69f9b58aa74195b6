"""`xds reindex`: rebuilds the index from the repositories, or proves that it is what they say."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from cli.endpoints import reachable, secret_of
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, print_json
from cli.progress import tracked
from cli.servers import SystemName, as_reference
from settings import Settings

if TYPE_CHECKING:
    from index.systems import SystemRecord
    from services.context import Context


@dataclass(frozen=True, slots=True)
class Finding:
    """How the index of one design system compares with its repository; no lines where they agree."""

    id: UUID
    system: str
    lines: tuple[str, ...]
    failed: bool = False


def reindex(
    system: Annotated[str | None, typer.Option(help="TEAM/SYSTEM or id.", show_default="all")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; end with status 1 on any drift.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data directory of an embedded service.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild the index from git, to the same rows with the same ids; on the server's machine, running or not."""
    logging.getLogger("xds").setLevel(logging.CRITICAL)  # what it would log is what we report
    with failures():
        wanted = as_reference(system) if system else None
        found = Settings.read(data=data)
        if found.database_url is None and not has_service(found.data):
            raise CommandFailed(f"no service keeps its data in {found.data.resolve()}; name the directory with --data")
        with reachable(found) as settings:
            findings = asyncio.run(_run(settings, wanted, check=check))
    failed = [finding for finding in findings if finding.failed or (check and finding.lines)]
    if as_json:
        print_json({"checked" if check else "reindexed": len(findings), "systems": [_document(f) for f in findings]})
    else:
        for finding in findings:
            _show(finding, check=check)
        count = f"{len(findings)} design system{'' if len(findings) == 1 else 's'}"
        console.print(f"{count} {'checked' if check else 'reindexed'}, {len(failed)} with drift or errors")
    if failed:
        raise typer.Exit(1)


def has_service(data: Path) -> bool:
    """Whether a service was ever started here; what would start one in any folder would also fill that folder."""
    try:
        return (data / "postgres").exists()
    except PermissionError:
        return True  # opening it says what is wrong


async def _run(settings: Settings, wanted: SystemName | UUID | None, *, check: bool) -> list[Finding]:
    from jobs.worker import open_context
    from services import sync

    if settings.secret_key is None:  # nothing is signed here; a context has one all the same
        settings = settings.model_copy(update={"secret_key": secret_of(settings.data)})
    async with open_context(settings) as context:
        records = await _systems(context, wanted)
        if wanted is None and not check:
            await sync.sweep(context)
        doing = "checking" if check else "reindexing"
        return [await _one(context, record, check=check) for record in tracked(records, doing)]


async def _systems(context: Context, wanted: SystemName | UUID | None) -> list[SystemRecord]:
    from index import systems

    async with context.engine.connect() as db:
        if wanted is None:
            return sorted(await systems.heads(db), key=lambda record: (record.team_slug, record.slug))
        if isinstance(wanted, UUID):
            found = await systems.get(db, wanted)
        else:
            found = await systems.by_slug(db, wanted.team, wanted.system)
    if found is None:
        raise CommandFailed(f"there is no design system {wanted}")
    return [found]


async def _one(context: Context, record: SystemRecord, *, check: bool) -> Finding:
    from gitstore.errors import GitStoreError
    from services import sync
    from services.errors import NotFound

    name = f"{record.team_slug}/{record.slug}"
    try:
        drift = await (sync.check if check else sync.reindex)(context, record.id)
    except NotFound:
        return Finding(record.id, name, ("was removed meanwhile",))
    except GitStoreError as error:
        return Finding(record.id, name, (f"its repository cannot be read: {error}",), failed=True)
    return Finding(record.id, name, drift.lines)


def _show(finding: Finding, *, check: bool) -> None:
    state = "level with git"
    if finding.lines:
        state = f"{len(finding.lines)} difference(s)" + ("" if check or finding.failed else ", mended")
    console.print(f"[bold]{escape(finding.system)}[/]: {state}")
    for line in finding.lines:
        console.print(f"  {escape(line)}")


def _document(finding: Finding) -> dict[str, object]:
    return {"id": finding.id, "system": finding.system, "failed": finding.failed, "drift": list(finding.lines)}
