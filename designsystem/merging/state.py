"""Merges whole states: tokens as tokens, components by their ids, props by props, text by lines, the rest by choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from designsystem.manifest import MANIFEST_PATH, VERSIONING_PATH, Manifest, parse_manifest
from designsystem.merge import ABSENT
from designsystem.merging.conflict import (
    Answer,
    ConflictKind,
    Decide,
    MergeConflict,
    Resource,
    Side,
    Value,
    conflict_of,
    undecided,
)
from designsystem.merging.files import REGULAR, Contents, Files, FileState
from designsystem.merging.objects import merge_objects
from designsystem.merging.placing import Item, Placing, Stands
from designsystem.merging.sets import merge_token_items
from designsystem.merging.texts import LARGEST_TEXT, SHOWN, MergeLines, is_text, merge_texts, text
from designsystem.resolver.document import is_resolver_file

MOST_TEXTS = 2_000
"""Files that one merge merges by lines: each takes some milliseconds, while others wait."""


class TooMuchToMerge(ValueError):
    """More than is merged at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the merge made."""

    mode: int
    data: bytes


Edit = FileState | Written | None


@dataclass(frozen=True, slots=True)
class MergedState:
    """What the merge does to ours, by path, and what it could not decide: there ours stands."""

    edits: dict[str, Edit]
    conflicts: tuple[MergeConflict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a merge needs beside the files that differ; ``manifest`` is that of ours."""

    manifest: Manifest
    contents: Contents
    merge_lines: MergeLines
    stands: Stands
    decide: Decide = undecided


def merge_states(base: Files, ours: Files, theirs: Files, surroundings: Surroundings) -> MergedState:
    """Merge three states of one design system, each given by every file in which any two of them differ.

    Files keep the formatting of ours. Two clean changes may break something together: what the result means as a whole
    is for the caller to check.
    """
    return _Merge(base, ours, theirs, surroundings).run()


@dataclass(slots=True)
class _Outcome:
    """The merged files by path; ``gone`` are those of ours that lie there no more."""

    files: dict[str, tuple[Item, Edit]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def put(self, item: Item, edit: Edit) -> None:
        if item.here is not None and (edit is None or item.here != item.path):
            self.gone.add(item.here)
        if edit is not None:
            self.files[item.path] = (item, edit)

    def edits(self) -> dict[str, Edit]:
        found: dict[str, Edit] = dict.fromkeys(sorted(self.gone - self.files.keys()))
        for path, (item, edit) in sorted(self.files.items()):
            if path != item.here or edit != item.ours:
                found[path] = edit
        return found


class _Merge:
    def __init__(self, base: Files, ours: Files, theirs: Files, around: Surroundings) -> None:
        self._around, self._contents, self._decide = around, around.contents, around.decide
        placing = Placing(base, ours, theirs, contents=around.contents, stands=around.stands, decide=around.decide)
        self._items = placing.items()
        self._conflicts = placing.conflicts
        self._outcome = _Outcome()
        self._texts = 0
        self._manifest = around.manifest

    def run(self) -> MergedState:
        items = sorted(self._items, key=lambda item: (item.path != MANIFEST_PATH, item.path))
        if items and items[0].path == MANIFEST_PATH:
            manifest = items.pop(0)
            self._one(manifest)
            self._manifest = parse_manifest(self._outcome_bytes(MANIFEST_PATH))[0]
        tokens = [item for item in items if self._manifest.is_token_file(item.path) and _are_files(item)]
        merged, conflicts = merge_token_items(tokens, self._contents, self._decide)
        self._conflicts += conflicts
        known = {id(item) for item in tokens}
        for item in items:
            if item.path in merged and id(item) in known:
                self._outcome.put(item, self._taken(item, merged[item.path]))
            else:
                self._one(item)
        self._part_folders()
        return MergedState(self._outcome.edits(), tuple(self._conflicts))

    def _outcome_bytes(self, path: str) -> bytes | None:
        edit = self._outcome.files.get(path, (None, None))[1]
        if isinstance(edit, FileState):
            return self._contents.read(edit.oid) if edit.is_regular else None
        return edit.data if edit is not None else None

    def _one(self, item: Item) -> None:
        if item.is_settled:
            self._outcome.put(item, item.settled)
        elif item.ours is None or item.theirs is None:
            self._outcome.put(item, self._deleted(item))
        else:
            self._outcome.put(item, self._content(item, item.ours, item.theirs))

    def _taken(self, item: Item, data: bytes | FileState | None) -> Edit:
        if not isinstance(data, bytes):
            return data
        return Written(self._mode(item), data)

    def _deleted(self, item: Item) -> Edit:
        sides = (self._shown(item.base), self._shown(item.ours), self._shown(item.theirs))
        conflict = conflict_of(ConflictKind.DELETED, item.name, "", sides, file=item.path, resource=self._about(item))
        return self._chosen(item, conflict)

    def _content(self, item: Item, ours: FileState, theirs: FileState) -> Edit:
        if not _are_files(item):
            return self._by_choice(item)
        if ours.oid == theirs.oid or (item.base is not None and item.base.oid in (ours.oid, theirs.oid)):
            same = theirs if item.base is not None and item.base.oid == ours.oid else ours
            return FileState(self._mode(item), same.oid)
        sources = self._sources(item.base, ours, theirs)
        if sources is None:
            return self._by_choice(item)
        data = self._by_keys(item, sources)
        if data is None and not all(is_text(each) for each in sources if each is not None):
            return self._by_choice(item)
        if data is None:
            lines = self._around.merge_lines
            self._texts += 1
            if self._texts > MOST_TEXTS:
                raise TooMuchToMerge(f"more than {MOST_TEXTS:,} texts that both sides changed")
            data, conflicts = merge_texts(
                *sources, merge_lines=lines, decide=self._decide, path=item.name, file=item.path
            )
            self._conflicts += conflicts
        return Written(self._mode(item), data) if data != sources[1] else FileState(self._mode(item), ours.oid)

    def _sources(
        self, base: FileState | None, ours: FileState, theirs: FileState
    ) -> tuple[bytes | None, bytes, bytes] | None:
        """What the three hold, None where that is too much to be looked at."""
        if any(self._contents.size(file.oid) > LARGEST_TEXT for file in (base, ours, theirs) if file is not None):
            return None
        read = self._contents.read
        return read(base.oid) if base is not None else None, read(ours.oid), read(theirs.oid)

    def _by_keys(self, item: Item, sources: tuple[bytes | None, bytes, bytes]) -> bytes | None:
        about = self._about(item)
        if about is Resource.FILE:
            return None
        path = item.name.rpartition("/")[0] if about is Resource.COMPONENT else item.name
        merged = merge_objects(sources, self._decide, resource=about, path=path, file=item.path)
        if merged is None:
            return None
        self._conflicts += merged[1]
        return merged[0]

    def _about(self, item: Item) -> Resource:
        path = item.path
        if path in (MANIFEST_PATH, VERSIONING_PATH):
            return Resource.MANIFEST
        if is_resolver_file(path) or path == self._manifest.resolver:
            return Resource.RESOLVER
        folder, _, name = path.rpartition("/")
        is_component = name == "component.json" and self._manifest.is_component_directory(folder)
        return Resource.COMPONENT if is_component else Resource.FILE

    def _by_choice(self, item: Item) -> Edit:
        kind = ConflictKind.CHANGED if item.base is not None else ConflictKind.ADDED
        sides = (self._shown(item.base), self._shown(item.ours), self._shown(item.theirs))
        return self._chosen(item, conflict_of(kind, item.name, "", sides, file=item.path, resource=Resource.FILE))

    def _chosen(self, item: Item, conflict: MergeConflict) -> Edit:
        """One of the three as it is, or a text in their place."""
        answer = self._ask(conflict)
        if isinstance(answer, Value):
            return Written(self._mode(item), answer.value.encode()) if isinstance(answer.value, str) else None
        return {Side.THEIRS: item.theirs, Side.BASE: item.base}.get(answer or Side.OURS, item.ours)

    def _mode(self, item: Item) -> int:
        """The mode of a file with content, as the side has it that changed it; asked for where both did."""
        base, ours, theirs = (side.mode if side is not None else None for side in (item.base, item.ours, item.theirs))
        known = [mode for mode in (ours, theirs) if mode in REGULAR]
        if len(known) < 2 or ours == theirs or theirs == base:
            return known[0] if known else REGULAR[0]
        if ours == base:
            return known[1]
        sides = (f"{base:o}" if base else ABSENT, f"{ours:o}", f"{theirs:o}")
        conflict = conflict_of(ConflictKind.CHANGED, item.name, "mode", sides, file=item.path, resource=Resource.FILE)
        taken = str(conflict.taking(self._ask(conflict)))
        return int(taken, 8) if taken in ("100644", "100755") else known[0]

    def _ask(self, conflict: MergeConflict) -> Answer | None:
        answer = self._decide(conflict)
        if answer is None:
            self._conflicts.append(conflict)
        return answer

    def _shown(self, file: FileState | None) -> Any:
        if file is None:
            return ABSENT
        data = self._contents.upto(file.oid, SHOWN) if file.is_regular else None
        if data is not None and is_text(data):
            return text(data)
        size = {"size": self._contents.size(file.oid)} if file.is_regular else {}
        return {"mode": f"{file.mode:o}", "oid": file.oid, **size}

    def _part_folders(self) -> None:
        """Where one side needs a folder and the other a file of that name, one of the two goes."""
        for path in list(self._outcome.files):
            file = next((above for above in _above(path) if above in self._outcome.files), None)
            if file is None or path not in self._outcome.files:
                continue
            below = [each for each in self._outcome.files if each.startswith(f"{file}/")]
            mine = self._outcome.files[file][0].ours is not None
            folder = {"files": below}
            shown = self._shown_at(file)
            sides = (ABSENT, shown, folder) if mine else (ABSENT, folder, shown)
            conflict = conflict_of(ConflictKind.ADDED, file, "", sides, file=file, resource=Resource.FILE)
            answer = self._ask(conflict)
            keeps_file = mine is (answer is not Side.THEIRS)
            self._drop(below if keeps_file else [file])

    def _shown_at(self, path: str) -> Any:
        item, _ = self._outcome.files[path]
        return self._shown(item.ours or item.theirs)

    def _drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            item, _ = self._outcome.files.pop(path)
            if item.here is not None:
                self._outcome.gone.add(item.here)


def _above(path: str) -> list[str]:
    names = path.split("/")[:-1]
    return ["/".join(names[:length]) for length in range(1, len(names) + 1)]


def _are_files(item: Item) -> bool:
    """Whether every state that has it has it as a file with content of its own."""
    return all(side is None or side.is_regular for side in (item.base, item.ours, item.theirs))
