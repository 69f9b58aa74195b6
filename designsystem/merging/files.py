"""Where the files of one state are in another: moved with a component's folder, as they are, or edited on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from designsystem.components.component import COMPONENT_FILE
from designsystem.jsontext.file import read_json

ALIKE = 0.5
"""The share of its lines, by bytes, that a file keeps when it is still the same one at another path; as git has it."""

MOST_COMPARED = 2_500
"""Pairs of files that are compared by content; above that only files that stayed as they are count as moved."""

LARGEST_COMPARED = 512 * 1024
REGULAR = (0o100644, 0o100755)
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as git holds it: its mode, and the id of its content, by which the content is read."""

    mode: int
    oid: str

    @property
    def is_regular(self) -> bool:
        """Whether it has content of its own: no symbolic link, no submodule."""
        return self.mode in REGULAR


Files = Mapping[str, FileState]
Read = Callable[[str], bytes]
"""The content with an id."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What one side moved: ``files`` by their path in the base, ``folders`` of components with all that is in them."""

    files: dict[str, str]
    folders: dict[str, str]

    def follow(self, path: str) -> str:
        """Where a file goes that was put into a folder before the folder moved."""
        folder = path
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in self.folders:
                return self.folders[folder] + path[len(folder) :]
        return path

    def without(self, paths: Collection[str]) -> Moves:
        """The same, but for files that are taken as deleted, and added anew."""
        return Moves({old: new for old, new in self.files.items() if old not in paths}, self.folders)


def find_moves(base: Files, side: Files, read: Read) -> Moves:
    """What became of the files that the base has and the side has not; each goes to one place at most."""
    gone = [path for path in base if path not in side]
    come = [path for path in side if path not in base]
    if not gone or not come:
        return Moves({}, {})
    found: dict[str, str] = {}
    folders = dict(_components(base, side, gone, come, read))
    carried = Moves({}, folders)
    left = dict.fromkeys(come)
    for old in gone:
        new = carried.follow(old)
        if new in left:
            found[old] = new
            del left[new]
    for pairs in (_unaltered, _edited):
        for old, new in pairs([path for path in gone if path not in found], list(left), base, side, read):
            if old not in found and new in left:
                found[old] = new
                del left[new]
    return Moves(found, folders | _followed(found, folders))


def similarity(one: bytes, other: bytes) -> float:
    """How much of the larger of two files is in both, from 0 to 1, line by line."""
    if not one or not other:
        return 0.0
    lines = Counter(one.splitlines(keepends=True)) & Counter(other.splitlines(keepends=True))
    return sum(len(line) * count for line, count in lines.items()) / max(len(one), len(other))


def _components(
    base: Files, side: Files, gone: Iterable[str], come: Iterable[str], read: Read
) -> Iterable[tuple[str, str]]:
    """The folders of components that state the same id in both."""
    places = {_id_in(side[path], read): path for path in come if _is_component_file(path)}
    places.pop(None, None)
    for path in gone:
        new = places.get(_id_in(base[path], read)) if _is_component_file(path) else None
        if new is not None:
            yield path.rpartition("/")[0], new.rpartition("/")[0]


def _is_component_file(path: str) -> bool:
    return path.endswith("/" + COMPONENT_FILE)


def _id_in(file: FileState, read: Read) -> str | None:
    source = read(file.oid) if file.is_regular else b""
    if len(source) > LARGEST_COMPARED:
        return None
    root = read_json("", source).root
    node = root.get("id") if root is not None and root.kind == "object" else None
    return str(node.value).lower() if node is not None and node.kind == "string" else None


def _unaltered(
    gone: Iterable[str], come: Iterable[str], base: Files, side: Files, read: Read
) -> Iterable[tuple[str, str]]:
    """The same content elsewhere; of several that with the same name first."""
    places: dict[tuple[int, str], list[str]] = {}
    for path in come:
        places.setdefault((side[path].mode, side[path].oid), []).append(path)
    for path in gone:
        file = base[path]
        if file.oid != EMPTY and (found := places.get((file.mode, file.oid))):
            name = path.rpartition("/")[2]
            best = next((each for each in found if each.rpartition("/")[2] == name), found[0])
            found.remove(best)
            yield path, best


def _edited(
    gone: Iterable[str], come: Iterable[str], base: Files, side: Files, read: Read
) -> Iterable[tuple[str, str]]:
    """Much of the same content elsewhere, the most alike first."""
    olds, news = _texts(gone, base, read), _texts(come, side, read)
    if len(olds) * len(news) > MOST_COMPARED:
        return []
    ranked = [
        (similarity(a, b), old, new)
        for old, a in olds.items()
        for new, b in news.items()
        if _suffix(old) == _suffix(new)
    ]
    return [(old, new) for score, old, new in sorted(ranked, reverse=True) if score >= ALIKE]


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name else ""


def _texts(paths: Iterable[str], files: Files, read: Read) -> dict[str, bytes]:
    found = {path: read(files[path].oid) for path in paths if files[path].is_regular}
    return {path: data for path, data in found.items() if 0 < len(data) <= LARGEST_COMPARED}


def _followed(files: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Components' folders that moved without an id saying so: component.json went, and kept its name."""
    pairs = [
        (old.rpartition("/")[0], new.rpartition("/")[0]) for old, new in files.items() if _stays_component(old, new)
    ]
    return {old: new for old, new in pairs if old not in known}


def _stays_component(old: str, new: str) -> bool:
    return _is_component_file(old) and _is_component_file(new)
