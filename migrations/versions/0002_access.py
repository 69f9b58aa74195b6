"""Sign-ins, invitations, grants, identity providers, branch protection and the audit log.

Refresh tokens lose what now belongs to their sign-in; who was signed in stays so.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE api_keys ADD COLUMN parent_id UUID
    CONSTRAINT fk_api_keys_parent_id_api_keys REFERENCES api_keys (id) ON DELETE SET NULL;
CREATE INDEX ix_api_keys_parent_id ON api_keys (parent_id);
ALTER TABLE design_systems ADD COLUMN protections JSONB DEFAULT '[]'::jsonb NOT NULL
"""

SIGN_INS = """
CREATE TABLE sign_ins (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    method VARCHAR(80) DEFAULT 'password' NOT NULL,
    address VARCHAR(64),
    agent VARCHAR(300),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sign_ins PRIMARY KEY (id),
    CONSTRAINT fk_sign_ins_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_sign_ins_user_id_created_at ON sign_ins (user_id, created_at);
INSERT INTO sign_ins (id, user_id, created_at, last_used_at, ended_at)
SELECT family_id, user_id, min(created_at), max(created_at), max(revoked_at) FROM refresh_tokens
GROUP BY family_id, user_id;
ALTER TABLE refresh_tokens ADD COLUMN sign_in_id UUID;
UPDATE refresh_tokens SET sign_in_id = family_id;
ALTER TABLE refresh_tokens ALTER COLUMN sign_in_id SET NOT NULL;
ALTER TABLE refresh_tokens DROP COLUMN user_id, DROP COLUMN revoked_at, DROP COLUMN family_id;
CREATE INDEX ix_refresh_tokens_sign_in_id ON refresh_tokens (sign_in_id);
ALTER TABLE refresh_tokens ADD CONSTRAINT fk_refresh_tokens_sign_in_id_sign_ins
    FOREIGN KEY(sign_in_id) REFERENCES sign_ins (id) ON DELETE CASCADE;
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at)
"""

ACCESS = """
CREATE TABLE one_time_tokens (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    purpose VARCHAR(32) NOT NULL,
    email VARCHAR(320) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_one_time_tokens PRIMARY KEY (id),
    CONSTRAINT ck_one_time_tokens_purpose CHECK (purpose IN ('password-reset', 'email-verification')),
    CONSTRAINT fk_one_time_tokens_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_one_time_tokens_expires_at ON one_time_tokens (expires_at);
CREATE INDEX ix_one_time_tokens_user_id ON one_time_tokens (user_id);
CREATE TABLE external_identities (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    provider VARCHAR(64) NOT NULL,
    subject TEXT NOT NULL,
    email VARCHAR(320),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_external_identities PRIMARY KEY (id),
    CONSTRAINT uq_external_identities_provider_subject UNIQUE (provider, subject),
    CONSTRAINT fk_external_identities_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_external_identities_user_id ON external_identities (user_id);
CREATE TABLE identity_providers (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    title VARCHAR(200) NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_identity_providers PRIMARY KEY (id),
    CONSTRAINT ck_identity_providers_kind CHECK (kind IN ('oidc', 'github')),
    CONSTRAINT uq_identity_providers_name UNIQUE (name)
);
CREATE TABLE invitations (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    team_id UUID NOT NULL,
    email VARCHAR(320) NOT NULL,
    role VARCHAR(20) NOT NULL,
    token_hash TEXT NOT NULL,
    mailed BOOLEAN DEFAULT false NOT NULL,
    invited_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_by UUID,
    accepted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT ck_invitations_role CHECK (role IN ('admin', 'editor', 'viewer')),
    CONSTRAINT fk_invitations_team_id_teams FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitations_invited_by_users FOREIGN KEY(invited_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_invitations_accepted_by_users FOREIGN KEY(accepted_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_invitations_email_lower ON invitations (lower(email));
CREATE UNIQUE INDEX uq_invitations_open ON invitations (team_id, lower(email)) WHERE accepted_at IS NULL;
CREATE TABLE grants (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    design_system_id UUID NOT NULL,
    user_id UUID,
    key_id UUID,
    role VARCHAR(20) NOT NULL,
    granted_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_grants PRIMARY KEY (id),
    CONSTRAINT ck_grants_role CHECK (role IN ('admin', 'editor', 'viewer')),
    CONSTRAINT ck_grants_holder CHECK ((user_id IS NULL) <> (key_id IS NULL)),
    CONSTRAINT uq_grants_design_system_id_user_id UNIQUE (design_system_id, user_id),
    CONSTRAINT uq_grants_design_system_id_key_id UNIQUE (design_system_id, key_id),
    CONSTRAINT fk_grants_design_system_id_design_systems FOREIGN KEY(design_system_id) REFERENCES design_systems (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_key_id_api_keys FOREIGN KEY(key_id) REFERENCES api_keys (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_granted_by_users FOREIGN KEY(granted_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_grants_key_id ON grants (key_id);
CREATE INDEX ix_grants_user_id ON grants (user_id);
CREATE TABLE audit_log (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    action VARCHAR(64) NOT NULL,
    outcome VARCHAR(16) DEFAULT 'ok' NOT NULL,
    user_id UUID,
    key_id UUID,
    team_id UUID,
    design_system_id UUID,
    subject_type VARCHAR(50),
    subject_id UUID,
    address VARCHAR(64),
    agent VARCHAR(300),
    request_id VARCHAR(64),
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT ck_audit_log_outcome CHECK (outcome IN ('ok', 'refused')),
    CONSTRAINT fk_audit_log_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_audit_log_created_at ON audit_log (created_at);
CREATE INDEX ix_audit_log_position ON audit_log (position);
CREATE INDEX ix_audit_log_team_id_position ON audit_log (team_id, position);
CREATE INDEX ix_audit_log_user_id_position ON audit_log (user_id, position)
"""

BACK = """
DROP TABLE audit_log;
DROP TABLE grants;
DROP TABLE invitations;
DROP TABLE identity_providers;
DROP TABLE external_identities;
DROP TABLE one_time_tokens;
DROP INDEX ix_refresh_tokens_expires_at;
ALTER TABLE refresh_tokens DROP CONSTRAINT fk_refresh_tokens_sign_in_id_sign_ins;
ALTER TABLE refresh_tokens
    ADD COLUMN user_id UUID, ADD COLUMN revoked_at TIMESTAMP WITH TIME ZONE, ADD COLUMN family_id UUID;
UPDATE refresh_tokens SET user_id = s.user_id, revoked_at = s.ended_at, family_id = s.id
FROM sign_ins s WHERE s.id = sign_in_id;
ALTER TABLE refresh_tokens ALTER COLUMN user_id SET NOT NULL, ALTER COLUMN family_id SET NOT NULL;
ALTER TABLE refresh_tokens DROP COLUMN sign_in_id;
CREATE INDEX ix_refresh_tokens_family_id ON refresh_tokens (family_id);
ALTER TABLE refresh_tokens ADD CONSTRAINT fk_refresh_tokens_user_id_users
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX ix_refresh_tokens_user_id ON refresh_tokens (user_id);
DROP TABLE sign_ins;
ALTER TABLE api_keys DROP COLUMN parent_id;
ALTER TABLE users DROP COLUMN email_verified_at;
ALTER TABLE design_systems DROP COLUMN protections
"""


def upgrade() -> None:
    """Add the tables; administrators count as verified: an operator named their addresses."""
    for group in (COLUMNS, SIGN_INS, ACCESS):
        _run(group)
    op.execute("UPDATE users SET email_verified_at = created_at WHERE is_admin")


def downgrade() -> None:
    """Back to the first schema; sign-ins stay alive as families of refresh tokens."""
    _run(BACK)


def _run(statements: str) -> None:
    for statement in statements.split(";\n"):
        op.execute(statement)
