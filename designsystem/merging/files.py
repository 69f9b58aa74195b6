"""Where the files of one state are in another: moved with a component's folder, as they are, or edited on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the content with an id is to be had, and how many bytes it has."""

    read: Callable[[str], bytes]
    size: Callable[[str], int]

    def upto(self, oid: str, limit: int) -> bytes | None:
        """A content, None where it is larger than so many bytes."""
        return self.read(oid) if self.size(oid) <= limit else None


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


def find_moves(base: Files, side: Files, contents: Contents) -> Moves:
    """What became of the files that the base has and the side has not; each goes to one place at most."""
    gone = [path for path in base if path not in side]
    come = [path for path in side if path not in base]
    if not gone or not come:
        return Moves({}, {})
    folders = _components(base, side, gone, come, contents)
    found: dict[str, str] = {}
    left = dict.fromkeys(come)
    _take(found, left, ((old, new) for old in gone if (new := Moves({}, folders).follow(old)) != old))
    for pairs in (*UNALTERED, _edited):
        waiting = [path for path in gone if path not in found]
        _take(found, left, pairs(waiting, list(left), base, side, contents))
    return Moves(found, folders | _followed(found, folders))


def _take(found: dict[str, str], left: dict[str, None], pairs: Iterable[tuple[str, str]]) -> None:
    """Keep the pairs whose ends nothing else has taken."""
    for old, new in pairs:
        if old not in found and new in left:
            found[old] = new
            del left[new]


def similarity(one: bytes, other: bytes) -> float:
    """How much of the larger of two files is in both, from 0 to 1, line by line."""
    if not one or not other:
        return 0.0
    lines = Counter(one.splitlines(keepends=True)) & Counter(other.splitlines(keepends=True))
    return sum(len(line) * count for line, count in lines.items()) / max(len(one), len(other))


def _components(
    base: Files, side: Files, gone: Iterable[str], come: Iterable[str], contents: Contents
) -> dict[str, str]:
    """Where the folders of components went: of those that state the same id in both, or all the same."""
    olds, news = (list(filter(_is_component_file, paths)) for paths in (gone, come))
    places = {_id_in(side[path], contents): path for path in news}
    found: dict[str, str] = {}
    left = dict.fromkeys(news)
    known = ((old, _id_in(base[old], contents)) for old in olds)
    _take(found, left, ((old, places[identity]) for old, identity in known if identity and identity in places))
    for pairs in UNALTERED[:2]:
        _take(found, left, pairs([old for old in olds if old not in found], list(left), base, side, contents))
    return {old.rpartition("/")[0]: new.rpartition("/")[0] for old, new in found.items()}


def _is_component_file(path: str) -> bool:
    return path.endswith("/" + COMPONENT_FILE)


def _id_in(file: FileState, contents: Contents) -> str | None:
    source = contents.upto(file.oid, LARGEST_COMPARED) if file.is_regular else None
    if source is None:
        return None
    root = read_json("", source).root
    node = root.get("id") if root is not None and root.kind == "object" else None
    return str(node.value).lower() if node is not None and node.kind == "string" else None


Pairs = Callable[[Sequence[str], Sequence[str], Files, Files, Contents], Iterator[tuple[str, str]]]
"""Which of the files that are gone are which of those that came."""


def _key(path: str, files: Files, names: int) -> tuple[object, ...]:
    return (files[path], *path.split("/")[::-1][:names])


def _paired(names: int) -> Pairs:
    """Files with the same content elsewhere, so many of their last names (file, folder) the same too."""

    def pairs(
        gone: Sequence[str], come: Sequence[str], base: Files, side: Files, contents: Contents
    ) -> Iterator[tuple[str, str]]:
        places: dict[object, list[str]] = {}
        for path in reversed(come):
            places.setdefault(_key(path, side, names), []).append(path)
        for path in gone:
            found = places.get(_key(path, base, names))
            if found and base[path].oid != EMPTY:
                yield path, found.pop()

    return pairs


UNALTERED = (_paired(2), _paired(1), _paired(0))
"""In a folder of the same name, else under the same name, else anywhere."""


def _edited(
    gone: Sequence[str], come: Sequence[str], base: Files, side: Files, contents: Contents
) -> Iterator[tuple[str, str]]:
    """Much of the same content elsewhere, the most alike first."""
    if len(gone) * len(come) > MOST_COMPARED:
        return
    olds, news = _texts(gone, base, contents), _texts(come, side, contents)
    ranked = [
        (similarity(a, b), old, new)
        for old, a in olds.items()
        for new, b in news.items()
        if _suffix(old) == _suffix(new)
    ]
    yield from ((old, new) for score, old, new in sorted(ranked, reverse=True) if score >= ALIKE)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name else ""


def _texts(paths: Iterable[str], files: Files, contents: Contents) -> dict[str, bytes]:
    found = {path: contents.upto(files[path].oid, LARGEST_COMPARED) for path in paths if files[path].is_regular}
    return {path: data for path, data in found.items() if data}


def _followed(files: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Components' folders that moved without an id saying so: component.json went, and kept its name."""
    pairs = [
        (old.rpartition("/")[0], new.rpartition("/")[0]) for old, new in files.items() if _stays_component(old, new)
    ]
    return {old: new for old, new in pairs if old not in known}


def _stays_component(old: str, new: str) -> bool:
    return _is_component_file(old) and _is_component_file(new)
