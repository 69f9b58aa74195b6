"""Gives a person a row in every table that can speak of one, so that nothing of it can be forgotten."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import text

from services import audit, origin, teams
from services.audit import Act
from services.context import Context
from services.origin import Origin
from services.policy import Actor, Role

ADDRESS, AGENT = "198.51.100.77", "Adas-Browser/1.0"
OID = "a" * 40

ROWS = """
INSERT INTO design_systems (id, team_id, name, slug, created_by) VALUES (:system, :team, 'UI', 'ui', :user);
INSERT INTO components (design_system_id, id, name, directory, commit, created_by)
    VALUES (:system, :component, 'Button', 'components/Button', :oid, :user);
INSERT INTO component_versions (design_system_id, component_id, version, name, commit, author_name, author_email,
    changed_by, change_message) VALUES (:system, :component, 1, 'Button', :oid, 'Git author', 'git@authors.example',
    :user, 'begin');
INSERT INTO releases (design_system_id, version, precedence, tag, commit, tagger_name, tagger_email, published_by,
    yanked_at, yanked_by) VALUES (:system, '1.0.0', '1', :oid, :oid, 'Git author', 'git@authors.example', :user,
    now(), :user);
INSERT INTO comments (id, design_system_id, resource_type, resource_id, user_id, content)
    VALUES (:comment, :system, 'component', :component, :user, 'Nice');
INSERT INTO reactions (comment_id, user_id, emoji) VALUES (:comment, :user, '+1');
INSERT INTO proposals (design_system_id, number, title, source, target, source_commit, created_by, moved_by, ended_by)
    VALUES (:system, 1, 'Redder', 'redder', 'main', :oid, :user, :user, :user);
INSERT INTO proposal_reviews (design_system_id, number, reviewer_id, verdict, commit, body)
    VALUES (:system, 1, :user, 'comment', :oid, 'Nice');
INSERT INTO user_presence (user_id, design_system_id) VALUES (:user, :system);
INSERT INTO activity_log (team_id, user_id, design_system_id, seq, action, resource_type)
    VALUES (:team, :user, :system, 1, 'component.created', 'component');
INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes)
    VALUES (:key, :user, 'of-' || :email, 'xds_', 'hash-of-a-key', '{read}');
INSERT INTO grants (design_system_id, user_id, role, granted_by) VALUES (:system, :user, 'admin', :user);
INSERT INTO grants (design_system_id, key_id, role) VALUES (:system, :key, 'viewer');
INSERT INTO one_time_tokens (user_id, purpose, email, expires_at)
    VALUES (:user, 'password-reset', :email, now() + interval '1 day');
INSERT INTO external_identities (user_id, provider, subject, email) VALUES (:user, 'github', 'subject-of-ada', :email);
INSERT INTO invitations (team_id, email, role, token_hash, invited_by, expires_at)
    VALUES (:team, 'new@example.org', 'viewer', 'hash-1', :user, now() + interval '1 day');
INSERT INTO invitations (team_id, email, role, token_hash, accepted_by, accepted_at, expires_at)
    VALUES (:team, :email, 'viewer', 'hash-2', :user, now(), now() + interval '1 day');
INSERT INTO invitations (team_id, email, role, token_hash, expires_at)
    VALUES (:team, upper(:email), 'viewer', 'hash-3', now() + interval '1 day')
"""


async def fill(context: Context, actor: Actor, other: Actor) -> UUID:
    """A team of both, who are its admins, a system in it, and the actor's rows everywhere; the system's id."""
    assert actor.user_id is not None
    came = origin.enter(Origin(ADDRESS, AGENT, "request-1"))
    try:
        team = await teams.create(context, other, name="Together")
        await teams.add_member(context, other, team.id, role=Role.ADMIN, user_id=actor.user_id)
        async with context.engine.begin() as db:
            await audit.record(db, context.clock(), actor, Act.SIGN_IN, login=actor.email)
            await audit.record(
                db, context.clock(), other, Act.INVITED, subject=("user", actor.user_id), email=actor.email.upper()
            )
    finally:
        origin.leave(came)
    ids = {name: uuid4() for name in ("system", "component", "comment", "key")}
    values = ids | {"team": team.id, "user": actor.user_id, "email": actor.email, "oid": OID}
    async with context.engine.begin() as db:
        for statement in ROWS.split(";\n"):
            await db.execute(
                text(statement), {name: value for name, value in values.items() if f":{name}" in statement}
            )
        await db.execute(
            text(
                "UPDATE users SET email_verified_at = now(), avatar_url = 'https://ada.example.org/face.png' "
                "WHERE id = :user"
            ),
            {"user": actor.user_id},
        )
        await db.execute(
            text("UPDATE sign_ins SET address = :address, agent = :agent WHERE user_id = :user"),
            {"address": ADDRESS, "agent": AGENT, "user": actor.user_id},
        )
    return ids["system"]
