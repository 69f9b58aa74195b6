"""What one request may cost, and how the process behind it is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEBIBYTE = 1 << 20

UPLOAD_PACK: Mapping[str, str] = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
    # Clients of a partial clone ask for single blobs: over v2 git always answers, over v0 and v1 only with this.
    "uploadpack.allowAnySHA1InWant": "true",
    "lsrefs.unborn": "advertise",
}

# Old repositories carry harmless faults of the tools that wrote them: rewriting history is no price for a push.
# What could hurt a checkout (.git entries, .gitmodules URLs and paths, symlinked .gitmodules) stays an error.
TOLERATED_FAULTS = (
    "badTimezone",
    "badDateOverflow",
    "emptyName",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "missingTaggerEntry",
    "badTagName",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)

RECEIVE_PACK: Mapping[str, str] = {
    "receive.procReceiveRefs": "refs/",
    "receive.advertisePushOptions": "true",
    "receive.advertiseAtomic": "true",
    "receive.fsckObjects": "true",
    "receive.autogc": "false",
    "receive.updateServerInfo": "false",
    "receive.denyDeletes": "false",  # the handler decides about deletions, forced moves and the default branch
    "receive.denyNonFastForwards": "false",
    "receive.denyDeleteCurrent": "ignore",
    "receive.unpackLimit": "1",  # one synced pack for a push, not a synced file for each object
    "receive.keepAlive": "5",
    **{f"receive.fsck.{fault}": "ignore" for fault in TOLERATED_FAULTS},
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request and of all together; sizes in bytes after decompression, times in seconds."""

    pack_bytes: int = 512 * MEBIBYTE
    fetch_request_bytes: int = 32 * MEBIBYTE
    seconds: float = 1800.0
    idle_seconds: float = 120.0
    processes: int = 16
    queue_seconds: float = 30.0


def config_for(service: str, limits: Limits) -> dict[str, str]:
    """The configuration of one service's process."""
    if service == "git-upload-pack":
        return dict(UPLOAD_PACK)
    return {**RECEIVE_PACK, "receive.maxInputSize": str(limits.pack_bytes)}
