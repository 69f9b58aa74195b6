"""Releases: what the version tags of a repository say, and which of them were yanked.

The rows follow from the tags alone: the service writes those of standing tags when it next looks at a repository.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RELEASES = """
CREATE TABLE releases (
    design_system_id UUID NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    precedence TEXT COLLATE "C" NOT NULL,
    tag CHAR(40) NOT NULL,
    commit CHAR(40) NOT NULL,
    message TEXT DEFAULT '' NOT NULL,
    source VARCHAR(16) DEFAULT 'git' NOT NULL,
    allowed_as VARCHAR(16),
    tagger_name TEXT NOT NULL,
    tagger_email TEXT NOT NULL,
    published_by UUID,
    published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    yanked_at TIMESTAMP WITH TIME ZONE,
    yanked_by UUID,
    yank_reason TEXT,
    CONSTRAINT pk_releases PRIMARY KEY (design_system_id, version),
    CONSTRAINT ck_releases_source CHECK (source IN ('service', 'git')),
    CONSTRAINT ck_releases_allowed_as CHECK (allowed_as IN ('minor', 'patch')),
    CONSTRAINT fk_releases_design_system_id_design_systems FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT fk_releases_published_by_users FOREIGN KEY(published_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_releases_yanked_by_users FOREIGN KEY(yanked_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_releases_page ON releases (design_system_id, precedence, version)
"""


def upgrade() -> None:
    """Add the table."""
    for statement in RELEASES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table; the tags stay in the repositories, who yanked what is forgotten."""
    op.execute("DROP TABLE releases")
