"""The tables of who may get in: accounts, sign-ins, teams, keys, invitations, grants, and what was done with them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from index.columns import Base, Json, author, one_of, owned_by, row_id, set_now


class User(Base):
    """A person's account. E-mail and user name are unique whatever their case."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email_lower", text("lower(email)"), unique=True),
        Index("uq_users_username_lower", text("lower(username)"), unique=True),
    )
    id: Mapped[UUID] = row_id()
    email: Mapped[str] = mapped_column(String(320), unique=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    avatar_url: Mapped[str | None]
    password_hash: Mapped[str | None]
    email_verified_at: Mapped[datetime | None]
    is_admin: Mapped[bool] = mapped_column(server_default=false())
    token_version: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()
    deleted_at: Mapped[datetime | None]


class Team(Base):
    """People who own design systems together."""

    __tablename__ = "teams"
    id: Mapped[UUID] = row_id()
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = set_now()


class TeamMember(Base):
    """One role per person and team."""

    __tablename__ = "team_members"
    __table_args__ = (one_of("role", "admin", "editor", "viewer"), Index(None, "user_id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime] = set_now()


class SignIn(Base):
    """One sign-in of a person: access tokens name it, and die with it, whichever way it ends."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id", "created_at"),)
    id: Mapped[UUID] = row_id()
    user_id: Mapped[UUID] = owned_by("users")
    method: Mapped[str] = mapped_column(String(80), server_default="password")
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = set_now()
    last_used_at: Mapped[datetime] = set_now()
    ended_at: Mapped[datetime | None]


class RefreshToken(Base):
    """What keeps a sign-in going, hashed; each is used once and makes the next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index(None, "sign_in_id"), Index(None, "expires_at"))
    id: Mapped[UUID] = row_id()
    sign_in_id: Mapped[UUID] = owned_by("sign_ins")
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = set_now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Base):
    """A credential for programs, hashed, perhaps narrowed to one team or one system."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(None, "user_id"),
        Index(None, "team_id"),
        Index(None, "design_system_id"),
        Index(None, "parent_id"),
    )
    id: Mapped[UUID] = row_id()
    user_id: Mapped[UUID] = owned_by("users")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    design_system_id: Mapped[UUID | None] = mapped_column(ForeignKey("design_systems.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(32))
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = set_now()
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A token sent to somebody's e-mail address, or shown to an operator; ``id`` is its ``jti``, so it works once."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (
        one_of("purpose", "password-reset", "email-verification"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )
    id: Mapped[UUID] = row_id()
    user_id: Mapped[UUID] = owned_by("users")
    purpose: Mapped[str] = mapped_column(String(32))
    email: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = set_now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """Somebody's account at an identity provider; ``subject`` is what the provider calls them, for ever."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("provider", "subject"), Index(None, "user_id"))
    id: Mapped[UUID] = row_id()
    user_id: Mapped[UUID] = owned_by("users")
    provider: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    email: Mapped[str | None] = mapped_column(String(320))
    created_at: Mapped[datetime] = set_now()
    last_used_at: Mapped[datetime] = set_now()


class IdentityProvider(Base):
    """A provider that an administrator added while the service ran; its secret is sealed with the service's own."""

    __tablename__ = "identity_providers"
    __table_args__ = (one_of("kind", "oidc", "github"),)
    id: Mapped[UUID] = row_id()
    name: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str]
    client_id: Mapped[str]
    sealed_secret: Mapped[str]
    created_at: Mapped[datetime] = set_now()


class Invitation(Base):
    """A place in a team for whoever holds the token; one open invitation per team and address."""

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("role", "admin", "editor", "viewer"),
        Index(
            "uq_invitations_open",
            "team_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("accepted_at IS NULL"),
        ),
        Index("ix_invitations_email_lower", text("lower(email)")),
    )
    id: Mapped[UUID] = row_id()
    team_id: Mapped[UUID] = owned_by("teams")
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(unique=True)
    mailed: Mapped[bool] = mapped_column(server_default=false())
    invited_by: Mapped[UUID | None] = author()
    created_at: Mapped[datetime] = set_now()
    expires_at: Mapped[datetime]
    accepted_by: Mapped[UUID | None] = author()
    accepted_at: Mapped[datetime | None]


class Grant(Base):
    """A role on one design system for one person or one key, whether or not its owner belongs to the team."""

    __tablename__ = "grants"
    __table_args__ = (
        one_of("role", "admin", "editor", "viewer"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="holder"),
        UniqueConstraint("design_system_id", "user_id"),
        UniqueConstraint("design_system_id", "key_id"),
        Index(None, "user_id"),
        Index(None, "key_id"),
    )
    id: Mapped[UUID] = row_id()
    design_system_id: Mapped[UUID] = owned_by("design_systems")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    granted_by: Mapped[UUID | None] = author()
    created_at: Mapped[datetime] = set_now()


class AuditRow(Base):
    """A security-relevant act. It outlives what it speaks of: ids of teams, systems and keys are kept as they were."""

    __tablename__ = "audit_log"
    __table_args__ = (
        one_of("outcome", "ok", "refused"),
        Index(None, "team_id", "position"),
        Index(None, "user_id", "position"),
        Index(None, "position"),
        Index(None, "created_at"),
    )
    id: Mapped[UUID] = row_id()
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    action: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16), server_default="ok")
    user_id: Mapped[UUID | None] = author()
    key_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    design_system_id: Mapped[UUID | None]
    subject_type: Mapped[str | None] = mapped_column(String(50))
    subject_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(300))
    request_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = set_now()
