"""A folder as `cli.checkout` opens it, where there is nothing in it that needs more than a look."""

from __future__ import annotations

import os
import re
import stat

from cli.git_environment import user_environment
from designsystem.exporters.plain import plain_json
from designsystem.exporters.plain_values import NotPlain, members_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_DEFAULT_TOKENS = ["tokens/**/*.tokens.json", "tokens/**/*.tokens", "*.tokens.json", "*.tokens"]
_DEFAULT_COMPONENTS = ["components/*"]
_MANIFEST = "designsystem.json"
_BESIDE = ("OWNERS", "versioning.json")
_SEMVER = re.compile(r"\d+\.\d+\.\d+")
_DEEPEST, _LONGEST, _LARGEST_TOKENS, _LARGEST = 31, 1000, 8 * 1024 * 1024, 64 * 1024 * 1024


class NotQuick(Exception):
    """There is something in the folder that only the whole way can tell about."""


class Folder:
    """What an export needs of a folder."""

    __slots__ = ("commit", "name", "token_files", "version")

    def __init__(self, name: str, version: str | None, commit: str | None, token_files: list[bytes]) -> None:
        self.name = name
        self.version = version
        self.commit = commit
        self.token_files = token_files
        """In the order of their paths."""


def opened(path: str) -> Folder:
    """A folder; raises NotQuick or OSError where it is not of the usual kind."""
    root = os.path.realpath(path)
    if not os.path.isdir(root):  # noqa: PTH112
        raise NotQuick
    commit = version = None
    if _has_repository(root):
        commit, paths = _tracked(root)
        version = _version(root)
    else:
        paths = list(_walked(root))
    sizes = {each: size for each in paths if (size := _size(root, each)) is not None}
    name, is_token_file, is_beside = _manifest(root) if _MANIFEST in sizes else ("", _is_token_file, _is_beside)
    tokens = sorted(filter(is_token_file, sizes))
    _judge(sizes, tokens)
    if any(map(is_beside, sizes)):
        _judge_beside(root, sizes)
    return Folder(name or os.path.basename(root), version, commit, [_read(root, each) for each in tokens])  # noqa: PTH119


def _is_token_file(path: str) -> bool:
    return path.endswith((".tokens.json", ".tokens")) and (path.startswith("tokens/") or "/" not in path)


def _is_beside(path: str) -> bool:
    return path.startswith("components/") or path in _BESIDE


def _judge(sizes: dict[str, int], tokens: list[str]) -> None:
    for path, size in sizes.items():
        name = path.rpartition("/")[2]
        if name == "resolver.json" or name.endswith(".resolver.json"):
            raise NotQuick
        if size > _LARGEST or path.count("/") > _DEEPEST or len(path.encode("utf-8")) > _LONGEST:
            raise NotQuick
    if any(sizes[path] > _LARGEST_TOKENS for path in tokens) or sum(sizes[path] for path in tokens) > _LARGEST:
        raise NotQuick


def _judge_beside(root: str, sizes: dict[str, int]) -> None:
    """What is no token has the rules that it always has; they take longer to import than the rest together."""
    from pathlib import Path

    from cli.checkout import Checkout, WorkFile
    from designsystem.problem import errors_of

    files = {path: WorkFile(stat.S_IFREG | 0o644, sizes[path]) for path in sorted(sizes, key=os.fsencode)}
    if errors_of(Checkout(Path(root), files).problems_beside_tokens()):
        raise NotQuick


def _manifest(root: str) -> tuple[str, Callable[[str], bool], Callable[[str], bool]]:
    """The name in a manifest, and which files it calls tokens, and which have rules of their own beside them."""
    try:
        return _name_in_usual_manifest(root), _is_token_file, _is_beside
    except (NotPlain, NotQuick):
        from designsystem.manifest import parse_manifest

        manifest, problems = parse_manifest(_read(root, _MANIFEST))
        if problems or manifest.strict or manifest.severities or manifest.resolver:
            raise NotQuick from None
        return (
            manifest.name,
            manifest.is_token_file,
            lambda path: path in _BESIDE or manifest.component_directory(path) is not None,
        )


def _name_in_usual_manifest(root: str) -> str:
    """The name in a manifest that says nothing of where files lie but what holds without one."""
    text, found = plain_json(_read(root, _MANIFEST))
    if len(text) > 100_000 or members_in(found) != text.count('":'):
        raise NotPlain
    said: dict[str, Any] = {
        "schemaVersion": 1, "tokens": _DEFAULT_TOKENS, "components": _DEFAULT_COMPONENTS, "strict": False
    }  # fmt: skip
    for key, value in found.items():
        if key in ("name", "description"):
            usual = type(value) is str and value.isprintable() and len(value) <= 200
        elif key == "version":
            usual = type(value) is str and _SEMVER.fullmatch(value) is not None and len(value) <= 50
        else:
            usual = key in said and type(value) is type(said[key]) and value == said[key]
        if not usual:
            raise NotQuick
    return str(found.get("name", "")).strip()


def _has_repository(root: str) -> bool:
    """Whether git could find a repository from here; NotQuick where that is not sure."""
    folder = root
    while True:
        if os.path.lexists(f"{folder}/.git"):
            return True
        if os.path.lexists(f"{folder}/HEAD"):
            raise NotQuick  # a bare repository
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return False
        folder = parent


def _walked(root: str) -> Iterator[str]:
    waiting = [""]
    while waiting:
        before = waiting.pop()
        with os.scandir(f"{root}/{before}") as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".git"):
                    raise NotQuick  # rules of what counts, or another repository
                if entry.is_symlink():
                    raise NotQuick
                if not entry.is_dir(follow_symlinks=False):
                    yield before + name
                elif name != "node_modules":
                    waiting.append(f"{before}{name}/")


def _tracked(root: str) -> tuple[str, list[str]]:
    """The commit and the files of a repository whose top folder this is; NotQuick for any other folder in it."""
    state = _git(root, "rev-parse", "--is-inside-work-tree", "--show-prefix", "HEAD^{commit}").split(b"\n")
    if state[:2] != [b"true", b""]:
        raise NotQuick
    listing = ("ls-files", "-z", "--others", "--exclude-standard", "--exclude=node_modules/", "--cached")
    paths = dict.fromkeys(os.fsdecode(path) for path in _git(root, *listing).split(b"\0") if path)
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    if any(os.path.islink(f"{root}/{folder}") for folder in folders):  # noqa: PTH114
        raise NotQuick
    changed = _git(root, "status", "--porcelain", "--", ".")
    commit = state[2].decode("ascii")
    return f"{commit}-dirty" if changed else commit, list(paths)


def _version(root: str) -> str | None:
    listed = _git(root, "for-each-ref", "--format=%(objecttype) %(refname:lstrip=2)", "refs/tags").decode()
    tags = [line[4:] for line in listed.splitlines() if line.startswith("tag v")]
    if not tags:
        return None
    from designsystem.versions import newest_version

    return newest_version(tags)


def _size(root: str, path: str) -> int | None:
    try:
        found = os.lstat(f"{root}/{path}")
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise NotQuick
    return found.st_size


def _read(root: str, path: str) -> bytes:
    with open(f"{root}/{path}", "rb") as file:  # noqa: PTH123
        return file.read()


def _git(root: str, *arguments: str) -> bytes:
    """What git prints; NotQuick where it fails. Without the module subprocess, which takes longer than git."""
    read, write = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, write, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_CLOSE, read),
    ]
    command = ["git", "-C", root, "-c", "core.fsmonitor=false", *arguments]
    try:
        process = os.posix_spawnp("git", command, user_environment(), file_actions=actions)
    finally:
        os.close(write)
    with open(read, "rb") as file:  # noqa: PTH123
        printed = file.read()
    if os.waitpid(process, 0)[1] != 0:
        raise NotQuick
    return printed
