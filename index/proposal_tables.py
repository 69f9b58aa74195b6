"""The tables of proposals: branches that somebody asks to have merged into others, and what reviewers said."""

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

from index.columns import OID, SORTED, Base, author, one_of, row_id, set_now

OPEN = text("state = 'open'")


class Proposal(Base):
    """A request to merge ``source`` into ``target``, numbered within its design system.

    ``source_commit`` is where the source stood when it was last seen, ``target_commit`` where the target stood before
    the merge. ``moved_by`` is who moved the source last, ``ended_by`` who merged or closed.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("id"),
        one_of("state", "open", "merged", "closed"),
        one_of("closed_because", "closed", "source-deleted", "target-deleted"),
        Index("ix_proposals_open", "design_system_id", "source", "target", unique=True, postgresql_where=OPEN),
        Index("ix_proposals_open_target", "design_system_id", "target", postgresql_where=OPEN),
        Index("ix_proposals_state_page", "design_system_id", "state", "number"),
    )
    design_system_id: Mapped[UUID] = mapped_column(
        ForeignKey("design_systems.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(SORTED)
    target: Mapped[str] = mapped_column(SORTED)
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    draft: Mapped[bool] = mapped_column(server_default=false())
    source_commit: Mapped[str] = mapped_column(OID)
    target_commit: Mapped[str | None] = mapped_column(OID)
    merge_commit: Mapped[str | None] = mapped_column(OID)
    closed_because: Mapped[str | None] = mapped_column(String(32))
    created_by: Mapped[UUID | None] = author()
    moved_by: Mapped[UUID | None] = author()
    ended_by: Mapped[UUID | None] = author()
    created_at: Mapped[datetime] = set_now()
    updated_at: Mapped[datetime] = set_now()
    ended_at: Mapped[datetime | None]


class ProposalReview(Base):
    """What somebody said of a proposal as it stood at ``commit``; ``position`` is the order in which it was said."""

    __tablename__ = "proposal_reviews"
    __table_args__ = (
        one_of("verdict", "approve", "request_changes", "comment"),
        ForeignKeyConstraint(
            ["design_system_id", "number"],
            ["proposals.design_system_id", "proposals.number"],
            ondelete="CASCADE",
            name="fk_proposal_reviews_proposals",
        ),
        Index("ix_proposal_reviews_page", "design_system_id", "number", "position"),
    )
    id: Mapped[UUID] = row_id()
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    design_system_id: Mapped[UUID]
    number: Mapped[int]
    reviewer_id: Mapped[UUID | None] = author()
    verdict: Mapped[str] = mapped_column(String(16))
    commit: Mapped[str] = mapped_column(OID)
    body: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = set_now()
