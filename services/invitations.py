"""Invitations: a place in a team for whoever holds the token, with or without an account so far."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import invitations, teams, users
from index.invitations import InvitationRecord, OfferRecord
from index.paging import Page
from index.teams import TeamRecord
from index.users import Caller, UserRecord
from services import audit, mail
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from services.mail import Mail
from services.names import check_email
from services.policy import Action, Actor, Role, require
from services.rate_limits import Kind
from services.sign_ins import actor_of, digest
from services.smtp import MailSettings
from services.standing import account_of
from services.teams import allowed, alone

PREFIX = "xdi_"
"""How an invitation's token begins, so that it can be told from other secrets."""

GONE = "There is no such invitation, or it was accepted, taken back or has expired. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; ``token`` is shown this once, and only where the service sends no mail."""

    invitation: InvitationRecord
    token: str | None = field(repr=False)


async def invite(context: Context, actor: Actor, team_id: UUID, *, email: str, role: Role) -> Invited:
    """Invite whoever reads mail at an address. Inviting it again replaces role and token; a member is a Conflict.

    Whether there is an account with that address makes no difference to the answer. Raises Exhausted where too much was
    mailed to it or by the actor, whose own address must be confirmed before anything is mailed in their name, and
    Unavailable where the mail cannot be queued.
    """
    address, now = check_email(email), context.clock()
    token = PREFIX + secrets.token_urlsafe(32)
    if context.mail is not None:  # asked before, so that only an admin uses up what may be mailed to an address
        async with context.reads.connect() as db:
            await allowed(db, actor, team_id, Action.MEMBERS_MANAGE)
            await _require_confirmed(db, actor)
        await context.rate_limits.spend(Kind.INVITATIONS, f"user:{actor.user_id}")
        await context.rate_limits.spend_mail(address)
    async with context.engine.begin() as db:
        team = await alone(db, actor, team_id, Action.MEMBERS_MANAGE)
        user = await users.by_email(db, address)
        if user is not None and await teams.member(db, team_id, user.id) is not None:
            raise Conflict("This person is a member already. Change the role instead.")
        invitation = await invitations.put(
            db,
            team_id=team_id,
            email=address,
            role=role,
            token_hash=digest(token),
            mailed=context.mail is not None,
            invited_by=actor.user_id,
            now=now,
            expires_at=now + timedelta(days=context.limits.invitation_days),
        )
        subject = ("invitation", invitation.id)
        await audit.record(db, now, actor, Act.INVITED, team_id=team_id, subject=subject, email=address, role=role)
    if context.mail is None:
        return Invited(invitation, token)
    if not await mail.post(context, _letter(context.mail, team, invitation, actor, token)):
        raise Unavailable("The invitation could not be mailed now. Invite again later.", retry_after=30)
    return Invited(invitation, None)


async def _require_confirmed(db: AsyncConnection, actor: Actor) -> None:
    """Anybody can make an account and a team, with names that strangers would read in the mail."""
    if actor.user_id is not None and (await account_of(db, actor)).email_verified_at is None:
        raise Forbidden("Confirm your own e-mail address first (xds account verify-email): you are named in the mail.")


def _letter(settings: MailSettings, team: TeamRecord, invitation: InvitationRecord, actor: Actor, token: str) -> Mail:
    until = f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC"
    newcomers = "" if settings.ui_url else " You have no account there yet? Add --new to the command."
    lines = [
        f"{actor.name or 'An administrator'} invites you to the team {team.name}, as {invitation.role}.",
        mail.way(settings, token, page="invitations", command="xds team join"),
        f"It is good until {until}, for one person.{newcomers}",
        "If you do not know what this is about, do nothing.",
    ]
    return Mail(invitation.email, f"Invitation to {team.name}", "\n\n".join(lines) + "\n")


async def list_open(
    context: Context, actor: Actor, team_id: UUID, *, limit: int, cursor: str | None
) -> Page[InvitationRecord]:
    """The team's invitations that can be accepted, newest first, for its admins."""
    async with context.engine.connect() as db:
        await allowed(db, actor, team_id, Action.MEMBERS_MANAGE)
        return await invitations.page_of_team(db, team_id, context.clock(), limit=limit, cursor=cursor)


async def revoke(context: Context, actor: Actor, team_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back that nobody has accepted yet."""
    async with context.engine.begin() as db:
        await allowed(db, actor, team_id, Action.MEMBERS_MANAGE)
        gone = await invitations.remove(db, team_id, invitation_id)
        if gone is None:
            raise NotFound("There is no such invitation to this team, or it was accepted.")
        subject = ("invitation", invitation_id)
        await audit.record(
            db, context.clock(), actor, Act.INVITATION_REVOKED, team_id=team_id, subject=subject, reason="revoked"
        )


async def list_own(context: Context, actor: Actor, *, limit: int, cursor: str | None) -> Page[OfferRecord]:
    """What the actor is invited to, newest first; nothing before the account's e-mail address is confirmed, since
    anybody could have registered with it."""
    require(actor, Action.ACCOUNT_READ)
    async with context.engine.connect() as db:
        user = await account_of(db, actor)
        if user.email_verified_at is None:
            return Page([], None)
        return await invitations.page_for(db, user.email, context.clock(), limit=limit, cursor=cursor)


async def accept(
    context: Context, actor: Actor, *, token: str | None = None, invitation_id: UUID | None = None
) -> TeamRecord:
    """Join a team, by a token, or by the id of an invitation to one's own confirmed address. Accepting again what one
    has accepted changes nothing."""
    require(actor, Action.ACCOUNT_UPDATE)
    if (token is None) == (invitation_id is None):
        raise InvalidInput.of("", "one-of", "Send either token or id.")
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        found = await _found(context, db, user, token, invitation_id)
        if found is None:
            raise NotFound(GONE)
        return await _join(context, db, actor, user, found, token)


async def _found(
    context: Context, db: AsyncConnection, user: UserRecord, token: str | None, invitation_id: UUID | None
) -> InvitationRecord | None:
    if token is not None:
        return await invitations.by_token(db, digest(token), context.clock())
    if invitation_id is None or user.email_verified_at is None:
        return None
    return await invitations.for_address(db, invitation_id, user.email, context.clock())


async def _join(
    context: Context, db: AsyncConnection, actor: Actor, user: UserRecord, found: InvitationRecord, token: str | None
) -> TeamRecord:
    """Accept, while nobody else changes the team: what was true of the invitation is asked anew under the lock."""
    now = context.clock()
    await teams.lock(db, found.team_id)
    held = await invitations.hold(db, found.id, digest(token) if token else None, now)
    member = await teams.member(db, found.team_id, user.id)
    if held is None:
        if member is None or found.accepted_by != user.id:
            raise NotFound(GONE)
    elif member is not None:
        raise Conflict("You are a member of this team already.")
    else:
        await _take_in(db, actor, user, held, now)
    team = (await teams.access(db, found.team_id, Caller(user.id)))[0]
    if team is None:
        raise NotFound(GONE)
    return team


async def _take_in(
    db: AsyncConnection, actor: Actor, user: UserRecord, invitation: InvitationRecord, now: datetime
) -> None:
    team_id, subject = invitation.team_id, ("invitation", invitation.id)
    if not await teams.hold_person(db, user.id):
        raise NotFound(GONE)
    await teams.add_member(db, team_id, user.id, invitation.role, now)
    await invitations.accept(db, invitation.id, user.id, now)
    await audit.record(db, now, actor, Act.INVITATION_ACCEPTED, team_id=team_id, subject=subject, role=invitation.role)


async def offered(context: Context, token: str) -> InvitationRecord:
    """The invitation behind a token, before somebody registers with it; raises InvalidInput where it is good no more.

    Who takes the token out of the mail that we sent reads the mail of its address: with ``mailed`` set, an account
    with that address is made confirmed.
    """
    async with context.reads.connect() as db:
        found = await invitations.by_token(db, digest(token), context.clock())
    if found is None or not found.living:
        raise InvalidInput.of("invitation", "bad-invitation", GONE)
    return found


async def join_new(
    context: Context, db: AsyncConnection, user: UserRecord, offer: InvitationRecord, token: str
) -> None:
    """Take somebody in who registers in this very transaction; raises InvalidInput where the invitation went while
    their password was hashed, so that no account is made either."""
    try:
        await _join(context, db, actor_of(user), user, offer, token)
    except NotFound as error:
        raise InvalidInput.of("invitation", "bad-invitation", GONE) from error
