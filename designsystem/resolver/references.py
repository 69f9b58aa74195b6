"""Follows ``$ref`` between and within JSON files of one design system, never outside it (Resolver Module §5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote

from designsystem.jsontext.file import JsonFile, read_json
from designsystem.jsontext.nodes import Node
from designsystem.problem import Problem

REF = "$ref"
MOST_FILES = 1000
"""How many files one resolver may read."""

MOST_LINKS = 64
"""How many references may be followed one upon another."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")

_CLOSED = ("modifiers", "resolutionOrder")
"""What only the order refers to, and what nothing does (§4.2.1)."""

Read = Callable[[str], "bytes | None"]


class Place(NamedTuple):
    """A value and the file that it stands in."""

    node: Node
    file: JsonFile


@dataclass(frozen=True)
class View:
    """An object once its ``$ref`` is followed: its members by key, each where it really stands."""

    at: Place
    members: Mapping[str, Place]


class BadReference(ValueError):
    """A ``$ref`` that cannot be followed; ``place`` is the object that holds it."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class References:
    """The files of a design system as one resolver document reaches them; each is read and parsed once."""

    def __init__(self, home: JsonFile, read: Read) -> None:
        self.home = home
        self._read = read
        self._files: dict[str, JsonFile] = {home.path: home}
        self._following: list[Node] = []

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the other files that were reached, as JSON."""
        return [problem for path, file in self._files.items() if path != self.home.path for problem in file.problems]

    def view(self, place: Place, *, in_order: bool = False) -> View:
        """The object at a place with its reference followed; what stands beside a ``$ref`` overrides it, member by
        member and not in depth (§4.2.2). Raises :class:`BadReference`.

        ``in_order``: the place is an item of the resolutionOrder, which may refer to a modifier."""
        if place.node.kind != "object":
            raise BadReference(place, "an object belongs here")
        own = {member.key: Place(member.node, place.file) for member in place.node.members if member.key != REF}
        if place.node.get(REF) is None:
            return View(place, own)
        if any(node is place.node for node in self._following):
            raise BadReference(place, "this reference leads back to itself")
        if len(self._following) >= MOST_LINKS:
            raise BadReference(place, f"more than {MOST_LINKS} references follow one upon another; refer more directly")
        self._following.append(place.node)
        try:
            target = self.target(place, in_order=in_order)
            if target.file is place.file and target.node.start <= place.node.start < target.node.end:
                raise BadReference(place, "this reference leads to an object that holds it")
            followed = self.view(target)
        finally:
            self._following.pop()
        return View(followed.at if not own else place, {**followed.members, **own})

    def target(self, place: Place, *, in_order: bool = False) -> Place:
        """What the ``$ref`` of an object leads to, itself not followed further."""
        text = self.text_of(place)
        path, _, _ = text.partition("#")
        file = self._file(place, path) if path else place.file
        if file.root is None:
            raise BadReference(place, f"{file.path} is not JSON: {file.problems[0].message}")
        here = Place(file.root, file)
        steps = self.steps_of(place)
        if file is self.home and not in_order and steps and steps[0] in _CLOSED:
            raise BadReference(place, f"nothing here refers to {steps[0]}; refer to a set or to a file")
        for step in steps:
            here = self._step(here, step, place)
        return here

    def text_of(self, place: Place) -> str:
        """The text of an object's ``$ref``."""
        stated = place.node.get(REF)
        if stated is None or not isinstance(stated.value, str):
            raise BadReference(place, '$ref is a text, such as "tokens/base.tokens.json" or "#/sets/base"')
        return stated.value

    def steps_of(self, place: Place) -> list[str]:
        """The JSON Pointer of an object's ``$ref`` in steps (RFC 6901)."""
        fragment = unquote(self.text_of(place).partition("#")[2])
        if not fragment:
            return []
        return [step.replace("~1", "/").replace("~0", "~") for step in fragment.removeprefix("/").split("/")]

    def _step(self, here: Place, step: str, asked: Place) -> Place:
        node = here.node
        if node.kind == "array" and _INDEX.fullmatch(step) and int(step) < len(node.items):
            return Place(node.items[int(step)], here.file)
        if node.kind == "object":
            child = node.get(step)
            if child is not None:
                return Place(child, here.file)
            if node.get(REF) is not None:
                found = self.view(here).members.get(step)
                if found is not None:
                    return found
        raise BadReference(asked, f'"{self.text_of(asked)[:80]}" leads nowhere: there is no "{step[:40]}"')

    def _file(self, place: Place, text: str) -> JsonFile:
        path = self._path(place, text)
        file = self._files.get(path)
        if file is not None:
            return file
        source = self._read(path) if len(self._files) < MOST_FILES else None
        if source is None:
            more = f"; one resolver reads at most {MOST_FILES:,} files" if len(self._files) >= MOST_FILES else ""
            raise BadReference(place, f"there is no file {path}{more}")
        file = self._files[path] = read_json(path, source)
        return file

    def _path(self, place: Place, text: str) -> str:
        """The path in the repository; a reference never leaves it, and nothing is fetched over the network."""
        plain = unquote(text)
        if _SCHEME.match(plain) or plain.startswith("/") or "\\" in plain or "\0" in plain:
            raise BadReference(place, f'"{text[:80]}" is not a file of this design system; write a relative path')
        path = normpath(join(dirname(place.file.path), plain))
        if path == ".." or path.startswith("../"):
            raise BadReference(place, f'"{text[:80]}" leads out of the design system')
        return path
