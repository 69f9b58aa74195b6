"""Reads a folder of a user's machine as the server reads a commit: the same files, rules, codes and words."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cli import git
from cli.errors import CommandFailed
from cli.progress import tracked
from designsystem import compatibility
from designsystem.components.component import Component
from designsystem.components.reading import read_component
from designsystem.manifest import MANIFEST_PATH, VERSIONING_PATH, Manifest, parse_manifest
from designsystem.owners import MAX_BYTES, OWNERS_PATH, not_a_file, parse_owners
from designsystem.problem import Problem, errors_of
from designsystem.resolver.judging import judge_resolver, unsaid
from designsystem.resolver.layout import is_resolver_of, layout_of, missing
from designsystem.rules import (
    LARGEST_DOCUMENT,
    SUBMODULE_MODE,
    SYMLINK_MODE,
    FileLimits,
    duplicate_component_id,
    judge_file,
    judge_size,
    judge_total,
)
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from designsystem.versions import newest_version

_NEVER = frozenset({".git", "node_modules"})
_PLAIN = 0o100644


@dataclass(frozen=True, slots=True)
class WorkFile:
    """One file of a folder: git's mode for it, and its size in bytes."""

    mode: int
    size: int


@dataclass(frozen=True)
class Checkout:
    """A folder, with its files by their path in it (``/`` between the parts), in git's order."""

    root: Path
    files: Mapping[str, WorkFile] = field(repr=False)

    def read(self, path: str) -> bytes:
        """The bytes of a plain file; raises LookupError where there is none."""
        file = self.files.get(path)
        if file is None or file.mode != _PLAIN:
            raise LookupError(path)
        return (self.root / path).read_bytes()

    @cached_property
    def _parsed_manifest(self) -> tuple[Manifest, list[Problem]]:
        return parse_manifest(self.read(MANIFEST_PATH) if self._is_plain(MANIFEST_PATH) else None)

    @property
    def manifest(self) -> Manifest:
        """What the folder's manifest says."""
        return self._parsed_manifest[0]

    @property
    def manifest_problems(self) -> Sequence[Problem]:
        """What is wrong with it."""
        return self._parsed_manifest[1]

    @cached_property
    def tokens(self) -> TokenSet:
        """Every design token of the folder."""
        order = self._order()
        paths = [path for path in self._token_files() if order is None or path in order]
        read = (parse_document(path, self.read(path)) for path in tracked(paths, "reading tokens"))
        return TokenSet.build(read, order)

    def _token_files(self) -> list[str]:
        return [path for path in self.files if self.manifest.is_token_file(path) and self._is_plain(path)]

    def _order(self) -> tuple[str, ...] | None:
        """The files that count, by the resolver that the manifest names; None where there is none that can say it."""
        source = self.source(self.manifest.resolver) if self.manifest.resolver else None
        return layout_of(self.manifest.resolver, source).order if source is not None else None

    @cached_property
    def resolvers(self) -> list[str]:
        """The paths of the folder's resolvers."""
        return [path for path in self.files if self._is_plain(path) and is_resolver_of(self.manifest, path)]

    def source(self, path: str) -> bytes | None:
        """The bytes of a plain file; None where there is none, or one too large to be parsed."""
        file = self.files.get(path)
        if file is None or file.mode != _PLAIN or file.size > LARGEST_DOCUMENT:
            return None
        return self.read(path)

    @cached_property
    def _read_components(self) -> list[tuple[Component | None, list[Problem]]]:
        names: dict[str, list[str]] = {}
        for path in self.files:
            owner = self.manifest.component_directory(path)
            if owner is not None:
                directory, _, name = path.rpartition("/")
                inside = names.setdefault(owner, [])
                if directory == owner and self._is_plain(path):
                    inside.append(name)
        return [self._component(directory, inside) for directory, inside in sorted(names.items()) if inside]

    def _component(self, directory: str, names: list[str]) -> tuple[Component | None, list[Problem]]:
        return read_component(directory, names, lambda name: self.read(f"{directory}/{name}"))

    @property
    def components(self) -> list[Component]:
        """Every component of the folder."""
        return [component for component, _ in self._read_components if component is not None]

    def _is_plain(self, path: str) -> bool:
        return path in self.files and self.files[path].mode == _PLAIN

    def problems(self, limits: FileLimits | None = None, *, strict: bool = False) -> list[Problem]:
        """What a server would say of this folder as a first push; files that may not be read are judged alone."""
        found = list(self._judge_files(limits or FileLimits()))
        if not errors_of(found):
            found += self.manifest_problems
            found += self.tokens.check()
            found += unsaid(self._resolver_problems(), found)
            found += self._component_problems()
        found += self._owners_problems()
        found += self._policy[1]
        return self.judged(found, strict=strict)

    def judged(self, problems: Iterable[Problem], *, strict: bool = False) -> list[Problem]:
        """The problems with the severities that the manifest gives them; ``strict`` as if it said so."""
        return (replace(self.manifest, strict=True) if strict else self.manifest).judged(problems)

    def problems_beside_tokens(self) -> list[Problem]:
        """The same of components, owners and policy alone."""
        return [*self._component_problems(), *self._owners_problems(), *self._policy[1]]

    def _component_problems(self) -> list[Problem]:
        found = [problem for _, problems in self._read_components for problem in problems]
        return [*found, *_twins(self.components)]

    def _resolver_problems(self) -> Iterator[Problem]:
        """What is wrong with resolvers, and with token files that only their contexts reach."""
        if self.manifest.resolver and self.manifest.resolver not in self.resolvers:
            yield missing(self.manifest)
        aside = [path for path in self._token_files() if not self.tokens.takes(path)]
        found = [problem for path in aside for problem in parse_document(path, self.read(path)).problems]
        for path in self.resolvers:
            found += unsaid(judge_resolver(path, self.source, self.manifest), found)
        yield from found

    def _owners_problems(self) -> Iterable[Problem]:
        if OWNERS_PATH not in self.files:
            return ()
        if not self._is_plain(OWNERS_PATH):
            return (not_a_file(),)
        with (self.root / OWNERS_PATH).open("rb") as file:
            return parse_owners(file.read(MAX_BYTES + 1))[1]

    @property
    def policy(self) -> compatibility.Policy:
        """What versioning.json says; the default where there is none."""
        return self._policy[0]

    @cached_property
    def _policy(self) -> tuple[compatibility.Policy, tuple[Problem, ...]]:
        if VERSIONING_PATH not in self.files:
            return compatibility.read_policy(None)
        if not self._is_plain(VERSIONING_PATH):
            return compatibility.Policy(), (compatibility.not_a_file(),)
        with (self.root / VERSIONING_PATH).open("rb") as file:
            return compatibility.read_policy(file.read(compatibility.MAX_BYTES + 1))

    def _judge_files(self, limits: FileLimits) -> Iterator[Problem]:
        if self._is_plain(MANIFEST_PATH):  # before anything reads it
            size = self.files[MANIFEST_PATH].size
            if problem := judge_size(MANIFEST_PATH, size, True, limits):
                yield problem
                return
        total = 0
        for path, file in self.files.items():
            if problem := judge_file(self.manifest, path, file.mode, file.size, limits):
                yield problem
            elif file.mode == _PLAIN and self.manifest.is_token_file(path):
                total += file.size
        if problem := judge_total(total, limits):
            yield problem


def open_checkout(root: Path) -> Checkout:
    """The folder as it is now: in a repository what git would commit of it, elsewhere what its .gitignore leaves.

    Symbolic links are seen and never followed. Raises CommandFailed where there is no folder.
    """
    if not root.is_dir():
        raise CommandFailed(f"{root} is no folder" if root.exists() else f"there is no folder {root}")
    root = root.resolve()
    real: dict[str, bool] = {"": True}
    files = {}
    for path in sorted(_listed(root), key=os.fsencode):
        if (file := _stat(root, path, real)) is not None:
            files[path] = file
    return Checkout(root, files)


def commit_of(root: Path) -> str | None:
    """The commit that a folder was checked out at, with ``-dirty`` when it holds changes; None outside repositories."""
    commit = git.ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cwd=root)
    if not commit or _is_ignored(root):
        return None
    changes = git.ask(["-c", "core.fsmonitor=false", "status", "--porcelain", "--", "."], cwd=root)
    return f"{commit}-dirty" if changes else commit


def version_of(root: Path) -> str | None:
    """The newest published version that a repository knows of: its highest annotated tag vX.Y.Z."""
    listed = git.ask(["for-each-ref", "--format=%(objecttype) %(refname:lstrip=2)", "refs/tags"], cwd=root)
    lines = [line.partition(" ") for line in (listed or "").splitlines()]
    return newest_version(name for kind, _, name in lines if kind == "tag")


def _listed(root: Path) -> Iterable[str]:
    """The paths of all files that count; a nested repository or submodule is one path."""
    if not git.available():
        return _walk(root)
    command = ["-c", "core.fsmonitor=false", "ls-files", "-z", "--others", "--exclude-standard"]
    command.append("--exclude=node_modules/")
    try:
        if _is_repository(root) and not _is_ignored(root):
            return _split(git.run([*command, "--cached"], cwd=root))
    except git.GitFailed:
        pass  # another user's repository, say: git will not read its configuration, and so neither do we
    with git.temporary_repository(root) as variables:
        return _split(git.run(command, cwd=root, env=variables))


def _split(output: bytes) -> list[str]:
    return list(dict.fromkeys(os.fsdecode(name).rstrip("/") for name in output.split(b"\0") if name))


def _is_repository(root: Path) -> bool:
    return git.ask(["rev-parse", "--is-inside-work-tree"], cwd=root) == "true"


def _is_ignored(root: Path) -> bool:
    return git.ask(["check-ignore", "--quiet", "."], cwd=root) is not None


def _walk(root: Path) -> Iterator[str]:
    """Every file where there is no git to ask; .gitignore is not read."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name in _NEVER:
                    continue
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                else:
                    yield path


def _stat(root: Path, path: str, real: dict[str, bool]) -> WorkFile | None:
    """What stands at a path; None where nothing does any more, or nothing that git keeps."""
    if not _is_real(root, path.rpartition("/")[0], real):
        return None
    try:
        found = (root / path).lstat()
    except OSError:
        return None
    if stat.S_ISREG(found.st_mode):
        return WorkFile(_PLAIN, found.st_size)
    if stat.S_ISLNK(found.st_mode):
        return WorkFile(SYMLINK_MODE, found.st_size)
    return WorkFile(SUBMODULE_MODE, 0) if stat.S_ISDIR(found.st_mode) else None


def _is_real(root: Path, folder: str, real: dict[str, bool]) -> bool:
    """Whether a folder is reached without a symbolic link: git's list may be older than one that took its place."""
    if folder not in real:
        parent = folder.rpartition("/")[0]
        real[folder] = _is_real(root, parent, real) and not (root / folder).is_symlink()
    return real[folder]


def _twins(components: list[Component]) -> Iterator[Problem]:
    """Folders whose component.json claims an id that another one has."""
    holders: dict[UUID, str] = {}
    for component in components:
        if component.id_in_file is None:
            continue
        twin = holders.setdefault(component.id_in_file, component.directory)
        if twin != component.directory:
            yield duplicate_component_id(component.directory, component.name, twin)
