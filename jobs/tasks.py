"""The tasks: each takes JSON values, calls one service, and may run twice without harm."""

from __future__ import annotations

import uuid

from jobs.runtime import current
from services import housekeeping, mail, maintenance, sync


def maintain_repository(system_id: str) -> None:
    """Repack one repository when it needs it."""
    maintenance.maintain_repository(current().context.store, uuid.UUID(system_id))


def sync_all() -> None:
    """Bring every system's index up to its repository."""
    runtime = current()
    runtime.run(sync.sweep(runtime.context))


def forget_expired() -> None:
    """Delete tokens, invitations and audit rows that have run out."""
    runtime = current()
    runtime.run(housekeeping.forget(runtime.context))


def send_mail(sealed: str) -> None:
    """Send one queued mail; where the mail server does not answer, the job fails and comes again."""
    mail.send(current().context, sealed)
