"""First start: an administrator to sign in as and, when asked for, a demonstration team with a realistic system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from designsystem.demo import demo_files
from index import systems as system_index
from index import teams as team_index
from index import users
from services import accounts, changes, sign_ins, systems, teams
from services.changes import Change
from services.context import Context
from services.drafts import Draft
from services.policy import SYSTEM, Actor
from services.systems import NewSystem, SystemRecord
from services.wiring import opened_from
from settings import Settings

DEMO_TEAM = ("Acme", "acme")
DEMO_SYSTEM = ("Acme UI", "acme-ui")


@dataclass(frozen=True, slots=True)
class FirstStart:
    """How to sign in; the password only where the account was made just now."""

    admin_email: str
    admin_password: str | None
    demo_clone_url: str | None


async def first_start(settings: Settings, *, demo: bool, new_password: Callable[[], str]) -> FirstStart:
    """Make what is missing; running it again changes nothing.

    ``new_password`` is asked for only where the administrator does not exist yet, and before the account is made: a
    caller that keeps what it answers can still show it after a crash.
    """
    async with opened_from(settings) as context:
        actor, password = await _administrator(context, settings.admin_email, new_password)
        clone_url = None
        if demo:
            path = await _demonstration(context, actor)
            clone_url = f"{settings.base_url}/git/{path}.git"
        return FirstStart(actor.email, password, clone_url)


async def _administrator(context: Context, email: str, new_password: Callable[[], str]) -> tuple[Actor, str | None]:
    async with context.engine.connect() as db:
        existing = await users.first_admin(db)
    if existing is not None:
        return sign_ins.actor_of(existing), None
    password = new_password()
    user = await accounts.register(
        context, email=email, password=password, name="Administrator", username="admin", actor=SYSTEM, is_admin=True
    )
    return sign_ins.actor_of(user), password


async def _demonstration(context: Context, actor: Actor) -> str:
    """The demonstration system's ``team/system``; what of it exists is left as it is."""
    async with context.engine.connect() as db:
        team = await team_index.by_slug(db, DEMO_TEAM[1], actor.user_id)
        found = await system_index.by_slug(db, DEMO_TEAM[1], DEMO_SYSTEM[1])
    if team is None:
        team = await teams.create(context, actor, name=DEMO_TEAM[0], slug=DEMO_TEAM[1])
    system = found or await systems.create_system(
        context, actor, NewSystem(team_id=team.id, name=DEMO_SYSTEM[0], slug=DEMO_SYSTEM[1])
    )
    if system.head is None:
        await _fill(context, actor, system)
    return f"{team.slug}/{system.slug}"


async def _fill(context: Context, actor: Actor, system: SystemRecord) -> None:

    def edit(draft: Draft) -> None:
        for path, data in sorted(demo_files().items()):
            draft.put(path, data)

    await changes.apply(context, actor, Change(system_id=system.id, edit=edit, message="Begin Acme UI", via="import"))
