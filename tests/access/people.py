"""Who asks: accounts, and the credential that each column of the table stands for."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx

from index import recovery
from index.keys import KeyRecord
from index.users import UserRecord
from services import accounts, api_keys, sign_ins, teams
from services.access_tokens import AccessTokens
from services.context import Context
from services.oauth import flow
from services.policy import SYSTEM, Actor, Role, Scope

NAMES = ("founder", "colleague", "outsider", "removed", "viewer", "editor", "admin", "stranger", "root")
GUESTS = {"granted-viewer": Role.VIEWER, "granted-editor": Role.EDITOR}
"""Who belongs to no team, and has a role on the one design system."""
PASSWORD = "correct-horse-battery"
NUMBERS = count(1)


@dataclass(frozen=True)
class Credential:
    """How somebody proves who they are, to REST and to git."""

    bearer: str = ""
    login: str = ""
    password: str = ""

    @property
    def rest(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}

    @property
    def git(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"} if self.password else {}

    @classmethod
    def of_key(cls, secret: str) -> Credential:
        return cls(secret, "ci", secret)


@dataclass
class People:
    """Everybody's account, and the credentials that hold on every system alike."""

    context: Context
    users: dict[str, UserRecord] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=lambda: {"anonymous": Credential()})
    granted_key_id: UUID | None = None
    """A key of the outsider's, which is to be granted what its owner is not."""

    def actor(self, name: str) -> Actor:
        return sign_ins.actor_of(self.users[name])

    def owner(self, caller: str) -> UserRecord | None:
        """Whose account a caller acts for."""
        if caller == "anonymous":
            return None
        owners = {"viewers": "viewer", "removeds": "removed", "roots": "root", "granted-key": "outsider"}
        return self.users.get(caller) or self.users[owners.get(caller, "admin")]

    async def newcomer(self) -> UserRecord:
        """Somebody who has an account and belongs nowhere."""
        return await register(self.context, f"newcomer{next(NUMBERS)}")

    async def key(
        self,
        owner: UserRecord,
        scope: Scope = Scope.ADMIN,
        *,
        team_id: UUID | None = None,
        system_id: UUID | None = None,
    ) -> tuple[KeyRecord, Credential]:
        record, secret = await api_keys.create(
            self.context,
            sign_ins.actor_of(owner),
            name="a key",
            scopes=[scope],
            team_id=team_id,
            design_system_id=system_id,
        )
        return record, Credential.of_key(secret)

    async def back_from_github(self, browser: str) -> dict[str, str]:
        """What its redirect back carries, for a sign-in that was begun by the browser with that cookie."""
        back = await _visit(await flow.begin(self.context, "github", browser=browser))
        return dict(parse_qsl(urlsplit(back).query))


async def _visit(url: str) -> str:
    async with httpx.AsyncClient() as browser:
        return (await browser.get(url)).headers["Location"]


async def register(context: Context, name: str, *, is_admin: bool = False) -> UserRecord:
    email = f"{name}@example.org"
    return await accounts.register(
        context, email=email, password=PASSWORD, name=name, username=name, actor=SYSTEM, is_admin=is_admin
    )


async def settle(context: Context) -> People:
    """Everybody signed in, with the keys that are bound to nothing or to a team elsewhere."""
    people = People(context)
    for name in (*NAMES, *GUESTS):
        user = people.users[name] = await register(context, name, is_admin=name == "root")
        pair = await sign_ins.login(context, email=user.email, password=PASSWORD)
        people.credentials[name] = Credential(pair.access_token, user.email, PASSWORD)
    await _confirm_addresses(people)
    admin = people.users["admin"]
    for caller, scope in zip(("read", "write", "publish", "admin-key"), Scope, strict=True):
        _, people.credentials[caller] = await people.key(admin, scope)
    for caller in ("viewer", "removed"):
        _, people.credentials[f"{caller}s"] = await people.key(people.users[caller])
    revoked, people.credentials["revoked"] = await people.key(admin)
    await api_keys.revoke(context, people.actor("admin"), revoked.id)
    people.credentials["expired"] = await _expired(context, people.actor("admin"))
    people.credentials["ended"] = await _ended(people)
    granted, people.credentials["granted-key"] = await people.key(people.users["outsider"])
    people.granted_key_id = granted.id
    people.credentials["lapsed"], people.credentials["forged"] = _dead_tokens(people)
    far = await teams.create(context, people.actor("admin"), name="Far away")
    _, people.credentials["far"] = await people.key(admin, team_id=far.id)
    return people


async def _confirm_addresses(people: People) -> None:
    """Nobody is kept out for want of that."""
    async with people.context.engine.begin() as db:
        for user in people.users.values():
            await recovery.set_verified(db, user.id, people.context.clock())


async def _ended(people: People) -> Credential:
    """An access token that is good for minutes, of a sign-in that is over."""
    admin = people.users["admin"]
    pair = await sign_ins.login(people.context, email=admin.email, password=PASSWORD)
    await sign_ins.logout(people.context, pair.refresh_token)
    return Credential(pair.access_token, admin.email, pair.access_token)


async def _expired(context: Context, actor: Actor) -> Credential:
    """A key that was made yesterday and ended an hour ago."""
    now = context.clock()
    yesterday = replace(context, clock=lambda: now - timedelta(days=1))
    _, secret = await api_keys.create(
        yesterday, actor, name="a key", scopes=[Scope.ADMIN], expires_at=now - timedelta(hours=1)
    )
    return Credential.of_key(secret)


def _dead_tokens(people: People) -> tuple[Credential, Credential]:
    """An access token of yesterday, and one that somebody else signed."""
    now = people.context.clock()
    actor = people.context.access_tokens.verify(people.credentials["admin"].bearer, now)
    forger = AccessTokens(
        dict.fromkeys(people.context.access_tokens.keys, b"f" * 32), people.context.access_tokens.current
    )
    tokens = people.context.access_tokens.issue(actor, now - timedelta(days=1)), forger.issue(actor, now)
    lapsed, forged = (Credential(token, actor.email, token) for token in tokens)
    return lapsed, forged


MEMBERS = {"admin": Role.ADMIN, "editor": Role.EDITOR, "viewer": Role.VIEWER, "colleague": Role.EDITOR}


async def make_team(people: People, name: str, founder: str = "founder") -> tuple[UUID, str]:
    """A team of its founder alone: its id and slug."""
    team = await teams.create(people.context, people.actor(founder), name=name, slug=f"t{uuid4().hex}")
    return team.id, team.slug


async def join(people: People, team_id: UUID) -> None:
    """Every member that the table speaks of, and one who is removed again."""
    founder = people.actor("founder")
    for name, role in {**MEMBERS, "removed": Role.EDITOR}.items():
        await teams.add_member(people.context, founder, team_id, role=role, user_id=people.users[name].id)
    await teams.remove_member(people.context, founder, team_id, people.users["removed"].id)
