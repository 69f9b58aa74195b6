"""The first schema: accounts, teams, design systems, their mirror, and collaboration.

Written as SQL, and complete in itself: what the models say later must not change what this revision did.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Accounts, teams and credentials for people.
ACCOUNTS = """
CREATE TABLE users (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    email VARCHAR(320) NOT NULL,
    username VARCHAR(64) NOT NULL,
    name VARCHAR(200) NOT NULL,
    avatar_url TEXT,
    password_hash TEXT,
    is_admin BOOLEAN DEFAULT false NOT NULL,
    token_version INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email),
    CONSTRAINT uq_users_username UNIQUE (username)
);
CREATE UNIQUE INDEX uq_users_email_lower ON users (lower(email));
CREATE UNIQUE INDEX uq_users_username_lower ON users (lower(username));
CREATE TABLE refresh_tokens (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    family_id UUID NOT NULL,
    token_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (id),
    CONSTRAINT fk_refresh_tokens_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_refresh_tokens_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_refresh_tokens_family_id ON refresh_tokens (family_id);
CREATE INDEX ix_refresh_tokens_user_id ON refresh_tokens (user_id);
CREATE TABLE teams (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name VARCHAR(200) NOT NULL,
    slug VARCHAR(100) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_teams PRIMARY KEY (id),
    CONSTRAINT uq_teams_slug UNIQUE (slug)
);
CREATE TABLE team_members (
    team_id UUID NOT NULL,
    user_id UUID NOT NULL,
    role VARCHAR(20) NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_team_members PRIMARY KEY (team_id, user_id),
    CONSTRAINT ck_team_members_role CHECK (role IN ('admin', 'editor', 'viewer')),
    CONSTRAINT fk_team_members_team_id_teams
        FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_team_members_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_team_members_user_id ON team_members (user_id)
"""

# Design systems and what narrows to one of them.
SYSTEMS = """
CREATE TABLE design_systems (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    team_id UUID NOT NULL,
    name VARCHAR(200) COLLATE "C" NOT NULL,
    slug VARCHAR(100) NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    visibility VARCHAR(20) DEFAULT 'private' NOT NULL,
    version VARCHAR(256),
    published BOOLEAN DEFAULT false NOT NULL,
    default_branch VARCHAR(255) DEFAULT 'main' NOT NULL,
    head CHAR(40),
    seq BIGINT DEFAULT '0' NOT NULL,
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_design_systems PRIMARY KEY (id),
    CONSTRAINT uq_design_systems_team_id_slug UNIQUE (team_id, slug),
    CONSTRAINT ck_design_systems_visibility CHECK (visibility IN ('private', 'public')),
    CONSTRAINT fk_design_systems_team_id_teams
        FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE RESTRICT,
    CONSTRAINT fk_design_systems_created_by_users
        FOREIGN KEY(created_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_design_systems_name_id ON design_systems (name, id);
CREATE TABLE refs (
    design_system_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    oid CHAR(40) NOT NULL,
    peeled CHAR(40),
    CONSTRAINT pk_refs PRIMARY KEY (design_system_id, name),
    CONSTRAINT fk_refs_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE
);
CREATE TABLE api_keys (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    team_id UUID,
    design_system_id UUID,
    name VARCHAR(200) NOT NULL,
    prefix VARCHAR(32) NOT NULL,
    key_hash TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_team_id_teams
        FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);
CREATE INDEX ix_api_keys_design_system_id ON api_keys (design_system_id);
CREATE INDEX ix_api_keys_team_id ON api_keys (team_id);
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id)
"""

# The mirror of each repository.
MIRROR = """
CREATE TABLE components (
    design_system_id UUID NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" DEFAULT '' NOT NULL,
    props JSONB DEFAULT '{}'::jsonb NOT NULL,
    code TEXT,
    documentation TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    directory TEXT NOT NULL,
    entry TEXT,
    commit CHAR(40) NOT NULL,
    removed_commit CHAR(40),
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_components PRIMARY KEY (design_system_id, id),
    CONSTRAINT fk_components_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT fk_components_created_by_users
        FOREIGN KEY(created_by) REFERENCES users (id) ON DELETE SET NULL
) WITH (fillfactor = 85);
CREATE INDEX ix_components_category_page
    ON components (design_system_id, category, name, id) WHERE removed_commit IS NULL;
CREATE INDEX ix_components_page ON components (design_system_id, name, id) WHERE removed_commit IS NULL;
CREATE INDEX ix_components_search ON components USING gin (name COLLATE "default" gin_trgm_ops, directory gin_trgm_ops)
    WITH (gin_pending_list_limit = 256);
CREATE TABLE component_versions (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    design_system_id UUID NOT NULL,
    component_id UUID NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    category TEXT DEFAULT '' NOT NULL,
    props JSONB DEFAULT '{}'::jsonb NOT NULL,
    code TEXT,
    documentation TEXT,
    removed BOOLEAN DEFAULT false NOT NULL,
    commit CHAR(40) NOT NULL,
    author_name TEXT NOT NULL,
    author_email TEXT NOT NULL,
    changed_by UUID,
    change_message TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_component_versions PRIMARY KEY (id),
    CONSTRAINT fk_component_versions_component
        FOREIGN KEY(design_system_id, component_id)
        REFERENCES components (design_system_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_component_versions_design_system_id_component_id_version
        UNIQUE (design_system_id, component_id, version) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT uq_component_versions_design_system_id_component_id_commit
        UNIQUE (design_system_id, component_id, commit),
    CONSTRAINT fk_component_versions_changed_by_users
        FOREIGN KEY(changed_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE TABLE design_tokens (
    design_system_id UUID NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    type TEXT,
    value JSONB NOT NULL,
    resolved_type TEXT,
    resolved_value JSONB,
    description TEXT,
    deprecated JSONB,
    extensions JSONB DEFAULT '{}'::jsonb NOT NULL,
    alias_paths TEXT[] DEFAULT '{}'::text[] NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    commit CHAR(40) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_design_tokens PRIMARY KEY (design_system_id, id),
    CONSTRAINT uq_design_tokens_design_system_id_category_name
        UNIQUE (design_system_id, category, name) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT uq_design_tokens_design_system_id_path
        UNIQUE (design_system_id, path) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT fk_design_tokens_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX ix_design_tokens_alias_paths ON design_tokens USING gin (alias_paths)
    WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_design_tokens_search ON design_tokens USING gin (path gin_trgm_ops, description gin_trgm_ops)
    WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_design_tokens_type_page
    ON design_tokens (design_system_id, COALESCE(resolved_type, type), category, name)
"""

# What git does not hold: remarks, presence, and what happened.
COLLABORATION = """
CREATE TABLE comments (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    design_system_id UUID,
    resource_type VARCHAR(50) NOT NULL,
    resource_id UUID NOT NULL,
    parent_id UUID,
    user_id UUID,
    content TEXT NOT NULL,
    resolved BOOLEAN DEFAULT false NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_comments PRIMARY KEY (id),
    CONSTRAINT fk_comments_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT fk_comments_parent_id_comments
        FOREIGN KEY(parent_id) REFERENCES comments (id) ON DELETE CASCADE,
    CONSTRAINT fk_comments_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_comments_design_system_id ON comments (design_system_id);
CREATE INDEX ix_comments_parent_id ON comments (parent_id);
CREATE INDEX ix_comments_resource_type_resource_id_created_at_id
    ON comments (resource_type, resource_id, created_at, id);
CREATE TABLE reactions (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    comment_id UUID NOT NULL,
    user_id UUID NOT NULL,
    emoji VARCHAR(10) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reactions PRIMARY KEY (id),
    CONSTRAINT uq_reactions_comment_id_user_id_emoji UNIQUE (comment_id, user_id, emoji),
    CONSTRAINT fk_reactions_comment_id_comments
        FOREIGN KEY(comment_id) REFERENCES comments (id) ON DELETE CASCADE,
    CONSTRAINT fk_reactions_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE user_presence (
    user_id UUID NOT NULL,
    design_system_id UUID NOT NULL,
    status VARCHAR(20) DEFAULT 'active' NOT NULL,
    last_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    cursor_position JSONB,
    CONSTRAINT pk_user_presence PRIMARY KEY (user_id, design_system_id),
    CONSTRAINT ck_user_presence_status CHECK (status IN ('active', 'idle', 'away')),
    CONSTRAINT fk_user_presence_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_user_presence_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE
);
CREATE INDEX ix_user_presence_design_system_id_last_seen ON user_presence (design_system_id, last_seen);
CREATE TABLE activity_log (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    team_id UUID NOT NULL,
    user_id UUID,
    design_system_id UUID,
    seq BIGINT,
    action VARCHAR(64) NOT NULL,
    resource_type VARCHAR(50) NOT NULL,
    resource_id UUID,
    metadata JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_activity_log PRIMARY KEY (id),
    CONSTRAINT uq_activity_log_design_system_id_seq UNIQUE (design_system_id, seq),
    CONSTRAINT fk_activity_log_team_id_teams
        FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_activity_log_user_id_users
        FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_activity_log_design_system_id_design_systems
        FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE SET NULL
);
CREATE INDEX ix_activity_log_team_id_position ON activity_log (team_id, position)
"""

TABLES = """
activity_log user_presence reactions comments design_tokens component_versions components api_keys refs design_systems
team_members teams refresh_tokens users
"""


def upgrade() -> None:
    """Make every table; trigrams serve the searches by part of a word."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for group in (ACCOUNTS, SYSTEMS, MIRROR, COLLABORATION):
        for statement in group.split(";\n"):
            op.execute(statement)


def downgrade() -> None:
    """Drop every table; the extension stays, others in this database may use it."""
    for table in TABLES.split():
        op.execute(f"DROP TABLE {table}")
