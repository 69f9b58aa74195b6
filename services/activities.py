"""Activity: what happened in a design system and in a team, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import activity
from index.activity import ActivityRecord, Wanted
from index.paging import Page
from index.users import UserRecord
from services import teams
from services.access import system_for
from services.context import Context
from services.policy import Action, Actor

__all__ = ["FeedEntry", "Wanted", "of_system", "of_team"]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One event, and who did it as the account is now; None for the service itself and for an erased account."""

    event: ActivityRecord
    user: UserRecord | None


async def of_system(
    context: Context, actor: Actor, system_id: UUID, *, wanted: Wanted, limit: int, cursor: str | None
) -> Page[FeedEntry]:
    """The events of one design system, for whoever may read it."""
    async with context.reads.connect() as db:
        await system_for(db, actor, system_id, Action.SYSTEM_READ)
        found = await activity.system_page(db, system_id, wanted=wanted, limit=limit, cursor=cursor)
        return await _told(db, found)


async def of_team(
    context: Context, actor: Actor, team_id: UUID, *, wanted: Wanted, limit: int, cursor: str | None
) -> Page[FeedEntry]:
    """The events of a team and of all its design systems, for its members."""
    async with context.engine.connect() as db:
        await teams.allowed(db, actor, team_id, Action.TEAM_READ)
        found = await activity.team_page(db, team_id, wanted=wanted, limit=limit, cursor=cursor)
        return await _told(db, found)


async def _told(db: AsyncConnection, found: Page[ActivityRecord]) -> Page[FeedEntry]:
    people = await activity.people(db, found.items)
    return Page(
        [FeedEntry(each, people.get(each.user_id) if each.user_id else None) for each in found.items], found.next_cursor
    )
