"""The audit log: every security-relevant act, written in the transaction that does it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import audit as audit_log
from index.audit import AuditEntry
from services import origin
from services.policy import Actor

Outcome = Literal["ok", "refused"]


class Act(StrEnum):
    """What is worth a row. Values are stable: they are what people search for."""

    REGISTERED = "account.registered"
    ERASED = "account.erased"
    EXPORTED = "account.exported"
    ADMIN_MADE = "account.admin-made"
    ADMIN_REMOVED = "account.admin-removed"
    EMAIL_VERIFIED = "account.email-verified"
    SIGN_IN = "sign-in.begun"
    SIGN_OUT = "sign-in.ended"
    REFRESH_REUSED = "refresh-token.reused"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET_REQUESTED = "password.reset-requested"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    PROVIDER_ADDED = "identity-provider.added"
    PROVIDER_REMOVED = "identity-provider.removed"
    SECRETS_ROTATED = "secrets.rotated"
    KEY_CREATED = "api-key.created"
    KEY_REVOKED = "api-key.revoked"
    TEAM_CREATED = "team.created"
    TEAM_DELETED = "team.deleted"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    ROLE_CHANGED = "member.role-changed"
    INVITED = "invitation.created"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_ACCEPTED = "invitation.accepted"
    GRANTED = "grant.given"
    GRANT_REVOKED = "grant.revoked"
    PROTECTION_SET = "protection.set"
    PROTECTION_REMOVED = "protection.removed"
    PROPOSAL_APPROVED = "proposal.approved"
    PROPOSAL_MERGED = "proposal.merged"
    VISIBILITY_CHANGED = "design-system.visibility-changed"
    SYSTEM_CREATED = "design-system.created"
    SYSTEM_DELETED = "design-system.deleted"
    RELEASE_YANKED = "release.yanked"
    RELEASE_RESTORED = "release.restored"


async def record(
    db: AsyncConnection,
    now: datetime,
    actor: Actor | None,
    act: Act,
    *,
    outcome: Outcome = "ok",
    team_id: UUID | None = None,
    system_id: UUID | None = None,
    subject: tuple[str, UUID] | None = None,
    **details: Any,
) -> None:
    """Write down an act beside what it does: both commit, or neither.

    ``subject`` is what was acted upon, as its kind and id; ``details`` are small JSON values, never a secret. Where the
    request came from is taken from ``services.origin``.
    """
    where = origin.current()
    await audit_log.append(
        db,
        AuditEntry(
            action=act.value,
            outcome=outcome,
            user_id=actor.user_id if actor else None,
            key_id=actor.key_id if actor else None,
            team_id=team_id,
            design_system_id=system_id,
            subject_type=subject[0] if subject else None,
            subject_id=subject[1] if subject else None,
            address=where.address,
            agent=where.agent,
            request_id=where.request_id,
            details=details,
            created_at=now,
        ),
    )
