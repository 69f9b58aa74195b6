"""Design systems: their rows, who may see them, and the lock that puts their writers in line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, collate, func, or_, select, tuple_
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.account_tables import Grant, Team, TeamMember, User
from index.columns import table_of
from index.errors import SlugTaken
from index.paging import Page, decode, page_of, text
from index.tables import DesignSystem
from index.users import NOBODY, Caller, UserRecord, is_caller
from index.values import clean, like_pattern

systems = table_of(DesignSystem)
teams = table_of(Team)
members = table_of(TeamMember)
grants = table_of(Grant)
own_grant = grants.alias("own_grant")
key_grant = grants.alias("key_grant")

CHANGEABLE = frozenset({"name", "slug", "description", "visibility", "default_branch", "protections"})
"""What ``update`` may set; the rest follows from git through ``advance``."""


ROLES = ("viewer", "editor", "admin")
"""Each includes the one before."""


@dataclass(frozen=True, slots=True)
class SystemRecord:
    """A design system as indexed. ``head`` is the default branch's commit, ``seq`` its newest event's number."""

    id: UUID
    team_id: UUID
    team_slug: str
    slug: str
    name: str
    description: str
    visibility: str
    version: str | None
    published: bool
    default_branch: str
    protections: list[dict[str, Any]]
    head: str | None
    seq: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """A system as one caller finds it: ``role`` is the strongest of what team and grants give (None: neither), ``user``
    None is nobody, an erased account, or a sign-in or key that has ended."""

    system: SystemRecord
    role: str | None
    user: UserRecord | None
    team_role: str | None = None


COLUMNS = [
    teams.c.slug.label("team_slug") if name == "team_slug" else systems.c[name] for name in SystemRecord.__slots__
]


def _query(*extra: Any) -> Select[Any]:
    return select(*COLUMNS, *extra).join_from(systems, teams, teams.c.id == systems.c.team_id)


def _with_access() -> Select[Any]:
    user_id, key_id = bindparam("user_id", type_=Uuid), bindparam("key_id", type_=Uuid)
    mine = and_(members.c.team_id == systems.c.team_id, members.c.user_id == user_id)
    granted = and_(own_grant.c.design_system_id == systems.c.id, own_grant.c.user_id == user_id)
    to_key = and_(key_grant.c.design_system_id == systems.c.id, key_grant.c.key_id == key_id)
    roles = (members.c.role, own_grant.c.role, key_grant.c.role)
    found = _query(*roles, *users.COLUMNS).outerjoin(members, mine).outerjoin(own_grant, granted)
    return found.outerjoin(key_grant, to_key).outerjoin(User, is_caller())


# Every request runs one of these: they are built once, which takes longer than running them.
BY_ID = systems.c.id == bindparam("system_id")
BY_SLUG = and_(teams.c.slug == bindparam("team_slug"), systems.c.slug == bindparam("slug"))
GET = _query().where(BY_ID)
GET_BY_SLUG = _query().where(BY_SLUG)
ACCESS = _with_access().where(BY_ID)
ACCESS_BY_SLUG = _with_access().where(BY_SLUG)
LOCK = _query().where(BY_ID).with_for_update(key_share=True, of=systems)
LOCK_AT_ONCE = _query().where(BY_ID).with_for_update(key_share=True, of=systems, skip_locked=True)
ADVANCE = (
    sql_update(systems)
    .where(BY_ID)
    .values({name: bindparam(name) for name in ("head", "version", "published", "seq", "updated_at")})
)


async def heads(db: AsyncConnection, *, most: int | None = None) -> list[SystemRecord]:
    """The systems changed last first, all of them or so many: what drift is looked for in."""
    query = _query().order_by(systems.c.updated_at.desc(), systems.c.id).limit(most)
    return [SystemRecord(*row) for row in await db.execute(query)]


async def _one(db: AsyncConnection, query: Select[Any], values: dict[str, Any]) -> SystemRecord | None:
    row = (await db.execute(query, values)).first()
    return None if row is None else SystemRecord(*row)


async def _one_access(db: AsyncConnection, query: Select[Any], values: dict[str, Any]) -> Access | None:
    row = (await db.execute(query, values)).first()
    if row is None:
        return None
    width = len(COLUMNS)
    roles, user = row[width : width + 3], users.record(row[width + 3 :])
    return Access(SystemRecord(*row[:width]), _strongest(roles), user, roles[0])


def _strongest(roles: Sequence[str | None]) -> str | None:
    return max((role for role in roles if role is not None), key=ROLES.index, default=None)


async def get(db: AsyncConnection, system_id: UUID) -> SystemRecord | None:
    """The system with this id."""
    return await _one(db, GET, {"system_id": system_id})


async def by_slug(db: AsyncConnection, team_slug: str, slug: str) -> SystemRecord | None:
    """The system at ``team/slug``."""
    return await _one(db, GET_BY_SLUG, {"team_slug": clean(team_slug), "slug": clean(slug)})


async def access(db: AsyncConnection, system_id: UUID, caller: Caller) -> Access | None:
    """The system, the caller's role on it and the account's present standing, in one round trip."""
    return await _one_access(db, ACCESS, {"system_id": system_id, **caller.values()})


async def access_by_slug(db: AsyncConnection, team_slug: str, slug: str, caller: Caller) -> Access | None:
    """Like ``access``, for git's URLs."""
    values = {"team_slug": clean(team_slug), "slug": clean(slug), **caller.values()}
    return await _one_access(db, ACCESS_BY_SLUG, values)


async def lock(db: AsyncConnection, system_id: UUID, *, wait: bool = True) -> SystemRecord | None:
    """The system, locked until the transaction ends: writers of one system go one after another.

    FOR NO KEY UPDATE lets rows that refer to the system (mirror, activity, comments) be written meanwhile. Without
    ``wait``, None also where somebody else holds the lock.
    """
    return await _one(db, LOCK if wait else LOCK_AT_ONCE, {"system_id": system_id})


async def list_for(
    db: AsyncConnection,
    *,
    caller: Caller = NOBODY,
    is_admin: bool = False,
    team_id: UUID | None = None,
    only_team: UUID | None = None,
    only_system: UUID | None = None,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[SystemRecord]:
    """The systems that the caller may see, by name: those of its teams, those granted to it, and public ones; an admin
    sees all.

    ``q`` is part of a name or slug in any case; ``only_team`` and ``only_system`` are the bounds of a key. Raises
    ``InvalidCursor``.
    """
    query = _query().order_by(systems.c.name, systems.c.id).limit(limit + 1)
    if not is_admin:
        query = query.where(_visible_to(caller))
    for narrowed in (team_id, only_team):
        if narrowed is not None:
            query = query.where(systems.c.team_id == narrowed)
    if only_system is not None:
        query = query.where(systems.c.id == only_system)
    if q:
        pattern = like_pattern(q)
        query = query.where(or_(collate(systems.c.name, "default").ilike(pattern), systems.c.slug.ilike(pattern)))
    if cursor:
        query = query.where(tuple_(systems.c.name, systems.c.id) > tuple_(*decode(cursor, text, UUID)))
    rows = [SystemRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.name, row.id))


def _visible_to(caller: Caller) -> ColumnElement[bool]:
    public = systems.c.visibility == "public"
    if caller.user_id is None:
        return public
    holder = grants.c.user_id == caller.user_id
    if caller.key_id is not None:
        holder = or_(holder, grants.c.key_id == caller.key_id)
    return or_(
        public,
        systems.c.team_id.in_(select(members.c.team_id).where(members.c.user_id == caller.user_id)),
        systems.c.id.in_(select(grants.c.design_system_id).where(holder)),
    )


async def insert(
    db: AsyncConnection,
    *,
    team_id: UUID,
    name: str,
    slug: str,
    description: str = "",
    visibility: str = "private",
    default_branch: str = "main",
    created_by: UUID | None = None,
    system_id: UUID | None = None,
) -> SystemRecord:
    """A new system without any commit; raises ``SlugTaken``, after which the transaction goes on."""
    values: dict[str, Any] = {
        "team_id": team_id,
        "name": name,
        "slug": slug,
        "description": description,
        "visibility": visibility,
        "default_branch": default_branch,
        "created_by": created_by,
    }
    if system_id is not None:
        values["id"] = system_id
    statement = pg_insert(systems).values(values).on_conflict_do_nothing(index_elements=["team_id", "slug"])
    made = (await db.execute(statement.returning(systems.c.id))).scalar()
    record = None if made is None else await get(db, made)
    if record is None:
        raise SlugTaken(slug)
    return record


async def update(db: AsyncConnection, system_id: UUID, changes: dict[str, Any]) -> SystemRecord | None:
    """Set what is not git's to say (``CHANGEABLE``); raises ``SlugTaken``, after which the transaction is lost."""
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"cannot be changed here: {', '.join(sorted(unknown))}")
    statement = sql_update(systems).where(systems.c.id == system_id).values(**changes, updated_at=func.now())
    try:
        await db.execute(statement)
    except IntegrityError as error:
        if "uq_design_systems_team_id_slug" in str(error):
            raise SlugTaken(str(changes.get("slug"))) from error
        raise
    return await get(db, system_id)


async def delete(db: AsyncConnection, system_id: UUID) -> bool:
    """Remove the system with its mirror and comments; its events stay in the team's feed. Whether it was there."""
    gone = await db.execute(sql_delete(systems).where(systems.c.id == system_id).returning(systems.c.id))
    return gone.first() is not None


async def advance(
    db: AsyncConnection,
    system_id: UUID,
    *,
    head: str | None,
    version: str | None,
    published: bool,
    seq: int,
    updated_at: datetime,
) -> None:
    """Write down where git and the event log stand now; call it while holding ``lock``."""
    values = {"head": head, "version": version, "published": published, "seq": seq, "updated_at": updated_at}
    await db.execute(ADVANCE, {"system_id": system_id, **values})
