"""States as plain files, merged in memory: content by its git id, lines by git itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha1

from designsystem.manifest import MANIFEST_PATH, parse_manifest
from designsystem.merging.answers import Answers, Resolution
from designsystem.merging.conflict import MergeConflict, Side
from designsystem.merging.files import Contents, FileState
from designsystem.merging.state import Surroundings, Written, merge_states
from gitstore.mergefile import merge_file

LINK = 0o120000
Content = bytes | tuple[int, bytes]
State = Mapping[str, Content]


class Merged:
    """The merged files as they would stand, and what is left open."""

    def __init__(self, files: dict[str, Content], conflicts: Sequence[MergeConflict]) -> None:
        self.files = files
        self.conflicts = list(conflicts)

    @property
    def open(self) -> list[tuple[str, str, str, str]]:
        """Resource, kind, path and field of each conflict."""
        return [(each.resource.value, each.kind.value, each.path, each.field) for each in self.conflicts]


def merge(base: State, ours: State, theirs: State, *resolutions: Resolution, by_default: Side | None = None) -> Merged:
    """Merge three states given whole."""
    contents: dict[str, bytes] = {}
    states = [_state(each, contents) for each in (base, ours, theirs)]
    paths = {path for path in states[0] | states[1] | states[2] if len({each.get(path) for each in states}) > 1}
    differing = [{path: file for path, file in state.items() if path in paths} for state in states]
    answers = Answers(resolutions, by_default)
    manifest = ours.get(MANIFEST_PATH)
    around = Surroundings(
        manifest=parse_manifest(manifest if isinstance(manifest, bytes) else None)[0],
        contents=Contents(contents.__getitem__, lambda oid: len(contents[oid])),
        merge_lines=merge_file,
        stands=states[1].__contains__,
        decide=answers.decide,
    )
    merged = merge_states(differing[0], differing[1], differing[2], around)
    assert answers.problems() == []
    files: dict[str, Content] = dict(ours)
    for path, edit in merged.edits.items():
        if edit is None:
            assert files.pop(path, None) is not None, path
        elif isinstance(edit, Written):
            files[path] = edit.data if edit.mode == 0o100644 else (edit.mode, edit.data)
        else:
            data = contents[edit.oid]
            files[path] = data if edit.mode == 0o100644 else (edit.mode, data)
    return Merged(files, merged.conflicts)


def _state(files: State, contents: dict[str, bytes]) -> dict[str, FileState]:
    found = {}
    for path, content in files.items():
        mode, data = (0o100644, content) if isinstance(content, bytes) else content
        oid = sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
        contents[oid] = data
        found[path] = FileState(mode, oid)
    return found
