"""Invitations let in whoever holds the token, once, and nobody after it was taken back."""

from __future__ import annotations

import asyncio
import email as email_package
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from index import users
from index.teams import TeamRecord
from services import accounts, api_keys, audit_reading, invitations, mail, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError, Unauthenticated, Unavailable
from services.policy import ANONYMOUS, SYSTEM, Actor, Role, Scope
from services.smtp import MailSettings
from tests.services.conftest import PASSWORD, Clock, person

ALL: dict[str, Any] = {"limit": 99, "cursor": None}


@pytest.fixture
async def ada(context: Context) -> Actor:
    made = await person(context, "Ada")
    await confirm_address(context, made)
    return made


@pytest.fixture
async def team(context: Context, ada: Actor) -> TeamRecord:
    return await teams.create(context, ada, name="Acme")


@pytest.fixture
async def mailing(context: Context) -> AsyncIterator[Context]:
    """The same service, with a mail server named; nothing takes the mails from the queue."""
    await context.redis.delete(mail.QUEUE)
    settings = MailSettings(host="mail.invalid", sender="xDS <noreply@example.org>", base_url="http://xds.test")
    yield replace(context, mail=settings)
    await context.redis.delete(mail.QUEUE)


async def invite(context: Context, actor: Actor, team_id: UUID, who: str, role: Role = Role.EDITOR) -> str:
    made = await invitations.invite(context, actor, team_id, email=f"{who}@example.org", role=role)
    assert made.token is not None
    return made.token


async def newest_letter(context: Context) -> dict[str, str]:
    """What is last in the queue of mails, opened as a worker does."""
    sealed = await context.redis.rpop(mail.QUEUE)
    assert isinstance(sealed, bytes)
    letter: dict[str, str] = orjson.loads(context.vault.open(mail.PURPOSE, sealed.decode()))
    return letter


async def mailed(context: Context) -> tuple[str, str]:
    """To whom the newest mail in the queue goes, and the token in it."""
    letter = await newest_letter(context)
    return letter["to"], next(word for word in letter["text"].split() if word.startswith("xdi_"))


async def confirm_address(context: Context, actor: Actor) -> None:
    assert actor.user_id
    async with context.engine.begin() as db:
        await users.change(db, actor.user_id, {"email_verified_at": context.clock()}, context.clock())


async def roles(context: Context, actor: Actor, team_id: UUID) -> dict[str, str]:
    return {each.user.name: each.role for each in (await teams.list_members(context, actor, team_id, **ALL)).items}


async def test_an_invitation_takes_one_person_in(context: Context, ada: Actor, team: TeamRecord) -> None:
    token = await invite(context, ada, team.id, "grace")
    grace, eve = await person(context, "Grace"), await person(context, "Eve")
    joined = await invitations.accept(context, grace, token=token)
    assert (joined.id, joined.slug, joined.role) == (team.id, team.slug, Role.EDITOR)
    again = await invitations.accept(context, grace, token=token)  # the first answer may have been lost
    assert again == joined
    with pytest.raises(NotFound):
        await invitations.accept(context, eve, token=token)
    assert await roles(context, ada, team.id) == {"Ada": "admin", "Grace": "editor"}
    assert (await invitations.list_open(context, ada, team.id, **ALL)).items == []


async def test_two_who_accept_at_once_are_one_member(context: Context, ada: Actor, team: TeamRecord) -> None:
    people = [await person(context, name) for name in ("Grace", "Eve")]
    for _ in range(3):
        token = await invite(context, ada, team.id, "somebody")
        done = await asyncio.gather(
            *(invitations.accept(context, who, token=token) for who in people), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in done) == ["NotFound", "TeamRecord"]
        inside = await roles(context, ada, team.id)
        assert len(inside) == 2
        for who in people:
            if who.name in inside and who.user_id:
                await teams.remove_member(context, ada, team.id, who.user_id)


async def test_the_token_is_stored_only_hashed_and_shown_in_no_repr(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    made = await invitations.invite(context, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    assert made.token and made.token.startswith("xdi_") and made.token not in repr(made)
    async with context.engine.connect() as db:
        for table in ("invitations", "audit_log"):
            rows = (await db.execute(text(f"SELECT {table}::text FROM {table}"))).scalars().all()
            assert rows and not any(made.token in row for row in rows)


async def test_inviting_again_replaces_role_and_token(context: Context, ada: Actor, team: TeamRecord) -> None:
    first = await invite(context, ada, team.id, "grace", Role.ADMIN)
    second = await invite(context, ada, team.id, "GRACE", Role.VIEWER)
    (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
    assert (listed.email, listed.role, listed.invited_by) == ("grace@example.org", Role.VIEWER, ada.user_id)
    grace = await person(context, "Grace")
    with pytest.raises(NotFound):
        await invitations.accept(context, grace, token=first)
    assert (await invitations.accept(context, grace, token=second)).role == Role.VIEWER


async def test_inviting_at_once_leaves_one_open_invitation(context: Context, ada: Actor, team: TeamRecord) -> None:
    tokens = await asyncio.gather(*(invite(context, ada, team.id, "grace") for _ in range(5)))
    assert len((await invitations.list_open(context, ada, team.id, **ALL)).items) == 1
    grace = await person(context, "Grace")
    outcomes = [
        await asyncio.gather(invitations.accept(context, grace, token=token), return_exceptions=True)
        for token in tokens
    ]
    assert sum(isinstance(outcome, TeamRecord) for (outcome,) in outcomes) == 1


async def test_members_are_not_invited_and_do_not_change_their_role_by_invitation(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    grace = await person(context, "Grace")
    token = await invite(context, ada, team.id, "somebody-else", Role.ADMIN)
    await teams.add_member(context, ada, team.id, role=Role.VIEWER, user_id=grace.user_id)
    with pytest.raises(Conflict):
        await invite(context, ada, team.id, "Grace")
    with pytest.raises(Conflict):
        await invitations.accept(context, grace, token=token)
    assert (await roles(context, ada, team.id))["Grace"] == "viewer"


async def test_unknown_expired_and_revoked_invitations_let_nobody_in(
    context: Context, ada: Actor, team: TeamRecord, clock: Clock
) -> None:
    revoked = await invite(context, ada, team.id, "revoked")
    (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
    await invitations.revoke(context, ada, team.id, listed.id)
    with pytest.raises(NotFound):
        await invitations.revoke(context, ada, team.id, listed.id)
    expired = await invite(context, ada, team.id, "expired")
    clock.advance(days=context.limits.invitation_days)
    grace = await person(context, "Grace")
    for token in (revoked, expired, "xdi_unknown", "", "xdi_\udcff"):
        with pytest.raises(NotFound):
            await invitations.accept(context, grace, token=token)
        with pytest.raises(InvalidInput):
            await accounts.register(context, email="new@example.org", password=PASSWORD, name="New", invitation=token)
    assert (await invitations.list_open(context, ada, team.id, **ALL)).items == []


async def test_an_invitation_falls_with_its_inviters_right(context: Context, ada: Actor, team: TeamRecord) -> None:
    """Who shows the token to themselves must not come back with it."""
    grace, eve = await person(context, "Grace"), await person(context, "Eve")
    assert grace.user_id
    for fall in ("removed", "demoted"):
        await teams.add_member(context, ada, team.id, role=Role.ADMIN, user_id=grace.user_id)
        token = await invite(context, grace, team.id, fall, Role.ADMIN)
        if fall == "demoted":
            await teams.change_role(context, ada, team.id, grace.user_id, Role.EDITOR)
            await teams.change_role(context, ada, team.id, grace.user_id, Role.ADMIN)
        else:
            await teams.remove_member(context, ada, team.id, grace.user_id)
        with pytest.raises(NotFound):
            await invitations.accept(context, eve, token=token)


async def test_a_former_instance_admin_has_invited_nobody(context: Context, ada: Actor, team: TeamRecord) -> None:
    root = await person(context, "Root", actor=SYSTEM, is_admin=True)
    token = await invite(context, root, team.id, "eve", Role.ADMIN)
    assert len((await invitations.list_open(context, ada, team.id, **ALL)).items) == 1
    async with context.engine.begin() as db:
        await users.change(db, root.user_id or uuid4(), {"is_admin": False}, context.clock())
    with pytest.raises(NotFound):
        await invitations.accept(context, await person(context, "Eve"), token=token)
    assert (await invitations.list_open(context, ada, team.id, **ALL)).items == []


async def test_who_was_removed_does_not_come_back_by_an_older_invitation(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    grace = await person(context, "Grace")
    assert grace.user_id
    token = await invite(context, ada, team.id, "grace")
    await teams.add_member(context, ada, team.id, role=Role.VIEWER, user_id=grace.user_id)
    await teams.remove_member(context, ada, team.id, grace.user_id)
    with pytest.raises(NotFound):
        await invitations.accept(context, grace, token=token)


async def test_accepting_and_taking_back_at_once_have_one_outcome(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    grace = await person(context, "Grace")
    for _ in range(5):
        token = await invite(context, ada, team.id, "grace")
        (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
        done = await asyncio.gather(
            invitations.accept(context, grace, token=token),
            invitations.revoke(context, ada, team.id, listed.id),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, NotFound) for outcome in done) == 1
        inside = "Grace" in await roles(context, ada, team.id)
        assert inside == isinstance(done[0], TeamRecord)
        if inside and grace.user_id:
            await teams.remove_member(context, ada, team.id, grace.user_id)


async def test_only_admins_of_the_team_invite_list_and_take_back(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    grace, eve = await person(context, "Grace"), await person(context, "Eve")
    other = await teams.create(context, eve, name="Other")
    await teams.add_member(context, ada, team.id, role=Role.EDITOR, user_id=grace.user_id)
    await invite(context, ada, team.id, "somebody")
    (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
    for actor, kind in ((grace, Forbidden), (eve, NotFound), (ANONYMOUS, Unauthenticated)):
        for attempt in (
            invitations.invite(context, actor, team.id, email="x@example.org", role=Role.VIEWER),
            invitations.list_open(context, actor, team.id, **ALL),
            invitations.revoke(context, actor, team.id, listed.id),
        ):
            with pytest.raises(kind):
                await attempt
    with pytest.raises(NotFound):
        await invitations.revoke(context, eve, other.id, listed.id)


async def test_keys_accept_only_where_they_may_act_for_the_account(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    grace = await person(context, "Grace")
    token = await invite(context, ada, team.id, "grace")
    for scopes, allowed in (([Scope.WRITE], False), ([Scope.ADMIN], True)):
        _, secret = await api_keys.create(context, grace, name="k", scopes=scopes)
        key = await api_keys.authenticate(context, secret)
        if allowed:
            assert (await invitations.accept(context, key, token=token)).id == team.id
        else:
            with pytest.raises(Forbidden):
                await invitations.accept(context, key, token=token)
    with pytest.raises(Unauthenticated):
        await invitations.accept(context, ANONYMOUS, token=token)


async def test_somebody_new_registers_and_joins_at_once_even_where_registration_is_closed(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    closed = replace(context, limits=replace(context.limits, registration_open=False))
    token = await invite(context, ada, team.id, "grace")
    with pytest.raises(Forbidden):
        await accounts.register(closed, email="grace@example.org", password=PASSWORD, name="Grace")
    made = await accounts.register(closed, email="grace@example.org", password=PASSWORD, name="Grace", invitation=token)
    assert made.email_verified_at is None  # an admin saw the token: it proves no address
    assert await roles(context, ada, team.id) == {"Ada": "admin", "Grace": "editor"}
    with pytest.raises(InvalidInput):
        await accounts.register(closed, email="eve@example.org", password=PASSWORD, name="Eve", invitation=token)


async def test_of_two_who_register_with_one_token_one_has_an_account(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    token = await invite(context, ada, team.id, "new")
    done = await asyncio.gather(
        *(
            accounts.register(context, email=f"{name}@example.org", password=PASSWORD, name=name, invitation=token)
            for name in ("Grace", "Eve")
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, InvalidInput) for outcome in done) == 1
    async with context.engine.connect() as db:
        found = [await users.by_email(db, f"{name}@example.org") for name in ("grace", "eve")]
    assert sum(user is not None for user in found) == 1


async def test_where_mail_is_sent_nobody_is_shown_the_token(mailing: Context, ada: Actor, team: TeamRecord) -> None:
    made = await invitations.invite(mailing, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    assert made.token is None
    to, token = await mailed(mailing)
    assert to == "grace@example.org"
    user = await accounts.register(
        mailing, email="Grace@example.org", password=PASSWORD, name="Grace", invitation=token
    )
    assert user.email_verified_at is not None


async def test_a_mailed_invitation_proves_no_other_address(mailing: Context, ada: Actor, team: TeamRecord) -> None:
    await invitations.invite(mailing, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    _, token = await mailed(mailing)
    user = await accounts.register(mailing, email="hopper@example.org", password=PASSWORD, name="G", invitation=token)
    assert user.email_verified_at is None
    assert (await roles(mailing, ada, team.id))["G"] == "viewer"


async def test_a_name_puts_no_header_into_the_mail(mailing: Context, ada: Actor) -> None:
    team = await teams.create(mailing, ada, name="Acme: Bcc é")
    await invitations.invite(mailing, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    letter = await newest_letter(mailing)
    assert letter["subject"] == "Invitation to Acme: Bcc é"
    assert "Ada invites you to the team Acme: Bcc é, as viewer." in letter["text"]
    assert email_package.message_from_string(f"Subject: {letter['subject']}\n\n")["Bcc"] is None


async def test_an_invitation_that_cannot_be_mailed_is_told_to_the_admin(
    mailing: Context, ada: Actor, team: TeamRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MOST_WAITING", 0)
    with pytest.raises(Unavailable):
        await invitations.invite(mailing, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    monkeypatch.undo()
    await invitations.invite(mailing, ada, team.id, email="grace@example.org", role=Role.VIEWER)
    assert (await mailed(mailing))[0] == "grace@example.org"


async def test_ones_own_invitations_are_those_to_a_confirmed_address(
    context: Context, ada: Actor, team: TeamRecord
) -> None:
    await invite(context, ada, team.id, "Grace", Role.EDITOR)
    grace, eve = await person(context, "Grace"), await person(context, "Eve")
    (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
    assert (await invitations.list_own(context, grace, **ALL)).items == []
    with pytest.raises(NotFound):  # anybody could have registered with that address
        await invitations.accept(context, grace, invitation_id=listed.id)
    for who in (grace, eve):
        await confirm_address(context, who)
    (offer,) = (await invitations.list_own(context, grace, **ALL)).items
    assert (offer.id, offer.team_slug, offer.role, offer.inviter) == (listed.id, team.slug, "editor", "Ada")
    assert (await invitations.list_own(context, eve, **ALL)).items == []
    with pytest.raises(NotFound):
        await invitations.accept(context, eve, invitation_id=listed.id)
    assert (await invitations.accept(context, grace, invitation_id=listed.id)).id == team.id
    wrongs: list[dict[str, Any]] = [{}, {"token": "x", "invitation_id": listed.id}]
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            await invitations.accept(context, grace, **wrong)


async def test_lists_page(context: Context, ada: Actor, team: TeamRecord, clock: Clock) -> None:
    for number in range(5):
        await invite(context, ada, team.id, f"p{number}")
        clock.advance(seconds=number % 2)
    seen, cursor = [], None
    while True:
        found = await invitations.list_open(context, ada, team.id, limit=2, cursor=cursor)
        seen += [each.email for each in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [f"p{number}@example.org" for number in range(5)]


async def test_every_step_is_written_down(context: Context, ada: Actor, team: TeamRecord) -> None:
    grace = await person(context, "Grace")
    await invitations.accept(context, grace, token=await invite(context, ada, team.id, "grace"))
    await invite(context, ada, team.id, "eve")
    (listed,) = (await invitations.list_open(context, ada, team.id, **ALL)).items
    await invitations.revoke(context, ada, team.id, listed.id)
    rows = (await audit_reading.team_acts(context, ada, team.id, action=None, **ALL)).items
    assert [(row.action, row.user_id) for row in rows] == [
        ("invitation.revoked", ada.user_id),
        ("invitation.created", ada.user_id),
        ("invitation.accepted", grace.user_id),
        ("invitation.created", ada.user_id),
        ("team.created", ada.user_id),
    ]


async def test_nothing_half_done_stays(context: Context, ada: Actor, team: TeamRecord) -> None:
    """A taken user name ends the registration that would have joined; the invitation is still good."""
    token = await invite(context, ada, team.id, "grace")
    with pytest.raises(ServiceError):
        await accounts.register(
            context, email="g@example.org", password=PASSWORD, name="G", username="ada", invitation=token
        )
    await accounts.register(context, email="g@example.org", password=PASSWORD, name="G", invitation=token)
