"""Maintenance: repacks a repository that has gathered many loose objects; run by the workers."""

from __future__ import annotations

import logging
from uuid import UUID

from gitstore.maintenance import maintain, needs_maintenance
from gitstore.store import RepositoryStore

log = logging.getLogger("xds.maintenance")


def maintain_repository(store: RepositoryStore, system_id: UUID) -> bool:
    """Repack when it is worth it; whether it was. A repository that was deleted meanwhile needs nothing.

    Blocks for as long as git takes; safe beside writers.
    """
    path = store.path_of(system_id)
    if not store.exists(system_id) or not needs_maintenance(path):
        return False
    report = maintain(path)
    log.info("maintained %s: %s", system_id, report)
    return True
