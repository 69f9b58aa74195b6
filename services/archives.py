"""Archives: whether the files of a commit are few enough bytes to be packed for somebody."""

from __future__ import annotations

from uuid import UUID

from gitstore import trees
from services.context import Context
from services.errors import TooLarge


def require_room(context: Context, system_id: UUID, commit: str) -> None:
    """Return if all files of a commit together are within the limit; raises TooLarge, at the file that is one too many.

    Costs a look at each file's length.
    """
    left = context.limits.archive_bytes
    with context.store.open(system_id) as repo:
        for file in trees.walk(repo, trees.tree_of(repo, commit)):
            left -= trees.blob_size(repo, file.oid) if file.is_regular else 0
            if left < 0:
                most = f"{context.limits.archive_bytes:,} bytes"
                raise TooLarge(f"The files are more than {most}, the most that an archive may hold; clone instead.")
