"""Merges token files: what they did to each token is done to ours, and what both did differently is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designsystem.jsontext.nodes import Node
from designsystem.jsontext.splices import apply, change_members
from designsystem.jsontext.style import detect_file, detect_node
from designsystem.jsontext.values import equal
from designsystem.merge import ABSENT, merge_fields
from designsystem.merging.conflict import Answer, ConflictKind, Decide, MergeConflict, Resource, Side, Value, undecided
from designsystem.merging.groups import moved_groups, renaming, restated, without_empty
from designsystem.merging.objects import place, unescaped
from designsystem.merging.sides import Key, SideState, Whereabouts, alike, effective_type, whole
from designsystem.tokens import edit, renames
from designsystem.tokens.aliases import reference_of, with_paths
from designsystem.tokens.document import parse_document

_NAMES = {
    "$value": "value", "$type": "type", "$description": "description", "$deprecated": "deprecated",
    "$extensions": "extensions",
}  # fmt: skip


MOST_RENAMED_IN_PLACE = 50
"""Above this many renames tokens are taken out and put in again, which keeps less of their formatting."""


class NotMergeable(ValueError):
    """A file that is no JSON object on one side: it can only be merged as text."""


@dataclass(frozen=True, slots=True)
class MergedFiles:
    """Every token file as merged; where a conflict is left open, ours stands."""

    files: dict[str, bytes]
    conflicts: tuple[MergeConflict, ...]


def merge_token_files(
    base: Mapping[str, bytes], ours: Mapping[str, bytes], theirs: Mapping[str, bytes], *, decide: Decide = undecided
) -> MergedFiles:
    """Merge the token files of three states of one design system, by path.

    The result is ours with their changes made in place, so that it keeps our formatting, order and unknown keys. Raises
    :class:`NotMergeable`. What the result means as a whole is for the caller to check: two clean changes may break an
    alias together.
    """
    return merge_sides(*(SideState.of(files) for files in (base, ours, theirs)), decide=decide)


def merge_sides(base: SideState, ours: SideState, theirs: SideState, *, decide: Decide = undecided) -> MergedFiles:
    """The same for files that were read already."""
    if not all(state.is_readable for state in (base, ours, theirs)):
        raise NotMergeable("a token file is no JSON object on one of the sides")
    return _Merge(base, ours, theirs, decide).run()


class _Merge:
    """Works out what is to be done to ours, asks about what contradicts, and then does it file by file."""

    def __init__(self, base: SideState, ours: SideState, theirs: SideState, decide: Decide) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.here, self.there = Whereabouts(base, ours), Whereabouts(base, theirs)
        self.here.yield_to(frozenset(self.there.added))
        self.there.yield_to(frozenset(self.here.added))
        self.groups_here = moved_groups(base, ours, self.here.now)
        self.groups_there = moved_groups(base, theirs, self.there.now)
        self.before = SideState(ours.documents)
        self.decide = decide
        self.conflicts: list[MergeConflict] = []
        self.renamed = dict(self.here.paths)
        self.sets: dict[str, dict[str, dict[str, Any]]] = {}
        self.deletes: dict[str, list[str]] = {}
        self.moves: list[tuple[Key, Key]] = []
        self.adds: dict[str, dict[str, dict[str, Any]]] = {}
        self._back_ours = {new: old for old, new in self.here.paths.items()}
        self._back_theirs = {new: old for old, new in self.there.paths.items()}

    def run(self) -> MergedFiles:
        for key in self.base.declarations():
            self._token(key, self.here.now[key], self.there.now[key])
        for key in self.there.added:
            self._added(key)
        self._carry_out()
        arrived = set(self.groups_there.values())
        for key in dict.fromkeys([*self.base.groups(), *self.theirs.groups()]):
            if key not in arrived:  # told as the group that it was
                self._group(key)
        self._leave_groups()
        self._follow_renames()
        files = {path: document.source for path, document in self.ours.documents.items()}
        return MergedFiles(files, tuple(self.conflicts))

    def _token(self, key: Key, here: Key | None, there: Key | None) -> None:
        """A token of the base, by what became of it on both sides."""
        if there is None:
            self._deleted_there(key, here)
        elif here is None:
            self._deleted_here(key, there)
        else:
            self._fields(key, here, there)
            self._move(key, here, there)

    def _deleted_there(self, key: Key, here: Key | None) -> None:
        if here is None:
            return
        base, mine = self.base.stated(key), self._ours(here)
        if here == key and alike(base, mine):
            self._delete(here)
        else:
            self._stand(here, self._ask(ConflictKind.DELETED, key, "", base, mine, ABSENT), key)

    def _deleted_here(self, key: Key, there: Key) -> None:
        base, theirs = self.base.stated(key), self._theirs(there)
        if there == key and alike(base, theirs):
            return
        answer = self._ask(ConflictKind.DELETED, key, "", base, ABSENT, theirs)
        if answer is Side.THEIRS:
            self._add(there)
        elif answer is Side.BASE:
            self._plan(key, self._complete(self.base, key, whole(self.base.stated(key))))
        elif isinstance(answer, Value) and answer.value is not ABSENT:
            self._plan(key, dict(answer.value))

    def _move(self, key: Key, here: Key, there: Key) -> None:
        """Ours goes where they have put it, unless ours went elsewhere."""
        if there in (key, here):
            return
        both = here != key
        if both or self.ours.has(there) or self._is_in_the_way(there):
            conflict = self._conflict(ConflictKind.RENAMED, key, "path", key.path, here.path, there.path)
            answer = self.decide(conflict)
            place = {Side.THEIRS: there, Side.BASE: key}.get(answer, here) if isinstance(answer, Side) else here
            if isinstance(answer, Value):
                place = Key(here.file, str(answer.value))
            if answer is None or (place != here and (self.ours.has(place) or self._is_in_the_way(place))):
                self.conflicts.append(conflict)
                return
            there = place
            if there == here:
                return
        self.moves.append((here, there))
        if here.path != there.path:
            self.renamed |= {key.path: there.path, here.path: there.path}

    def _fields(self, key: Key, here: Key, there: Key) -> None:
        base, ours, theirs = self.base.stated(key), self._ours(here), self._theirs(there)
        if alike(base, theirs) or alike(ours, theirs):
            return
        result = self._merged(key, base, ours, theirs)
        fields = _edits(whole(ours), whole(result))
        if fields and fields.get("value", 0) is not None:
            self.sets.setdefault(here.file, {})[here.path] = fields

    def _merged(
        self, key: Key, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The properties of a token or group with both sides' changes; an open conflict leaves ours."""
        merged = merge_fields(base, ours, theirs, frozenset({"$extensions"}))
        result = dict(merged.result)
        for found in merged.conflicts:
            name, *steps = map(unescaped, found.field.split("/"))
            field = "/".join((name, *steps))
            conflict = self._conflict(ConflictKind.CHANGED, key, field, found.base, found.ours, found.theirs)
            place(result, (name, *steps), conflict.taking(self._asked(conflict)))
        return result

    def _added(self, key: Key) -> None:
        """A token that is new on their side."""
        if self.ours.has(key):
            ours, theirs = self._ours(key), self._theirs(key)
            if alike(ours, theirs):
                return
            self._stand(key, self._ask(ConflictKind.ADDED, key, "", ABSENT, ours, theirs), None)
        elif self._is_in_the_way(key):
            way = {path: whole(self.ours.stated(Key(key.file, path))) for path in self._way_of(key)}
            answer = self._ask(ConflictKind.ADDED, key, "", ABSENT, way, self._theirs(key))
            if answer is Side.THEIRS:
                for path in way:
                    self._delete(Key(key.file, path))
                self._add(key)
        else:
            self._add(key)

    def _stand(self, here: Key, answer: Answer | None, origin: Key | None) -> None:
        """A token of ours as an answer wants the whole of it: gone, or with all that one side says."""
        if answer is None or answer is Side.OURS:
            return
        if isinstance(answer, Value):
            wanted = None if answer.value is ABSENT else dict(answer.value)
        else:
            state, key = (self.theirs, self.there.now.get(origin) if origin else here)
            if answer is Side.BASE:
                state, key = self.base, origin
            wanted = self._complete(state, key, whole(state.stated(key))) if key is not None else None
        if wanted is None:
            self._delete(here)
            return
        fields = _edits(whole(self.ours.stated(here)), wanted)
        if fields:
            self.sets.setdefault(here.file, {})[here.path] = fields

    def _delete(self, here: Key) -> None:
        paths = self.deletes.setdefault(here.file, [])
        if here.path not in paths:
            paths.append(here.path)

    def _way_of(self, key: Key) -> list[str]:
        """The tokens of ours that would have to go for one to stand there."""
        return [
            path
            for path in self.ours.documents[key.file].tokens
            if key.path.startswith(f"{path}.") or path.startswith(f"{key.path}.")
        ]

    def _add(self, there: Key) -> None:
        fields = self._complete(self.theirs, there, whole(self._theirs(there)))
        token = self.theirs.documents[there.file].tokens[there.path]
        if "$deprecated" not in fields and token.deprecated and not self._is_deprecated_around(there):
            fields["$deprecated"] = token.deprecated
        self._plan(there, fields)

    def _plan(self, place: Key, fields: Mapping[str, Any]) -> None:
        stated = {_NAMES[name]: value for name, value in fields.items() if name in _NAMES and value is not None}
        self.adds.setdefault(place.file, {})[place.path] = stated

    @staticmethod
    def _complete(state: SideState, key: Key, fields: dict[str, Any]) -> dict[str, Any]:
        """What a token says, and the type that it has through its groups."""
        if "$type" not in fields and reference_of(fields.get("$value")) is None:
            fields["$type"] = effective_type(state.documents[key.file], key.path)
        return fields

    def _carry_out(self) -> None:
        """Every file is parsed anew a few times, not once for each token."""
        for file, fields in self.sets.items():
            self._write(file, edit.set_tokens(self.ours.documents[file], fields))
        for file, paths in self.deletes.items():
            self._write(file, edit.delete_tokens(self.ours.documents[file], paths))
        self._rename_groups()
        few = len(self.moves) <= MOST_RENAMED_IN_PLACE
        for here, there in self.moves:
            document = self.ours.documents[here.file]
            if few and here.file == there.file:
                self._write(here.file, renames.rename_token(document, here.path, there.path, id=None, keep_alias=False))
            else:
                self._plan(there, self._complete(self.ours, here, whole(self.ours.stated(here))))
        gone: dict[str, list[str]] = {}
        for here, there in self.moves:
            if not few or here.file != there.file:
                gone.setdefault(here.file, []).append(here.path)
        for file, paths in gone.items():
            self._write(file, edit.delete_tokens(self.ours.documents[file], paths))
        for file, added in self.adds.items():
            self._write_added(file, added)

    def _write_added(self, file: str, added: dict[str, dict[str, Any]]) -> None:
        document = self.ours.documents.get(file)
        if document is None:
            path, fields = next(iter(added.items()))
            self._write(file, edit.add_token(None, path, fields))
            document, added = self.ours.documents[file], {each: added[each] for each in added if each != path}
        if added:
            self._write(file, edit.add_tokens(document, added))

    def _is_deprecated_around(self, there: Key) -> bool:
        """Whether a group that stands in ours as well says that tokens there are deprecated."""
        names = there.path.split(".")[:-1]
        groups = (".".join(names[:length]) for length in range(len(names), 0, -1))
        return any((self.ours.group(there.file, group) or {}).get("$deprecated") for group in groups)

    def _is_in_the_way(self, key: Key) -> bool:
        """Whether no token can stand there because a group does, or a token where a group is needed."""
        document = self.ours.documents.get(key.file)
        if document is None:
            return False
        names = key.path.split(".")
        above = (".".join(names[:length]) for length in range(1, len(names)))
        return key.path in document.groups or any(path in document.tokens for path in above)

    def _group(self, key: Key) -> None:
        """What a group says of itself, where it is now: with its tokens, whichever side moved them."""
        here, there = self.groups_here.get(key, key), self.groups_there.get(key, key)
        follows = here == key != there
        standing = self.ours.group(*(there if follows else here))
        base, theirs = self.base.group(*key), self.theirs.group(*there)
        ours = self.before.group(*here) if follows else standing
        is_news = base is None or theirs is None or not alike(base, theirs)
        if standing is None and not follows and theirs and is_news and not self._is_in_the_way(here):
            self._write(here.file, restated(self.ours.documents.get(here.file), here, theirs))
        if ours is None or theirs is None or standing is None:
            return
        if not follows and ((base is not None and alike(base, theirs)) or alike(ours, theirs)):
            return
        self._say(there if follows else here, standing, self._merged(key, base or {}, ours, theirs))

    def _rename_groups(self) -> None:
        """Whole groups that they call otherwise are renamed as such, and keep all their formatting."""
        moves = set(self.moves)
        found = {old: renaming(self.ours, old, new, moves) for old, new in self.groups_there.items()}
        renamed = {old: splice for old, splice in found.items() if splice is not None}
        for file in {old.file for old in renamed}:
            document = self.ours.documents[file]
            self._write(file, edit.result(document, [each for old, each in renamed.items() if old.file == file]))
        self.moves = [move for move in self.moves if not any(group in renamed for group in _groups_around(move[0]))]

    def _leave_groups(self) -> None:
        """Groups that they moved are gone from where they were, unless ours has something else there."""
        left: dict[str, list[str]] = {}
        for old, new in self.groups_there.items():
            if old not in self.groups_here and self.ours.group(*new) is not None:
                left.setdefault(old.file, []).append(old.path)
        for file, paths in left.items():
            if file in self.ours.documents:
                self._write(file, without_empty(self.ours.documents[file], paths))

    def _say(self, key: Key, ours: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        document = self.ours.documents[key.file]
        node: Node | None = document.root if not key.path else document.node_of(key.path)
        if node is None:
            return
        different = _differing(ours, wanted)
        changes = {name: wanted[name] for name in different if name in wanted}
        removed = [name for name in different if name not in wanted]
        splices = change_members(node, changes, removed, detect_node(node, detect_file(document.file.text)))
        self._write(key.file, document.file.encode(apply(document.file.text, splices)))

    def _follow_renames(self) -> None:
        """References to what was renamed by either side lead to where it is now, whoever wrote them."""
        here = {path for document in self.ours.documents.values() for path in document.tokens}
        paths = {
            old: new for old, new in {**self.there.paths, **self.renamed}.items() if old not in here and new in here
        }
        if not paths:
            return
        for file, document in list(self.ours.documents.items()):
            source = renames.rewrite_aliases(document, paths)
            if source != document.source:
                self._write(file, source)

    def _ours(self, key: Key) -> dict[str, Any]:
        return {name: with_paths(value, self._back_ours) for name, value in self.ours.stated(key).items()}

    def _theirs(self, key: Key) -> dict[str, Any]:
        return {name: with_paths(value, self._back_theirs) for name, value in self.theirs.stated(key).items()}

    def _ask(self, kind: ConflictKind, key: Key, field: str, base: Any, ours: Any, theirs: Any) -> Answer | None:
        """Ask for an answer about a whole token; without one the conflict stays open."""
        b, o, t = (whole(side) if isinstance(side, dict) else side for side in (base, ours, theirs))
        return self._asked(self._conflict(kind, key, field, b, o, t))

    def _asked(self, conflict: MergeConflict) -> Answer | None:
        answer = self.decide(conflict)
        if answer is None:
            self.conflicts.append(conflict)
        return answer

    def _conflict(self, kind: ConflictKind, key: Key, field: str, base: Any, ours: Any, theirs: Any) -> MergeConflict:
        is_token = any(key.path in state.documents[key.file].tokens for state in self._states_with(key.file))
        about = Resource.TOKEN if is_token else Resource.GROUP
        return MergeConflict(kind, key.path, field, base, ours, theirs, key.file, about)

    def _states_with(self, file: str) -> list[SideState]:
        return [state for state in (self.base, self.ours, self.theirs) if file in state.documents]

    def _write(self, file: str, source: bytes) -> None:
        self.ours.documents[file] = parse_document(file, source)


def _groups_around(key: Key) -> Iterator[Key]:
    """The groups that a token is in, the innermost first."""
    path = key.path
    while path := path.rpartition(".")[0]:
        yield Key(key.file, path)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The properties that only one of the two has, or that they say otherwise."""
    names = dict.fromkeys([*before, *after])
    return [name for name in names if name not in before or name not in after or not equal(before[name], after[name])]


def _edits(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the editor must set, by its own names, to make one token's properties the other's."""
    return {_NAMES[name]: after.get(name) for name in _differing(before, after) if name in _NAMES}


def paths_of(conflicts: Iterable[MergeConflict]) -> list[str]:
    """The tokens that are in conflict, each once."""
    return list(dict.fromkeys(conflict.path for conflict in conflicts))
