"""A draft: the files of one system as an edit sees and changes them, before anything is written to git."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import pygit2

from designsystem.components.component import Component
from designsystem.components.reading import read_component
from designsystem.manifest import MANIFEST_PATH
from designsystem.problem import Problem
from designsystem.resolver.document import is_resolver_file
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.rereading import parse_edited
from designsystem.tokens.set import TokenSet
from gitstore import trees
from gitstore.errors import ObjectMissing
from gitstore.paths import check_path
from gitstore.trees import FileChange
from gitstore.treewriter import BlobRef, Edit
from index.contents import all_directories, component_at
from index.snapshots import Snapshot, Snapshots, follow, is_plain_file


class Draft:
    """What stands at ``head`` plus what the edit has put so far; reads see both.

    Used by one thread for the length of one edit; the repository is open only that long.
    """

    def __init__(
        self, repo: pygit2.Repository, snapshots: Snapshots, system_id: UUID, head: str | None, snapshot: Snapshot
    ) -> None:
        self.system_id = system_id
        self.head = head
        self.snapshot = snapshot
        self.edits: dict[str, Edit] = {}
        self.placed = False
        """Whether files were put without being looked at: all of them are judged on the tree, once written."""
        self.adopted: str | None = None
        """The commit at which the branch shall stand, where no new one is to be made."""
        self.repo = repo
        self._snapshots = snapshots
        self._tokens = snapshot.tokens

    @property
    def tokens(self) -> TokenSet:
        """Every token, with this draft's edits in it."""
        return self._tokens

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none (or no plain one)."""
        if path not in self.edits:
            return self.standing(path)
        edit = self.edits[path]
        if not isinstance(edit, BlobRef):
            return edit
        return trees.read_blob(self.repo, edit.oid) if is_plain_file(edit.mode) else None

    def standing(self, path: str) -> bytes | None:
        """The bytes of a file at the head, whatever the draft has put."""
        if self.snapshot.tree is None:
            return None
        entry = trees.blob_at(self.repo, self.snapshot.tree, path)
        return trees.read_blob(self.repo, entry.oid) if entry is not None and is_plain_file(entry.mode) else None

    def mode(self, path: str) -> int | None:
        """How git holds what stands at a path at the head; None where nothing does."""
        if self.snapshot.tree is None:
            return None
        entry = trees.blob_at(self.repo, self.snapshot.tree, path)
        return entry.mode if entry is not None else None

    def entries(self, directory: str) -> list[str]:
        """The names of everything, files and folders, directly inside a folder at the head ("" is the root)."""
        if self.snapshot.tree is None:
            return []
        return [entry.name for entry in trees.list_directory(self.repo, self.snapshot.tree, directory)]

    def names(self, directory: str) -> list[str]:
        """The names of the files directly inside a folder; empty where it does not exist."""
        present: set[str] = set()
        if self.snapshot.tree is not None:
            entries = trees.list_directory(self.repo, self.snapshot.tree, directory)
            present = {entry.name for entry in entries if entry.is_regular}
        for path, data in self.edits.items():
            parent, _, name = path.rpartition("/")
            if parent == directory:
                (present.discard if data is None else present.add)(name)
        return sorted(present)

    def put(self, path: str, data: bytes | None) -> None:
        """Write a file, or delete it with None."""
        self.edits[check_path(path)] = data
        if self.snapshot.manifest.is_token_file(path) and self._tokens.takes(path):
            document = parse_edited(self._tokens.sources.get(path), path, data) if data is not None else None
            self._tokens = self._tokens.replace({path: document})

    def place(self, path: str, edit: Edit) -> None:
        """Put a file, or what git has already, as it is; unlike with :meth:`put`, tokens are not read anew by it.

        For edits of many files that need not look at what they wrote.
        """
        self.edits[check_path(path)] = edit
        self.placed = True

    def adopt(self, commit: str) -> None:
        """Let the branch stand at a commit that is there already, which contains the one that it stood at."""
        self.adopted = commit

    @property
    def is_structural(self) -> bool:
        """Whether a file was put that may alter what all the others mean: it is judged on the tree, once written."""
        manifest, resolvers = self.snapshot.manifest, self.snapshot.resolvers
        return (
            self.placed
            or self.adopted is not None
            or any(
                path in (MANIFEST_PATH, manifest.resolver)
                or is_resolver_file(path)
                or any(each.startswith(path + "/") for each in resolvers)
                for path in self.edits
            )
        )

    def remove_folder(self, directory: str) -> None:
        """Delete a folder with all that is in it, whatever the files are called."""
        self.edits[check_path(directory)] = None
        below = [path for path in self._tokens.documents if path.startswith(directory + "/")]
        if below:
            self._tokens = self._tokens.replace(dict.fromkeys(below))

    def document(self, path: str) -> TokenDocument | None:
        """The token file at a path, with this draft's edits."""
        return self._tokens.documents.get(path)

    def snapshot_of(self, tree: str, changes: Sequence[FileChange]) -> Snapshot:
        """The snapshot at the tree that this draft was written as; what the draft has parsed is not parsed again."""
        if self.is_structural:
            return follow(self.repo, self.snapshot, tree, changes)
        before = self.snapshot
        return Snapshot(tree, before.manifest, before.manifest_problems, self._tokens, before.resolvers)

    def snapshot_at(self, commit: str) -> Snapshot | None:
        """The state at an earlier commit (what a writer says it saw), None where there is no such commit."""
        try:
            tree = trees.tree_of(self.repo, commit)
        except ObjectMissing:
            return None
        return self._snapshots.at(self.repo, self.system_id, tree)

    def component(self, directory: str) -> tuple[Component | None, list[Problem]]:
        """The component in a folder, with this draft's edits, and what is wrong with it."""
        names = self.names(directory)
        if not names:
            return None, []

        def read(name: str) -> bytes:
            data = self.read(f"{directory}/{name}")
            if data is None:
                raise LookupError(name)
            return data

        return read_component(directory, names, read)

    def component_directories_at(self, snapshot: Snapshot) -> Iterator[str]:
        """The folders of an earlier state in which components lie."""
        yield from all_directories(self.repo, snapshot.tree, snapshot.manifest)

    def component_at(self, tree: str, directory: str) -> Component | None:
        """The component in a folder of an earlier tree."""
        return component_at(self.repo, tree, directory)[0]
