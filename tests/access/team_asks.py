"""How rows about teams are asked for: members, invitations, grants, protections, the audit log."""

from __future__ import annotations

from uuid import UUID, uuid4

from services import grants, invitations, protections, teams
from services.policy import Role
from services.protection import Protection
from tests.access.ask import Ask, Asking, away, fresh, sent
from tests.access.people import make_team
from tests.access.world import World


async def add_newcomer(world: World, caller: str) -> Ask:
    return Ask({"user_id": str((await world.people.newcomer()).id), "role": "viewer"})


async def remove_newcomer(world: World, caller: str) -> Ask:
    user, founder = await world.people.newcomer(), world.people.actor("founder")
    await teams.add_member(world.people.context, founder, world.team_id, role=Role.VIEWER, user_id=user.id)
    return Ask(path={"user_id": user.id})


def remove_oneself(world: World, caller: str) -> Ask:
    owner = world.people.owner(caller)
    return Ask(path={"user_id": owner.id if owner else uuid4()})


async def _invited(world: World, team_id: UUID, email: str) -> invitations.Invited:
    founder = world.people.actor("founder")
    return await invitations.invite(world.people.context, founder, team_id, email=email, role=Role.VIEWER)


async def fresh_invitation(world: World, caller: str) -> Ask:
    invited = await _invited(world, world.team_id, f"{fresh('guest')}@example.org")
    return Ask(path={"invitation_id": invited.invitation.id})


async def accept(world: World, caller: str) -> Ask:
    """A place in a team that the caller is not in yet."""
    team_id, _ = await make_team(world.people, "Side by side")
    return Ask({"token": (await _invited(world, team_id, f"{fresh('guest')}@example.org")).token})


async def accept_own(world: World, caller: str) -> Ask:
    """By its id, as somebody whose address is confirmed may."""
    team_id, _ = await make_team(world.people, "Side by side")
    owner = world.people.owner(caller) or world.people.users["colleague"]
    return Ask({"id": str((await _invited(world, team_id, owner.email)).invitation.id)})


async def shown_invitation(world: World, caller: str) -> Ask:
    asked = await accept_own(world, caller)
    assert isinstance(asked.body, dict)
    return Ask(shown=UUID(asked.body["id"]))


def accept_of_another(world: World, caller: str) -> Ask:
    return Ask({"id": str(world.invitation_id)})


async def grant_to_newcomer(world: World, caller: str) -> Ask:
    return Ask({"user_id": str((await world.people.newcomer()).id), "role": "viewer"})


async def grant_to_key(world: World, caller: str) -> Ask:
    key, _ = await world.people.key(world.people.users["colleague"])
    return Ask({"key_id": str(key.id), "role": "viewer"})


async def fresh_grant(world: World, caller: str) -> Ask:
    user, founder = await world.people.newcomer(), world.people.actor("founder")
    given = await grants.give(world.people.context, founder, world.system_id, role=Role.VIEWER, user_id=user.id)
    return Ask(path={"grant_id": given.id})


async def fresh_rule(world: World, caller: str) -> Ask:
    rule, founder = Protection(pattern="gone/*"), world.people.actor("founder")
    await protections.set_protection(world.people.context, founder, world.system_id, rule)
    return Ask(path={"name": rule.pattern})


def other_rule(world: World, caller: str) -> Ask:
    return Ask({"allow_force": True, "push": {"role": "editor"}}, path={"name": f"{fresh('set')}/*"})


def audited(world: World, caller: str) -> Ask:
    return Ask(query={"action": "member.removed"})


TEAM_ASKS: dict[str, Asking] = {
    "list_teams": lambda w, caller: Ask(shown=w.team_id),
    "create_team": sent(lambda w: {"name": fresh("Team ")}),
    "update_team": sent(lambda w: {"name": fresh("Nightjar ")}),
    "add_team_member": add_newcomer,
    "change_team_member_role": sent(lambda w: {"role": "editor"}),
    "change_team_member_role (through another team)": away({"role": "viewer"}),
    "remove_team_member": remove_newcomer,
    "remove_team_member (oneself)": remove_oneself,
    "remove_team_member (through another team)": away(),
    "list_team_invitations": lambda w, caller: Ask(shown=w.invitation_id),
    "invite_to_team": sent(lambda w: {"email": f"{fresh('guest')}@example.org", "role": "viewer"}),
    "revoke_invitation": fresh_invitation,
    "revoke_invitation (through another team)": away(),
    "list_my_invitations": shown_invitation,
    "accept_invitation": accept,
    "accept_invitation (by its id)": accept_own,
    "accept_invitation (somebody else's, by its id)": accept_of_another,
    "list_grants": lambda w, caller: Ask(shown=w.grant_id),
    "create_grant": grant_to_newcomer,
    "create_grant (to a key)": grant_to_key,
    "change_grant": sent(lambda w: {"role": "editor"}),
    "change_grant (through another system)": away({"role": "editor"}),
    "revoke_grant": fresh_grant,
    "revoke_grant (through another system)": away(),
    "set_branch_protection": other_rule,
    "remove_branch_protection": fresh_rule,
    "list_team_audit": audited,
    "list_audit": audited,
}
"""Row → how it is asked."""
