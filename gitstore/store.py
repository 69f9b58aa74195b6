"""Where repositories lie: created, opened and deleted by the id of their design system."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel, RepositoryOpenFlag

from gitstore.durability import sync_directory, sync_tree
from gitstore.errors import InvalidPath, RepositoryMissing
from gitstore.refs import check_ref_name

# libgit2 keeps these per process. Objects, references and their own directories reach the disk before a write returns
# (measured with strace; what it leaves out is done in refs.move). No configuration of the machine is read, and the
# owner of the data directory need not be the user we run as.
pygit2.settings.enable_fsync_gitdir(True)
pygit2.settings.owner_validation = False
for _level in (ConfigLevel.SYSTEM, ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.PROGRAMDATA):
    pygit2.settings.search_path[_level] = ""

CONFIG = b"""\
[core]
\trepositoryformatversion = 0
\tfilemode = false
\tbare = true
\tlogAllRefUpdates = always
[gc]
\tauto = 0
"""


class RepositoryStore:
    """All bare repositories below one directory: ``aa/bb/<uuid>.git``, made and removed by rename.

    Holds no open repository and no lock; one store may be used from any number of threads.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, system_id: uuid.UUID) -> Path:
        """Where this repository lies, whether it exists or not."""
        name = str(system_id)
        return self.root / name[:2] / name[2:4] / f"{name}.git"

    def exists(self, system_id: uuid.UUID) -> bool:
        """Whether this repository was created and not deleted."""
        return (self.path_of(system_id) / "HEAD").is_file()

    def create(self, system_id: uuid.UUID, default_branch: str = "main") -> Path:
        """Make an empty repository and return its path; one that exists is left as it is."""
        check_ref_name(f"refs/heads/{default_branch}")
        path = self.path_of(system_id)
        if self.exists(system_id):
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._workshop(".new") / f"{system_id}-{uuid.uuid4().hex}"
        _write_skeleton(temporary, default_branch)
        try:
            temporary.rename(path)
        except OSError:
            shutil.rmtree(temporary, ignore_errors=True)
            if not self.exists(system_id):
                raise
        for directory in (path.parent, path.parent.parent, self.root):
            sync_directory(directory)
        return path

    def delete(self, system_id: uuid.UUID) -> None:
        """Remove a repository: gone for every reader at once, its files right after. Missing is no error."""
        trash = self._workshop(".trash") / f"{system_id}-{uuid.uuid4().hex}"
        with contextlib.suppress(FileNotFoundError):
            self.path_of(system_id).rename(trash)
            sync_directory(self.path_of(system_id).parent)
            shutil.rmtree(trash, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a killed ``create`` or ``delete`` left behind; to be called at start-up."""
        for name in (".new", ".trash"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    @contextlib.contextmanager
    def open(self, system_id: uuid.UUID, *, quarantine: Path | None = None) -> Iterator[pygit2.Repository]:
        """A repository for this call and this thread; ``quarantine`` adds the objects of a push under way."""
        with open_repository(self.path_of(system_id), quarantine=quarantine) as repo:
            yield repo

    def _workshop(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@contextlib.contextmanager
def open_repository(path: Path, *, quarantine: Path | None = None) -> Iterator[pygit2.Repository]:
    """Open the bare repository at ``path`` for one call; raises :class:`RepositoryMissing`."""
    flags = RepositoryOpenFlag.NO_SEARCH | RepositoryOpenFlag.BARE | RepositoryOpenFlag.NO_DOTGIT
    try:
        repo = pygit2.Repository(str(path), flags)
    except pygit2.GitError as error:
        raise RepositoryMissing(f"no repository {path.stem}") from error
    try:
        if quarantine is not None:
            repo.odb.add_disk_alternate(str(check_quarantine(path, quarantine)))
        yield repo
    finally:
        repo.free()


def check_quarantine(path: Path, quarantine: Path) -> Path:
    """The real path of a push's quarantine; raises :class:`InvalidPath` when it is not in ``objects/`` of ``path``."""
    inside = (path / "objects").resolve()
    actual = quarantine.resolve()
    if inside not in actual.parents or not actual.is_dir():
        raise InvalidPath("a quarantine lies inside the objects of its own repository")
    return actual


def _write_skeleton(path: Path, default_branch: str) -> None:
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
        (path / folder).mkdir(parents=True)
    (path / "HEAD").write_bytes(f"ref: refs/heads/{default_branch}\n".encode())
    (path / "config").write_bytes(CONFIG)
    sync_tree(path)
