"""A draft: the files of one system as an edit sees and changes them, before anything is written to git."""

from __future__ import annotations

from uuid import UUID

import pygit2

from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.set import TokenSet
from gitstore import trees
from index.snapshots import Snapshot, Snapshots, is_plain_file


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
        self.edits: dict[str, bytes | None] = {}
        self._repo = repo
        self._snapshots = snapshots
        self._tokens = snapshot.tokens

    @property
    def tokens(self) -> TokenSet:
        """Every token, with this draft's edits in it."""
        return self._tokens

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none (or no plain one)."""
        if path in self.edits:
            return self.edits[path]
        if self.snapshot.tree is None:
            return None
        entry = trees.blob_at(self._repo, self.snapshot.tree, path)
        return trees.read_blob(self._repo, entry.oid) if entry is not None and is_plain_file(entry.mode) else None

    def exists(self, path: str) -> bool:
        """Whether anything, file or folder, stands at a path at the head (drafted files count too)."""
        if self.edits.get(path) is not None:
            return True
        return self.snapshot.tree is not None and trees.blob_at(self._repo, self.snapshot.tree, path) is not None

    def names(self, directory: str) -> list[str]:
        """The names of the files directly inside a folder at the head; empty where it does not exist."""
        if self.snapshot.tree is None:
            return []
        return [
            entry.path.rpartition("/")[2]
            for entry in trees.list_directory(self._repo, self.snapshot.tree, directory)
            if trees.is_file(entry)
        ]

    def files_below(self, directory: str) -> list[str]:
        """Every file anywhere below a folder at the head, as full paths."""
        if self.snapshot.tree is None:
            return []
        return trees.files_below(self._repo, self.snapshot.tree, directory)

    def put(self, path: str, data: bytes | None) -> None:
        """Write a file, or delete it with None."""
        self.edits[path] = data
        if self.snapshot.manifest.is_token_file(path):
            document = parse_document(path, data) if data is not None else None
            self._tokens = self._tokens.replace({path: document})

    def document(self, path: str) -> TokenDocument | None:
        """The token file at a path, with this draft's edits."""
        return self._tokens.documents.get(path)

    def snapshot_at(self, commit: str) -> Snapshot | None:
        """The state at an earlier commit (what a writer says it saw), None where there is no such commit."""
        if not trees.has_commit(self._repo, commit):
            return None
        return self._snapshots.at(self._repo, self.system_id, trees.tree_of(self._repo, commit))

    def read_at(self, tree: str, path: str) -> bytes | None:
        """The bytes of a file in another tree of the same repository."""
        entry = trees.blob_at(self._repo, tree, path)
        return trees.read_blob(self._repo, entry.oid) if entry is not None and is_plain_file(entry.mode) else None

    def names_at(self, tree: str, directory: str) -> list[str]:
        """The names of the files directly inside a folder of another tree."""
        return [entry.path.rpartition("/")[2] for entry in trees.list_directory(self._repo, tree, directory) if trees.is_file(entry)]
