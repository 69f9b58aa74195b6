"""Every table of the service, as declarative models that the migrations must agree with.

The key of a mirrored row is (design_system_id, id): a component's or token's id may stand in the repository itself, and
a copy of the repository pushed into a second system must neither be refused nor touch the first system's rows.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from index import account_tables, proposal_tables
from index.columns import OID, PENDING, SORTED, Base, Json, author, one_of, owned_by, row_id, set_now

__all__ = ["Base", "account_tables", "proposal_tables"]


class DesignSystem(Base):
    """One repository. ``head`` is the default branch's commit as indexed, ``seq`` the number of its newest event.

    A team that still has systems cannot be deleted: each system's repository has to be removed with it.
    """

    __tablename__ = "design_systems"
    __table_args__ = (
        UniqueConstraint("team_id", "slug"),
        one_of("visibility", "private", "public"),
        Index(None, "name", "id"),
    )
    id: Mapped[UUID] = row_id()
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(200, collation="C"))
    slug: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(server_default="")
    visibility: Mapped[str] = mapped_column(String(20), server_default="private")
    version: Mapped[str | None] = mapped_column(String(256))
    published: Mapped[bool] = mapped_column(server_default=false())
    default_branch: Mapped[str] = mapped_column(String(255), server_default="main")
    protections: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    head: Mapped[str | None] = mapped_column(OID)
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_by: Mapped[UUID | None] = author()
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()


class Ref(Base):
    """A branch or tag as it was when it was last indexed; ``peeled`` is the commit behind an annotated tag."""

    __tablename__ = "refs"
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(SORTED, primary_key=True)
    oid: Mapped[str] = mapped_column(OID)
    peeled: Mapped[str | None] = mapped_column(OID)


class Release(Base):
    """A published version as its tag says; all but the yank can be read anew from the repository.

    ``precedence`` sorts as Semantic Versioning does; ``tag`` is the id of the tag object, ``commit`` of what it names.
    """

    __tablename__ = "releases"
    __table_args__ = (
        one_of("source", "service", "git"),
        one_of("allowed_as", "minor", "patch"),
        Index("ix_releases_page", "design_system_id", "precedence", "version"),
    )
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[str] = mapped_column(SORTED, primary_key=True)
    precedence: Mapped[str] = mapped_column(SORTED)
    tag: Mapped[str] = mapped_column(OID)
    commit: Mapped[str] = mapped_column(OID)
    message: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(String(16), server_default="git")
    allowed_as: Mapped[str | None] = mapped_column(String(16))
    tagger_name: Mapped[str]
    tagger_email: Mapped[str]
    published_by: Mapped[UUID | None] = author()
    published_at: Mapped[datetime] = set_now()
    yanked_at: Mapped[datetime | None]
    yanked_by: Mapped[UUID | None] = author()
    yank_reason: Mapped[str | None]


class Component(Base):
    """A component as it stands on the default branch; with ``removed_commit`` it is gone, its versions remain."""

    __tablename__ = "components"
    __table_args__ = (
        Index("ix_components_page", "design_system_id", "name", "id", postgresql_where=text("removed_commit IS NULL")),
        Index(
            "ix_components_category_page",
            "design_system_id",
            "category",
            "name",
            "id",
            postgresql_where=text("removed_commit IS NULL"),
        ),
        # Searches fold case as the database's locale does; under "C" only ASCII letters have a case.
        Index(
            "ix_components_search",
            "name",
            "directory",
            postgresql_using="gin",
            postgresql_ops={"name": 'COLLATE "default" gin_trgm_ops', "directory": "gin_trgm_ops"},
            postgresql_with=PENDING,
        ),
        {"postgresql_with": {"fillfactor": 85}},
    )
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = row_id()
    name: Mapped[str] = mapped_column(SORTED)
    category: Mapped[str] = mapped_column(SORTED, server_default="")
    props: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    code: Mapped[str | None]
    documentation: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    directory: Mapped[str]
    entry: Mapped[str | None]
    commit: Mapped[str] = mapped_column(OID)
    removed_commit: Mapped[str | None] = mapped_column(OID)
    created_by: Mapped[UUID | None] = author()
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()


class ComponentVersion(Base):
    """One commit of the default branch that touched a component; numbered from 1 in their order."""

    __tablename__ = "component_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["design_system_id", "component_id"],
            ["components.design_system_id", "components.id"],
            name="fk_component_versions_component",
            ondelete="CASCADE",
        ),
        # Deferrable, so that a reindex may renumber in one statement.
        UniqueConstraint("design_system_id", "component_id", "version", deferrable=True, initially="IMMEDIATE"),
        UniqueConstraint("design_system_id", "component_id", "commit"),
    )
    id: Mapped[UUID] = row_id()
    design_system_id: Mapped[UUID]
    component_id: Mapped[UUID]
    version: Mapped[int]
    name: Mapped[str]
    category: Mapped[str] = mapped_column(server_default="")
    props: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    code: Mapped[str | None]
    documentation: Mapped[str | None]
    removed: Mapped[bool] = mapped_column(server_default=false())
    commit: Mapped[str] = mapped_column(OID)
    author_name: Mapped[str]
    author_email: Mapped[str]
    changed_by: Mapped[UUID | None] = author()
    change_message: Mapped[str]
    created_at: Mapped[datetime] = set_now()


class DesignToken(Base):
    """A design token as it stands on the default branch."""

    __tablename__ = "design_tokens"
    __table_args__ = (
        # Deferrable, so that two tokens may swap their paths in one statement.
        UniqueConstraint("design_system_id", "category", "name", deferrable=True, initially="IMMEDIATE"),
        UniqueConstraint("design_system_id", "path", deferrable=True, initially="IMMEDIATE"),
        Index(
            "ix_design_tokens_type_page",
            "design_system_id",
            text("COALESCE(resolved_type, type)"),
            "category",
            "name",
        ),
        Index("ix_design_tokens_alias_paths", "alias_paths", postgresql_using="gin", postgresql_with=PENDING),
        Index(
            "ix_design_tokens_search",
            "path",
            "description",
            postgresql_using="gin",
            postgresql_ops={"path": "gin_trgm_ops", "description": "gin_trgm_ops"},
            postgresql_with=PENDING,
        ),
        {"postgresql_with": {"fillfactor": 85}},
    )
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = row_id()
    category: Mapped[str] = mapped_column(SORTED)
    name: Mapped[str] = mapped_column(SORTED)
    path: Mapped[str]
    type: Mapped[str | None]
    value: Mapped[Json]
    resolved_type: Mapped[str | None]
    resolved_value: Mapped[Json | None]
    description: Mapped[str | None]
    deprecated: Mapped[Json | None]
    extensions: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    alias_paths: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    file: Mapped[str]
    line: Mapped[int]
    commit: Mapped[str] = mapped_column(OID)
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()


class Comment(Base):
    """A remark on a resource; ``design_system_id`` says in which system, since a resource id is unique only there."""

    __tablename__ = "comments"
    __table_args__ = (
        Index(None, "resource_type", "resource_id", "created_at", "id"),
        Index(None, "parent_id"),
        Index(None, "design_system_id"),
    )
    id: Mapped[UUID] = row_id()
    design_system_id: Mapped[UUID | None] = mapped_column(ForeignKey("design_systems.id", ondelete="CASCADE"))
    resource_type: Mapped[str] = mapped_column(String(50))
    resource_id: Mapped[UUID]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = author()
    content: Mapped[str]
    resolved: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()


class Reaction(Base):
    """One person's emoji on one comment."""

    __tablename__ = "reactions"
    __table_args__ = (UniqueConstraint("comment_id", "user_id", "emoji"),)
    id: Mapped[UUID] = row_id()
    comment_id: Mapped[UUID] = owned_by("comments")
    user_id: Mapped[UUID] = owned_by("users")
    emoji: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = set_now()


class UserPresence(Base):
    """Who is looking at which system."""

    __tablename__ = "user_presence"
    __table_args__ = (one_of("status", "active", "idle", "away"), Index(None, "design_system_id", "last_seen"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(20), server_default="active")
    last_seen: Mapped[datetime] = set_now()
    cursor_position: Mapped[Json | None]


class Activity(Base):
    """What happened: the team's feed, each system's outbox and its replay log in one.

    ``seq`` numbers a system's events without gaps; ``position`` orders a team's feed, also within one transaction.
    Events of a deleted system stay in the team's feed.
    """

    __tablename__ = "activity_log"
    __table_args__ = (UniqueConstraint("design_system_id", "seq"), Index(None, "team_id", "position"))
    id: Mapped[UUID] = row_id()
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    team_id: Mapped[UUID] = owned_by("teams")
    user_id: Mapped[UUID | None] = author()
    design_system_id: Mapped[UUID | None] = mapped_column(ForeignKey("design_systems.id", ondelete="SET NULL"))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(64))
    resource_type: Mapped[str] = mapped_column(String(50))
    resource_id: Mapped[UUID | None]
    # "metadata" is taken on declarative classes; the column has the name that the schema gives it.
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = set_now()
