"""Publishing: the default branch as it stands becomes a version. The manifest's commit and the tag land together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import pygit2
from semver import Version
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.compare.change import Severity
from designsystem.manifest import MANIFEST_PATH, edit_manifest, parse_manifest
from designsystem.release import Eased, TagMessage
from designsystem.versions import parsed
from gitstore import trees
from gitstore.commits import write_tag
from gitstore.refs import RefUpdate, list_refs, read_ref
from index import releases
from index.releases import ReleaseRecord
from index.snapshots import Snapshot
from index.systems import SystemRecord
from index.values import clean
from services import protection, sync
from services.access import Standing, system_for, writer_standing
from services.boundary import git_errors
from services.changes import Change, Prepared, announce, lock, prepare
from services.context import Context
from services.drafts import Draft
from services.errors import Clash, Conflict, InvalidInput
from services.identity import person_of
from services.landing import BRANCHES, TAGS, Landing, land
from services.policy import Action, Actor
from services.protection import Move, pusher_of
from services.releasing import MAX_NOTE
from services.version_rules import Asked, Line, asked_since, judge_whole

NOTHING_YET = "Nothing was committed to this design system yet."

Bump = Literal["auto", "major", "minor", "patch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A command: publish ``version``, or the one that ``bump`` comes to (neither: ``auto``).

    ``expected`` is the commit that the publisher has looked at; ``allow_breaking_as`` lets changes that break somebody
    pass as smaller ones.
    """

    system_id: UUID
    version: str | None = None
    bump: Bump | None = None
    message: str = ""
    ref: str | None = None
    allow_breaking_as: Eased | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that publishing ``commit`` comes to, what changed asks for, and as what breaking it had to pass."""

    version: str
    commit: str
    asked: Asked
    allowed_as: Eased | None


@dataclass(frozen=True, slots=True)
class _Made:
    """The objects that are written and that no ref leads to yet."""

    version: str
    prepared: Prepared[None]
    tag: str


async def publish(context: Context, actor: Actor, wanted: Publication) -> tuple[SystemRecord, ReleaseRecord]:
    """Publish what the default branch holds; when it returns, tag and release are on disk.

    Raises InvalidInput with every problem of the system or every change that asks for a higher version, and Conflict
    where the version is taken or not the highest, nothing changed, or the branch has moved; none leaves anything.
    """
    _check(wanted)
    with git_errors():
        async with context.reads.connect() as db:
            standing = await _publisher(db, actor, wanted)
        sound = await asyncio.to_thread(_judge_head, context, standing.system)  # before the queue: it takes a while
        async with context.turns.of(wanted.system_id), context.engine.begin() as db:
            system = await _locked(context, db, wanted.system_id)
            standing = replace(await _publisher(db, actor, wanted), system=system)
            line = Line(await releases.everything(db, system.id))
            made = await asyncio.to_thread(_make, context, standing, line, wanted, sound)
            landed = await land(context, db, system, _landing(standing, made))
            record = await releases.get(db, system.id, made.version)
        await announce(context, landed)
    if record is None:
        raise LookupError(f"the tag of {made.version} landed without its release")
    return landed.system, record


async def preview(context: Context, actor: Actor, wanted: Publication) -> Chosen:
    """What publishing at this moment would come to: changes nothing, waits for nobody, raises what publishing would."""
    _check(wanted)
    with git_errors():
        async with context.reads.connect() as db:
            standing = await _publisher(db, actor, wanted)
            line = Line(await releases.everything(db, wanted.system_id))
        return await asyncio.to_thread(_decide, context, standing.system, line, wanted, None)


async def _publisher(db: AsyncConnection, actor: Actor, wanted: Publication) -> Standing:
    """How the publisher stands, who must be allowed to publish and to write; raises for a ref that is not published."""
    await system_for(db, actor, wanted.system_id, Action.PUBLISH)
    standing = await writer_standing(db, actor, wanted.system_id)
    default = standing.system.default_branch
    if wanted.ref not in (None, default, BRANCHES + default):
        message = f"Only the default branch, {default}, is published; merge into it what shall go out."
        raise InvalidInput.of("ref", "not-the-default-branch", message)
    return standing


async def _locked(context: Context, db: AsyncConnection, system_id: UUID) -> SystemRecord:
    """The system with its lock held, its default branch and every version tag level with git."""
    system = await lock(db, system_id)
    names = await asyncio.to_thread(_version_tags, context, system_id)
    return await sync.catch_up(context, db, system, names)


def _version_tags(context: Context, system_id: UUID) -> list[str]:
    with context.store.open(system_id) as repo:
        return list(list_refs(repo, releases.TAGS))


def _check(wanted: Publication) -> None:
    """Refuse what no system could publish."""
    if wanted.version is not None and wanted.bump is not None:
        raise InvalidInput.of("bump", "stated-twice", "Name a version or what to raise, not both.")
    if wanted.version is not None and parsed(wanted.version) is None:
        message = "A version is written like 1.4.0 or 2.0.0-rc.1 (Semantic Versioning 2.0.0), up to 100 characters."
        raise InvalidInput.of("version", "bad-version", message)
    if len(wanted.message) > MAX_NOTE or clean(wanted.message) != wanted.message:
        raise InvalidInput.of("message", "bad-message", f"Use up to {MAX_NOTE:,} characters of text.")


def _judge_head(context: Context, system: SystemRecord) -> str | None:
    """The tree that the default branch stands at, if nothing is wrong in it; raises InvalidInput with every problem."""
    with context.store.open(system.id) as repo:
        head = read_ref(repo, BRANCHES + system.default_branch)
        if head is None:
            raise Conflict(NOTHING_YET)
        return _judged(context, repo, system, trees.tree_of(repo, head)).tree


def _judged(context: Context, repo: pygit2.Repository, system: SystemRecord, tree: str) -> Snapshot:
    whole = context.snapshots.at(repo, system.id, tree)
    problems = judge_whole(repo, whole, context.limits.files)
    if problems:
        many = "a problem" if len(problems) == 1 else f"{len(problems):,} problems"
        raise InvalidInput(problems, f"The design system has {many} to be mended first.")
    return whole


def _decide(context: Context, system: SystemRecord, line: Line, wanted: Publication, sound: str | None) -> Chosen:
    """Judge what the default branch holds and choose the version; the tree ``sound`` was judged before."""
    with context.store.open(system.id) as repo:
        head = read_ref(repo, BRANCHES + system.default_branch)
        if head is None:
            raise Conflict(NOTHING_YET)
        if wanted.expected not in (None, head):
            raise Conflict(
                "The default branch is not where you have seen it; look again what would go out.", commit=head
            )
        tree = trees.tree_of(repo, head)
        if tree != sound:  # somebody else has landed meanwhile
            _judged(context, repo, system, tree)
        named, asked = _named(context, repo, system, line, wanted, context.snapshots.at(repo, system.id, tree))
        if read_ref(repo, f"{TAGS}v{named}") is not None:
            raise Conflict(f"There is a tag v{named} that publishes nothing; delete it or choose another version.")
    eased = asked.eased(wanted.allow_breaking_as)
    if not eased.allows(named):
        problems = eased.refusal(named)
        way = asked.easing(named)
        hint = f" To publish it all the same, say allow_breaking_as: {way}." if way else ""
        raise InvalidInput(problems, f"{problems[0].message}.{hint}")
    return Chosen(named, head, asked, None if asked.allows(named) else wanted.allow_breaking_as)


def _make(context: Context, standing: Standing, line: Line, wanted: Publication, sound: str | None) -> _Made:
    """Choose the version and write its commit and tag, with the lock held; no ref moves."""
    system, actor = standing.system, standing.actor
    chosen = _decide(context, system, line, wanted, sound)
    change = Change(system_id=system.id, edit=_stating(chosen.version), message=f"Release {chosen.version}")
    prepared = prepare(context, standing, system.default_branch, change)
    if prepared.new != prepared.old:
        protection.require(system, pusher_of(standing), system.default_branch, Move.RELEASE)
    message = TagMessage(wanted.message.strip(), True, chosen.asked.base, chosen.allowed_as)
    with context.store.open(system.id) as repo:
        tag = write_tag(
            repo,
            name=f"v{chosen.version}",
            target=prepared.new or chosen.commit,
            tagger=person_of(actor),
            message=message.text(chosen.version),
            when=context.clock(),
        )
    return _Made(chosen.version, prepared, tag)


def _stating(version: str) -> Any:
    """The edit that makes the manifest state a version; a system without a manifest gets none for it."""

    def edit(draft: Draft) -> None:
        source = draft.read(MANIFEST_PATH)
        if source is not None and parse_manifest(source)[0].version != version:
            draft.put(MANIFEST_PATH, edit_manifest(source, {"version": version}))

    return edit


def _named(
    context: Context, repo: pygit2.Repository, system: SystemRecord, line: Line, wanted: Publication, after: Snapshot
) -> tuple[str, Asked]:
    """The version that is asked for, by name or by what to raise, and what changed since the one before it."""
    version = parsed(wanted.version) if wanted.version is not None else None
    if version is not None:
        _require_free(line, version)
        return str(version), asked_since(context, repo, system, line.base_of(version), after)
    _require_change(repo, line, after)
    highest = Version.parse(line.newest.version).bump_major() if line.newest is not None else Version(1)
    asked = asked_since(context, repo, system, line.base_of(highest), after)
    return asked.next(line, _raised(asked, wanted)), asked


def _raised(asked: Asked, wanted: Publication) -> Severity:
    if wanted.bump not in (None, "auto"):
        return Severity(wanted.bump)
    return asked.eased(wanted.allow_breaking_as).needed


def _require_free(line: Line, version: Version) -> None:
    """Refuse a version that is taken, or not above all others."""
    taken = line.at(version)
    if taken is not None:
        raise Conflict(
            f"{_told(taken)}; a version is published once.", [_clash(taken, str(version))], commit=taken.commit
        )
    newest = line.newest
    if newest is not None and not line.is_higher(version):
        detail = f"{version} is lower than the newest version. {_told(newest)}."
        raise Conflict(detail, [_clash(newest, str(version))], commit=newest.commit)


def _require_change(repo: pygit2.Repository, line: Line, after: Snapshot) -> None:
    """Refuse to count up where there is nothing new; who wants a version for it names it."""
    newest = line.newest_standing
    if newest is not None and trees.tree_of(repo, newest.commit) == after.tree:
        detail = f"Nothing changed since {newest.version}. {_told(newest)}."
        raise Conflict(detail, [_clash(newest, None)], commit=newest.commit)


def _told(record: ReleaseRecord) -> str:
    when = f"{record.published_at:%Y-%m-%d %H:%M} UTC"
    return f"{record.version} was published by {record.tagger_name or 'somebody'} at {when}"


def _clash(record: ReleaseRecord, theirs: str | None) -> Clash:
    winner = {"version": record.version, "commit": record.commit, "published_at": record.published_at.isoformat()}
    return Clash(f"{TAGS}v{record.version}", "version", base=None, ours=winner, theirs=theirs)


def _landing(standing: Standing, made: _Made) -> Landing:
    prepared, default = made.prepared, BRANCHES + standing.system.default_branch
    moved = (RefUpdate(default, prepared.old, prepared.new),) if prepared.new != prepared.old else ()
    return Landing(
        updates=(*moved, RefUpdate(f"{TAGS}v{made.version}", None, made.tag)),
        user_id=standing.actor.user_id,
        who=person_of(standing.actor),
        via="rest",
        message=f"Release {made.version}",
        folded=prepared.folded,
    )
