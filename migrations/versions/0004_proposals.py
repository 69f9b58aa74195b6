"""Proposals: branches that somebody asks to have merged into others, and what reviewers said of them."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE proposals (
    design_system_id UUID NOT NULL,
    number INTEGER NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    title TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    state VARCHAR(16) DEFAULT 'open' NOT NULL,
    draft BOOLEAN DEFAULT false NOT NULL,
    source_commit CHAR(40) NOT NULL,
    target_commit CHAR(40),
    merge_commit CHAR(40),
    closed_because VARCHAR(32),
    created_by UUID,
    moved_by UUID,
    ended_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_proposals PRIMARY KEY (design_system_id, number),
    CONSTRAINT uq_proposals_id UNIQUE (id),
    CONSTRAINT ck_proposals_state CHECK (state IN ('open', 'merged', 'closed')),
    CONSTRAINT ck_proposals_closed_because CHECK (closed_because IN ('closed', 'source-deleted', 'target-deleted')),
    CONSTRAINT fk_proposals_design_system_id_design_systems FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT fk_proposals_created_by_users FOREIGN KEY(created_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_proposals_moved_by_users FOREIGN KEY(moved_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_proposals_ended_by_users FOREIGN KEY(ended_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX ix_proposals_open ON proposals (design_system_id, source, target) WHERE state = 'open';
CREATE INDEX ix_proposals_open_target ON proposals (design_system_id, target) WHERE state = 'open';
CREATE INDEX ix_proposals_state_page ON proposals (design_system_id, state, number);
CREATE TABLE proposal_reviews (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    design_system_id UUID NOT NULL,
    number INTEGER NOT NULL,
    reviewer_id UUID,
    verdict VARCHAR(16) NOT NULL,
    commit CHAR(40) NOT NULL,
    body TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_proposal_reviews PRIMARY KEY (id),
    CONSTRAINT ck_proposal_reviews_verdict CHECK (verdict IN ('approve', 'request_changes', 'comment')),
    CONSTRAINT fk_proposal_reviews_proposals FOREIGN KEY(design_system_id, number) REFERENCES proposals (design_system_id, number) ON DELETE CASCADE,
    CONSTRAINT fk_proposal_reviews_reviewer_id_users FOREIGN KEY(reviewer_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_proposal_reviews_page ON proposal_reviews (design_system_id, number, position)
"""


def upgrade() -> None:
    """Add the tables."""
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables; the branches stay, what was said of them is forgotten."""
    op.execute("DROP TABLE proposal_reviews")
    op.execute("DROP TABLE proposals")
