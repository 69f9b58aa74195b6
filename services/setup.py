"""First start: an administrator to sign in as and, when asked for, a demonstration team with a realistic system."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from designsystem.demo import demo_files
from index import users
from services import accounts, changes, systems, teams
from services.access_tokens import AccessTokens
from services.changes import Change
from services.context import Context, opened
from services.drafts import Draft
from services.errors import Conflict
from services.policy import SYSTEM, Actor
from services.systems import NewSystem
from settings import Settings

DEMO_TEAM = ("Acme", "acme")
DEMO_SYSTEM = ("Acme UI", "acme-ui")


@dataclass(frozen=True, slots=True)
class FirstStart:
    """How to sign in; the password only where the account was made just now."""

    admin_email: str
    admin_password: str | None
    demo_clone_url: str | None


async def first_start(settings: Settings, *, demo: bool) -> FirstStart:
    """Make what is missing; running it again changes nothing."""
    async with opened(
        database_url=str(settings.database_url),
        redis_url=str(settings.redis_url),
        repositories=settings.repositories,
        access_tokens=AccessTokens.derived(settings.require_secret(), timedelta(minutes=1)),
    ) as context:
        actor, password = await _administrator(context, settings.admin_email)
        clone_url = None
        if demo:
            path = await _demonstration(context, actor)
            clone_url = f"{settings.base_url}/git/{path}.git"
        return FirstStart(actor.email, password, clone_url)


async def _administrator(context: Context, email: str) -> tuple[Actor, str | None]:
    async with context.engine.connect() as db:
        existing = await users.first_admin(db)
    if existing is not None:
        return accounts.actor_of(existing), None
    password = secrets.token_urlsafe(15)
    user = await accounts.register(
        context, email=email, password=password, name="Administrator", username="admin", actor=SYSTEM, is_admin=True
    )
    return accounts.actor_of(user), password


async def _demonstration(context: Context, actor: Actor) -> str:
    """The demonstration system's ``team/system``; one that exists is left as it is."""
    name, slug = DEMO_TEAM
    try:
        team = await teams.create(context, actor, name=name, slug=slug)
    except Conflict:
        return f"{slug}/{DEMO_SYSTEM[1]}"
    system = await systems.create_system(
        context, actor, NewSystem(team_id=team.id, name=DEMO_SYSTEM[0], slug=DEMO_SYSTEM[1])
    )

    def edit(draft: Draft) -> None:
        for path, data in sorted(demo_files().items()):
            draft.put(path, data)

    await changes.apply(context, actor, Change(system_id=system.id, edit=edit, message="Begin Acme UI", via="import"))
    return f"{slug}/{DEMO_SYSTEM[1]}"
