"""Invitations are mailed in the name of people who proved an address, and not to any number of strangers."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from index.teams import TeamRecord
from services import invitations, mail, teams
from services.context import Context
from services.errors import Forbidden, NotFound, RateLimited
from services.policy import Actor, Role
from services.rate_limits import Kind, RateLimits
from tests.services.conftest import person
from tests.services.test_invitations import ada, confirm_address, invite, mailing, team

__all__ = ["ada", "mailing", "team"]


async def test_who_has_mails_sent_to_strangers_has_an_address_of_their_own(
    mailing: Context, context: Context, team: TeamRecord
) -> None:
    """Anybody may register and make a team, with a name that a stranger would read in the mail."""
    eve = await person(mailing, "Eve")
    await mailing.redis.delete(mail.QUEUE)
    evil = await teams.create(mailing, eve, name="Your account is locked: evil.example")
    with pytest.raises(Forbidden, match="Confirm your own e-mail address"):
        await invitations.invite(mailing, eve, evil.id, email="grace@example.org", role=Role.VIEWER)
    with pytest.raises(NotFound):  # a team that she may not know of stays one
        await invitations.invite(mailing, eve, team.id, email="grace@example.org", role=Role.VIEWER)
    assert await mailing.redis.llen(mail.QUEUE) == 0
    assert await invite(context, eve, evil.id, "grace"), "without mail she hands the token on herself"
    await confirm_address(mailing, eve)
    await invitations.invite(mailing, eve, evil.id, email="grace@example.org", role=Role.VIEWER)


async def test_nobody_has_mails_sent_to_any_number_of_strangers(mailing: Context, ada: Actor, team: TeamRecord) -> None:
    rates = RateLimits(mailing.redis, {Kind.INVITATIONS: "2/hour", Kind.MAIL: "9/hour"}, uuid4().bytes)
    limited = replace(mailing, rate_limits=rates)
    for who in ("grace", "eve"):
        await invitations.invite(limited, ada, team.id, email=f"{who}@example.org", role=Role.VIEWER)
    other = await teams.create(limited, ada, name="Other")
    with pytest.raises(RateLimited):
        await invitations.invite(limited, ada, other.id, email="mallory@example.org", role=Role.VIEWER)
