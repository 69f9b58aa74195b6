"""Which files of three states are one and the same, and where it lies once both sides' moves are done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from designsystem.components.component import COMPONENT_FILE
from designsystem.merge import ABSENT
from designsystem.merging.conflict import ConflictKind, Decide, MergeConflict, Resource, Side, Value, conflict_of
from designsystem.merging.files import Contents, Files, FileState, Moves, find_moves

Stands = Callable[[str], bool]
"""Whether ours has a file at a path, be it one that nobody changed."""


@dataclass(slots=True)
class Item:
    """One file in three states, each None where that has it not; ``path`` is where the merged one lies."""

    path: str
    base: FileState | None
    ours: FileState | None
    theirs: FileState | None
    origin: str | None = None
    here: str | None = None
    there: str | None = None
    is_contested: bool = False
    """Whether one side deleted what the other moved for its own sake."""

    @property
    def name(self) -> str:
        """What a conflict calls it, whichever side is ours."""
        return self.origin or self.path

    @property
    def is_settled(self) -> bool:
        """Whether one side alone changed the content, or both to the same."""
        same = self.ours == self.base or self.theirs == self.base or self.ours == self.theirs
        return same and not self.is_contested

    @property
    def settled(self) -> FileState | None:
        """The content where no merge is needed."""
        return self.theirs if self.ours == self.base else self.ours


class Placing:
    """Pairs the files of the three states; the conflicts are about where they lie, and about whole components."""

    def __init__(
        self, base: Files, ours: Files, theirs: Files, *, contents: Contents, stands: Stands, decide: Decide
    ) -> None:
        self._base, self._ours, self._theirs = base, ours, theirs
        self._stands, self._decide = stands, decide
        self.conflicts: list[MergeConflict] = []
        here, there = find_moves(base, ours, contents), find_moves(base, theirs, contents)
        self._here = here.without(_crossing(here, there, theirs, base))
        self._there = there.without(_crossing(there, here, ours, base))
        self._targets = dict(self._folder_targets())

    def items(self) -> list[Item]:
        """Every file that differs anywhere, each once."""
        found = [*(self._standing(path) for path in self._base), *self._added()]
        self._settle_deleted(found)
        return found

    def _standing(self, path: str) -> Item:
        here = path if path in self._ours else self._here.files.get(path)
        there = path if path in self._theirs else self._there.files.get(path)
        item = Item(
            path=here or there or path,
            base=self._base[path],
            ours=self._ours[here] if here else None,
            theirs=self._theirs[there] if there else None,
            origin=path,
            here=here,
            there=there,
        )
        if here and there:
            item.path = self._place(path, here, there)
        elif (here or there or path) not in (path, self._here.follow(path), self._there.follow(path)):
            item.is_contested = True
        return item

    def _place(self, path: str, here: str, there: str) -> str:
        """Where it lies in the end: where the side put it that moved it; asked for where both did."""
        if there in (path, here):
            return here
        if here == path:
            return there
        folder = _folder_in(path, self._targets)
        if folder is not None:
            return self._targets[folder] + here[len(self._here.folders[folder]) :]
        return self._asked(
            conflict_of(ConflictKind.RENAMED, path, "path", (path, here, there), file=path, resource=Resource.FILE)
        )

    def _asked(self, conflict: MergeConflict) -> str:
        answer = self._decide(conflict)
        wanted = str(conflict.taking(answer))
        blocked = isinstance(answer, Value) and (self._stands(wanted) or not wanted)
        if answer is None or blocked:
            self.conflicts.append(conflict)
            return str(conflict.ours)
        return wanted.strip("/")

    def _folder_targets(self) -> Iterator[tuple[str, str]]:
        """The folders that both moved, each elsewhere, and where they go."""
        about = Resource.COMPONENT
        for folder, here in self._here.folders.items():
            there = self._there.folders.get(folder, here)
            if there != here:
                sides = (folder, here, there)
                found = conflict_of(ConflictKind.RENAMED, folder, "path", sides, file=folder, resource=about)
                yield folder, self._asked(found)

    def _added(self) -> Iterator[Item]:
        """What is new on either side, in the folder to where the other moved it."""
        mine = self._ours.keys() - self._base.keys() - set(self._here.files.values())
        yours = self._theirs.keys() - self._base.keys() - set(self._there.files.values())
        places = {self._followed(path, self._here, mine): path for path in sorted(yours)}
        for path in sorted(mine):
            place = self._followed(path, self._there, mine)
            there = places.pop(path, None) or places.pop(place, None)
            theirs = self._theirs[there] if there is not None else None
            yield Item(path=place, base=None, ours=self._ours[path], theirs=theirs, here=path, there=there)
        for place, there in places.items():
            yield Item(path=place, base=None, ours=None, theirs=self._theirs[there], there=there)

    def _followed(self, path: str, moves: Moves, mine: Collection[str]) -> str:
        place = moves.follow(path)
        return path if place != path and place not in mine and self._stands(place) else place

    def _settle_deleted(self, items: Iterable[Item]) -> None:
        """A component that one side deleted and the other changed is kept or deleted whole."""
        deleted: dict[str, Side] = {}
        for item in items:
            if (
                item.origin
                and item.origin.endswith("/" + COMPONENT_FILE)
                and (item.ours is None) != (item.theirs is None)
            ):
                deleted[item.origin.rpartition("/")[0]] = Side.OURS if item.ours is None else Side.THEIRS
        within: dict[str, list[Item]] = {folder: [] for folder in deleted}
        for item in items:
            around = {_folder_in(path, deleted) for path in (item.origin, item.path) if path is not None}
            for known in around - {None}:
                within[str(known)].append(item)
        for folder, found in within.items():
            self._settle(folder, found, deleted_by=deleted[folder])

    def _settle(self, folder: str, items: list[Item], *, deleted_by: Side) -> None:
        by_us = deleted_by is Side.OURS
        changed = {}
        for item in items:
            other = item.theirs if by_us else item.ours
            place = item.there if by_us else item.here
            if other != item.base or (place != item.origin and other is not None):
                changed[str(item.origin or place)] = place
        if not changed:
            return
        says = {"files": sorted(path for path in changed)}
        whole = {"files": sorted(item.origin for item in items if item.origin)}
        sides = (whole, ABSENT, says) if by_us else (whole, says, ABSENT)
        conflict = conflict_of(ConflictKind.DELETED, folder, "", sides, file=folder, resource=Resource.COMPONENT)
        answer = self._decide(conflict)
        if answer is None or isinstance(answer, Value):
            self.conflicts.append(conflict)
            answer = Side.OURS
        for item in items:
            _settled(item, by_us=by_us, keep=answer is not deleted_by, back=answer is Side.BASE)


def _settled(item: Item, *, by_us: bool, keep: bool, back: bool) -> None:
    """One file of a component that one side deleted: as the other side has it, as it was, or gone."""
    wanted = item.base if back else (item.theirs if by_us else item.ours) if keep else None
    place = item.origin if back else item.there if by_us else item.here
    # as if they alone had changed it, to that
    item.base, item.theirs, item.path = item.ours, wanted, place or item.path
    item.is_contested = False


def _crossing(one: Moves, other: Moves, others: Files, base: Files) -> set[str]:
    """Moves to where the other side put something else: to both they are a deletion and an addition."""
    back = {new: old for old, new in other.files.items()}
    return {
        old
        for old, new in one.files.items()
        if new in others and new not in base and back.get(new) != old
    }  # fmt: skip


def _folder_in(path: str, folders: Collection[str]) -> str | None:
    """The innermost of some folders that a file is in."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in folders:
            return path
    return None
