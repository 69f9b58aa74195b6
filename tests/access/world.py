"""What is asked for: a team with a design system in it, full of things to read, change and delete."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import text

from gitstore.commits import Person
from gitstore.refs import RefUpdate, list_refs, move
from index.account_tables import User
from services import changes, components, design_tokens, grants, invitations, protections, publishing, systems, teams
from services.changes import Change
from services.design_tokens import Filter
from services.drafts import Draft
from services.policy import Role, Visibility
from services.protection import Protection
from services.publishing import Publication
from services.systems import NewSystem
from tests.access.people import GUESTS, Credential, People, join, make_team

NAME = "Nightjar"
"""In the name of every team and system: no refusal may say it to those who may not know."""
SPARE = 32
"""Tokens and components to delete: one for each caller and some."""


@dataclass
class World:
    """Ids as they stand in URLs, and the credentials that are bound to what they name."""

    people: People
    visibility: Visibility
    team_id: UUID
    team: str
    credentials: dict[str, Credential]
    key_id: UUID | None = None
    system_id: UUID = field(default_factory=uuid4)
    system: str = ""
    other_id: UUID = field(default_factory=uuid4)
    other: str = ""
    """Another system of the team."""
    grant_id: UUID = field(default_factory=uuid4)
    invitation_id: UUID = field(default_factory=uuid4)
    head: str = ""
    tokens: list[UUID] = field(default_factory=list)
    components: list[UUID] = field(default_factory=list)
    elsewhere: World | None = None
    """A system of another team, whose admin ``stranger`` is."""

    @property
    def git_path(self) -> str:
        return f"/git/{self.team}/{self.system}.git"

    @property
    def away(self) -> World:
        assert self.elsewhere is not None
        return self.elsewhere

    async def refs(self) -> dict[str, object]:
        with self.people.context.store.open(self.system_id) as repo:
            return dict(list_refs(repo))


async def full_world(people: People, visibility: Visibility) -> World:
    """A team and a system with content, and another team's system beside it."""
    world = await bare_world(people, visibility)
    actor, context = people.actor("founder"), people.context
    await changes.apply(context, actor, Change(system_id=world.system_id, edit=_fill, message="Begin"))
    world.head = (await systems.get_system(context, actor, world.system_id)).head or ""
    wanted = Filter(None, None, None)
    _, read = await design_tokens.list_tokens(
        context, actor, world.system_id, ref=None, wanted=wanted, limit=200, cursor=None
    )
    world.tokens = [token.id for token in (await read()).items]
    _, found = await components.list_components(
        context, actor, world.system_id, ref=None, category=None, q=None, limit=200, cursor=None
    )
    world.components = [component.id for component in (await found()).items]
    world.elsewhere = await _elsewhere(people)
    await publishing.publish(context, actor, Publication(system_id=world.system_id, version="0.1.0"))
    await _guard(world)
    return world


async def _guard(world: World) -> None:
    """A protected branch, a grant and an open invitation."""
    actor, context = world.people.actor("founder"), world.people.context
    await protections.set_protection(context, actor, world.system_id, Protection(pattern="kept/*"))
    with context.store.open(world.system_id) as repo:
        kept = RefUpdate("refs/heads/kept/one", None, world.head)
        move(repo, [kept], who=Person("Founder", "founder@example.org"), reason="begin")
    visitor = await world.people.newcomer()
    given = await grants.give(context, actor, world.system_id, role=Role.VIEWER, user_id=visitor.id)
    world.grant_id = given.id
    email = f"invited-{uuid4().hex}@example.org"
    invited = await invitations.invite(context, actor, world.team_id, email=email, role=Role.VIEWER)
    world.invitation_id = invited.invitation.id


def _fill(draft: Draft) -> None:
    draft.put("OWNERS", b"token:owned @editor\n")
    tokens = {f"t{number}": {"$value": number} for number in range(SPARE + 1)}
    draft.put("tokens/all.tokens.json", json.dumps({"size": {"$type": "number", **tokens}}, indent=2).encode())
    for number in range(SPARE + 1):
        draft.put(f"components/C{number}/component.json", json.dumps({"name": f"C{number}"}).encode())


async def bare_world(people: People, visibility: Visibility, *, empty: bool = False) -> World:
    """A team with two systems that have no commit yet, or (``empty``) with none at all."""
    team_id, slug = await make_team(people, NAME)
    await join(people, team_id)
    world = World(people, visibility, team_id, slug, dict(people.credentials))
    admin, root = people.users["admin"], people.users["root"]
    record, world.credentials["team"] = await people.key(admin, team_id=team_id)
    world.key_id = record.id
    world.other_id, world.other = await _system(
        people, "founder", team_id if not empty else (await make_team(people, NAME))[0]
    )
    if not empty:
        world.system_id, world.system = await _system(people, "founder", team_id, visibility)
        await _let_in_guests(world)
        _, world.credentials["this"] = await people.key(admin, system_id=world.system_id)
        _, world.credentials["other"] = await people.key(admin, system_id=world.other_id)
    else:  # a team with a system cannot be deleted, so a key bound to a system can only be bound elsewhere
        for caller in ("this", "other"):
            world.credentials[caller] = world.credentials["far"]
    _, world.credentials["roots"] = await people.key(root, system_id=world.other_id)
    return world


async def _let_in_guests(world: World) -> None:
    people, founder = world.people, world.people.actor("founder")
    for name, role in GUESTS.items():
        await grants.give(people.context, founder, world.system_id, role=role, user_id=people.users[name].id)
    await grants.give(people.context, founder, world.system_id, role=Role.ADMIN, key_id=people.granted_key_id)


async def _elsewhere(people: People) -> World:
    team_id, slug = await make_team(people, "Elsewhere", "stranger")
    stranger, outsider = people.actor("stranger"), people.users["outsider"]
    await teams.add_member(people.context, stranger, team_id, role=Role.EDITOR, user_id=outsider.id)
    world = World(people, "private", team_id, slug, {})
    world.system_id, world.system = await _system(people, "stranger", team_id)
    return world


async def _system(people: People, owner: str, team_id: UUID, visibility: Visibility = "private") -> tuple[UUID, str]:
    wanted = NewSystem(team_id=team_id, name=NAME, slug=f"s{uuid4().hex}", visibility=visibility)
    made = await systems.create_system(people.context, people.actor(owner), wanted)
    return made.id, made.slug


TABLES = sorted(User.metadata.tables.keys() - {"audit_log"})
# a key's last use is recorded whether or not it was of use
ROWS = "SELECT md5(string_agg(md5((to_jsonb(t) - 'last_used_at')::text), '' ORDER BY to_jsonb(t)::text)) FROM {} t"
# what was refused may be written down, what was done may not have been
ACTS = ROWS.format("audit_log") + " WHERE outcome = 'ok'"


async def fingerprint(world: World) -> object:
    """Everything that is stored: of all rows, and of the repository's references."""
    query = " UNION ALL ".join(f"({rows})" for rows in (*map(ROWS.format, TABLES), ACTS))
    async with world.people.context.engine.connect() as db:
        rows = tuple((await db.execute(text(query))).scalars())
    has_repository = world.people.context.store.exists(world.system_id)
    return rows, await world.refs() if has_repository else None
