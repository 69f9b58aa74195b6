"""The rules beside those of token and component files: where a file lies, its kind and size, whose id it claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from designsystem import codes
from designsystem.manifest import MANIFEST_PATH, Manifest
from designsystem.problem import Problem
from designsystem.resolver.document import is_resolver_file
from designsystem.severities import hardened

SYMLINK_MODE: Final = 0o120000
SUBMODULE_MODE: Final = 0o160000
LARGEST_DOCUMENT: Final = 32 * 1024 * 1024
"""Bytes above which a file is no token file, whatever the globs say: nothing that large is ever parsed."""
LARGEST_READING: Final = 64 * 1024 * 1024
"""Bytes that are read of all files that a resolver refers to; beyond that none of them is found any more."""
_KINDS: Final = {SYMLINK_MODE: "symbolic link", SUBMODULE_MODE: "submodule"}


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What a file may weigh and how deep it may lie; token files, which are parsed whole, have their own limit."""

    file_bytes: int = 64 * 1024 * 1024
    token_file_bytes: int = 8 * 1024 * 1024
    token_total_bytes: int = 64 * 1024 * 1024
    tree_depth: int = 32
    path_bytes: int = 1024


def judge_file(manifest: Manifest, path: str, mode: int, size: int, limits: FileLimits) -> Problem | None:
    """The fault in a file's kind (its git ``mode``), path or ``size`` in bytes, if any.

    Outside the token and component folders symbolic links and submodules may stand, wherever they like.
    """
    is_token_file = path in (MANIFEST_PATH, manifest.resolver) or manifest.is_token_file(path)
    kind = _KINDS.get(mode)
    if kind is None:
        return judge_size(path, size, is_token_file or is_resolver_file(path), limits)
    if not is_token_file and manifest.component_directory(path) is None:
        return None
    message = f"a {kind} cannot stand inside the token and component folders; commit the file itself"
    return Problem(codes.NOT_A_PLAIN_FILE, message, path)


def judge_size(path: str, size: int, is_token_file: bool, limits: FileLimits) -> Problem | None:
    """The fault in a plain file's path or size, if any."""
    if path.count("/") >= limits.tree_depth or len(path.encode("utf-8", "replace")) > limits.path_bytes:
        message = f"the path is too long; {limits.tree_depth} folders and {limits.path_bytes:,} bytes are allowed"
        return Problem(codes.BAD_PATH, message, path)
    limit = limits.token_file_bytes if is_token_file else limits.file_bytes
    if size <= limit:
        return None
    message = f"the file has {size:,} bytes, {limit:,} are allowed here; split it, or use Git LFS for large assets"
    return Problem(codes.FILE_TOO_LARGE, message, path)


def judge_total(size: int, limits: FileLimits) -> Problem | None:
    """The fault in the size of all token files together, if any."""
    if size <= limits.token_total_bytes:
        return None
    message = f"the token files together have {size:,} bytes, {limits.token_total_bytes:,} are allowed"
    return Problem(codes.FILE_TOO_LARGE, message, MANIFEST_PATH)


def duplicate_component_id(directory: str, name: str, twin: str) -> Problem:
    """Two folders that claim one identity, as happens when a component's folder is copied."""
    message = f"the id in component.json is already that of {twin}; remove the `id` line from the copy"
    return Problem(codes.DUPLICATE_COMPONENT_ID, message, f"{directory}/component.json", "/id", subject=name)


def by_the_format(problem: Problem) -> Problem:
    """The problem as the format itself has it, which knows no draft syntax, and to which files are nothing."""
    return problem if problem.code in (codes.BYTE_ORDER_MARK, codes.DECLARED_AGAIN) else hardened(problem)
