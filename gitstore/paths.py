"""Which paths may be written into a repository: nothing that could hurt git, a file system or a later checkout."""

from __future__ import annotations

import re
import unicodedata

from gitstore.errors import InvalidPath

MAX_PATH_BYTES = 1024
MAX_SEGMENT_BYTES = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
# HFS+ ignores these code points when it compares names, so ".g\u200cit" is ".git" there (git's own list, utf8.c).
_HFS_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
_NTFS_GIT = re.compile(r"(?:\.git|git~[0-9]+)[ .]*(?::.*)?", re.IGNORECASE)


def check_path(path: str) -> str:
    """Return ``path`` when a file may be written there; raises :class:`InvalidPath` that says why not."""
    if not path:
        raise InvalidPath("a path is not empty")
    if _CONTROL.search(path):
        raise InvalidPath(f"{path!r}: a path has no control characters, backslashes or bytes that are not UTF-8")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise InvalidPath(f"{path[:80]!r}…: a path is at most {MAX_PATH_BYTES} bytes long")
    for segment in path.split("/"):
        _check_segment(path, segment)
    return path


def _check_segment(path: str, segment: str) -> None:
    if segment in ("", ".", ".."):
        raise InvalidPath(f"{path!r}: no part of a path is empty, '.' or '..'")
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        raise InvalidPath(f"{path[:80]!r}…: a part of a path is at most {MAX_SEGMENT_BYTES} bytes long")
    plain = unicodedata.normalize("NFC", segment.translate(_HFS_IGNORED))
    if _NTFS_GIT.fullmatch(plain):
        raise InvalidPath(f"{path!r}: no part of a path is '.git' or means it on another system")
