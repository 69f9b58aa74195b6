"""Merges of trees: what differs between three states of a repository, handed to the merge on meaning and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha1

import pygit2
from pygit2.enums import ObjectType

from designsystem.manifest import MANIFEST_PATH, parse_manifest
from designsystem.merge import ABSENT
from designsystem.merging.answers import Answers, Resolution, faults_of
from designsystem.merging.conflict import Decide, MergeConflict, Side
from designsystem.merging.files import Contents, FileState
from designsystem.merging.state import Edit, MergedState, Surroundings, TooMuchToMerge, Written, merge_states
from designsystem.problem import Problem
from designsystem.tokens.edit import EditError
from gitstore import trees
from gitstore.mergebases import merge_bases
from gitstore.mergefile import merge_file
from gitstore.objects import write_object
from gitstore.treewriter import REGULAR, BlobRef
from services.drafts import Draft
from services.errors import Clash, InvalidInput, TooLarge

MOST_BASES = 8
"""Common ancestors of two histories that are merged into one to stand for all; with more the first stands alone."""

MOST_TOLD = 1_000
"""Conflicts that a refusal lists; of more it says how many there are."""

MOST_QUOTED = 4 * 1024 * 1024
"""Bytes that the conflicts of one answer quote."""

DEEPEST = 4
"""How often a merge of common ancestors may itself need one."""


@dataclass(frozen=True, slots=True)
class _State:
    """A tree in git (None: nothing), and what was made of it without being written."""

    tree: str | None
    over: dict[str, FileState | None] = field(default_factory=dict)


def merge_trees(
    repo: pygit2.Repository,
    *,
    base: str | None,
    ours: str | None,
    theirs: str | None,
    resolutions: Sequence[Resolution] = (),
    by_default: Side | None = None,
) -> MergedState:
    """Merge the trees of three commits (or trees; None: nothing): done to ours is what ``theirs`` did since ``base``.

    Costs what differs. Writes nothing. Raises InvalidInput for resolutions that are wrong in themselves, or that settle
    nothing. Whether the result holds together is for the caller to judge.
    """
    return _TreeMerge(repo).answered(_State(base), _State(ours), _State(theirs), resolutions, by_default)


def merge_commits(
    repo: pygit2.Repository,
    ours: str,
    theirs: str,
    bases: Sequence[str],
    *,
    resolutions: Sequence[Resolution] = (),
    by_default: Side | None = None,
) -> MergedState:
    """Like :func:`merge_trees` for two histories with common ancestors, of which several are merged into one."""
    merge = _TreeMerge(repo)
    return merge.answered(merge.ancestor(bases), _State(ours), _State(theirs), resolutions, by_default)


def clashes_of(conflicts: Sequence[MergeConflict]) -> list[Clash]:
    """Conflicts as a refusal carries them, the first so many."""
    return [clash_of(each) for each in told(conflicts)]


def told(
    conflicts: Sequence[MergeConflict], most: int = MOST_TOLD, quoted: int = MOST_QUOTED
) -> Sequence[MergeConflict]:
    """The first of some conflicts: so many, and so many bytes of what they quote."""
    weight = 0
    for at, conflict in enumerate(conflicts[:most]):
        weight += sum(len(repr(side)) for side in (conflict.base, conflict.ours, conflict.theirs))
        if at and weight > quoted:
            return conflicts[:at]
    return conflicts[:most]


def clash_of(conflict: MergeConflict) -> Clash:
    """One conflict as a refusal carries it."""
    base, ours, theirs = (None if side is ABSENT else side for side in (conflict.base, conflict.ours, conflict.theirs))
    return Clash(
        conflict.path,
        conflict.field,
        base,
        ours,
        theirs,
        id=conflict.id,
        resource=conflict.resource.value,
        kind=conflict.kind.value,
        file=conflict.file,
    )


def put_into(draft: Draft, merged: MergedState) -> None:
    """Put what a merge does into a draft that stands at ours."""
    for path, edit in tree_edits(draft.repo, merged, draft.mode).items():
        draft.place(path, edit)


def tree_edits(
    repo: pygit2.Repository, merged: MergedState, mode_of: Callable[[str], int | None]
) -> dict[str, BlobRef | bytes | None]:
    """The same for a tree; ``mode_of`` tells how ours holds a path (None: not at all)."""
    found: dict[str, BlobRef | bytes | None] = {}
    for path, edit in merged.edits.items():
        if isinstance(edit, Written):
            stays = edit.mode == (mode_of(path) or REGULAR)  # else the tree has to be told of the mode
            oid = None if stays else write_object(repo, ObjectType.BLOB, edit.data)
            found[path] = edit.data if oid is None else BlobRef(oid, edit.mode)
        else:
            found[path] = BlobRef(edit.oid, edit.mode) if edit is not None else None
    return found


class _TreeMerge:
    def __init__(self, repo: pygit2.Repository) -> None:
        self._repo = repo
        self._made: dict[str, bytes] = {}

    def answered(
        self,
        base: _State,
        ours: _State,
        theirs: _State,
        resolutions: Sequence[Resolution],
        by_default: Side | None,
    ) -> MergedState:
        if problems := faults_of(resolutions):
            raise InvalidInput(problems)
        answers = Answers(resolutions, by_default)
        try:
            merged = self._merged(base, ours, theirs, answers.decide)
        except TooMuchToMerge as error:
            raise TooLarge(f"This is too much to merge at once ({error}); merge it with git and push.") from error
        except EditError as error:
            raise InvalidInput([*answers.problems(), Problem("cannot-merge", str(error))]) from error
        if problems := answers.problems():
            raise InvalidInput(problems)
        return merged

    def ancestor(self, bases: Sequence[str], depth: int = 0) -> _State:
        """One state for several common ancestors: what they agree about, and where they do not, what they came from."""
        if not bases:
            return _State(None)
        state = _State(bases[0])
        if len(bases) > MOST_BASES or depth >= DEEPEST:
            return state
        for other in bases[1:]:
            common = self.ancestor(merge_bases(self._repo, bases[0], other), depth + 1)
            merged = self._merged(common, state, _State(other), lambda _: Side.BASE)
            state = _State(
                state.tree, {**state.over, **{path: self._kept(each) for path, each in merged.edits.items()}}
            )
        return state

    def _merged(self, base: _State, ours: _State, theirs: _State, decide: Decide) -> MergedState:
        paths = self._differing(base, ours) | self._differing(base, theirs)
        manifest = self._at(ours, MANIFEST_PATH)
        source = self._read(manifest.oid) if manifest is not None and manifest.is_regular else None
        around = Surroundings(
            manifest=parse_manifest(source)[0],
            contents=Contents(self._read, self._size),
            merge_lines=merge_file,
            stands=lambda path: self._at(ours, path) is not None,
            decide=decide,
        )
        return merge_states(self._files(base, paths), self._files(ours, paths), self._files(theirs, paths), around)

    def _differing(self, one: _State, other: _State) -> set[str]:
        trees_of = (one.tree, other.tree)
        found = {change.path for change in trees.changed(self._repo, *trees_of)}
        return found | one.over.keys() | other.over.keys()

    def _files(self, state: _State, paths: set[str]) -> dict[str, FileState]:
        found = {path: self._at(state, path) for path in sorted(paths)}
        return {path: file for path, file in found.items() if file is not None}

    def _at(self, state: _State, path: str) -> FileState | None:
        if path in state.over:
            return state.over[path]
        entry = trees.entry_at(self._repo, state.tree, path) if state.tree is not None else None
        return FileState(entry.mode, entry.oid) if entry is not None and not entry.is_directory else None

    def _read(self, oid: str) -> bytes:
        return self._made[oid] if oid in self._made else trees.read_blob(self._repo, oid)

    def _size(self, oid: str) -> int:
        return len(self._made[oid]) if oid in self._made else trees.blob_size(self._repo, oid)

    def _kept(self, edit: Edit) -> FileState | None:
        """What the merge of ancestors made, to be read like what is in git."""
        if not isinstance(edit, Written):
            return edit
        oid = sha1(b"blob %d\0%b" % (len(edit.data), edit.data), usedforsecurity=False).hexdigest()
        self._made[oid] = edit.data
        return FileState(edit.mode, oid)
