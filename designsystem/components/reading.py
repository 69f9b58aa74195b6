"""Reads a component from the files of its folder; what is wrong becomes problems, the rest is read all the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from designsystem import codes
from designsystem.components.component import COMPONENT_FILE, ENTRY_SUFFIXES, README, Component
from designsystem.components.props import check_props
from designsystem.fields import Fields
from designsystem.jsontext.file import read_json
from designsystem.jsontext.nodes import Node
from designsystem.problem import Problem

MAX_COMPONENT_FILE = 1024 * 1024
MAX_TEXT = 1024 * 1024
MAX_LABEL = 200
MAX_DESCRIPTION = 10_000

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Read = Callable[[str], bytes]


def read_component(directory: str, names: Sequence[str], read: Read) -> tuple[Component | None, list[Problem]]:
    """The component in ``directory``, None where it holds neither component.json nor a file that looks like an entry.

    ``names`` are the files directly inside; ``read`` gives the bytes of one of them, and is asked for a path with ``/``
    only where component.json names such an entry (it raises LookupError or OSError where there is none).
    """
    title = directory.rpartition("/")[2]
    habitual = find_entry(title, names)
    if COMPONENT_FILE not in names:
        if habitual is None:
            return None, []
        problems: list[Problem] = []
        code = _read_text(directory, habitual, read, problems)
        documentation = _readme(directory, names, read, problems)
        return Component(None, directory, title, code=code, documentation=documentation, entry=habitual), problems
    fields = _component_file(directory, read(COMPONENT_FILE))
    entry = _entry(fields, names, read) if fields.get("entry") is not None else habitual
    problems = fields.problems
    component = Component(
        id_in_file=_id(fields),
        directory=directory,
        name=(fields.text("name", MAX_LABEL, empty=False) or title).strip(),
        category=(fields.text("category", MAX_LABEL) or "").strip(),
        props=_props(fields),
        code=None if entry is None else _read_text(directory, entry, read, problems),
        documentation=_readme(directory, names, read, problems),
        entry=entry,
        description=fields.text("description", MAX_DESCRIPTION, lines=True),
    )
    return component, problems


def find_entry(title: str, names: Sequence[str]) -> str | None:
    """The entry file by habit: ``index.*``, else a file named like the directory."""
    for suffix in ENTRY_SUFFIXES:
        if f"index{suffix}" in names:
            return f"index{suffix}"
    wanted = _bare(title)
    for suffix in ENTRY_SUFFIXES:
        for name in sorted(names):
            if name.endswith(suffix) and _bare(name.removesuffix(suffix)) == wanted:
                return name
    return None


def find_readme(names: Sequence[str]) -> str | None:
    """The documentation file, however it is capitalised."""
    return README if README in names else next((n for n in sorted(names) if n.lower() == README.lower()), None)


def _component_file(directory: str, source: bytes) -> Fields:
    path = f"{directory}/{COMPONENT_FILE}"
    if len(source) <= MAX_COMPONENT_FILE:
        return Fields(read_json(path, source), codes.COMPONENT_SHAPE, directory.rpartition("/")[2])
    fields = Fields(read_json(path, b"{}"), codes.COMPONENT_SHAPE)
    message = f"the file has {len(source):,} bytes; the limit is {MAX_COMPONENT_FILE:,}"
    fields.problems.append(Problem(codes.COMPONENT_TOO_LARGE, message, path))
    return fields


def _id(fields: Fields) -> UUID | None:
    fault = "id is no UUID; write one like 8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e or remove the field"
    return fields.parsed("id", _uuid, fault, codes.COMPONENT_ID)


def _uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise ValueError(text)
    return UUID(text)


def _props(fields: Fields) -> dict[str, Any]:
    node = fields.mapping("props")
    if node is None:
        return {}
    check_props(fields, node)
    return dict(node.value)


def _entry(fields: Fields, names: Sequence[str], read: Read) -> str | None:
    """The entry that component.json states, None with a problem where it cannot be that file."""
    node = fields.get("entry")
    entry = fields.text("entry", MAX_LABEL, empty=False)
    if entry is None or node is None:
        return None
    entry = entry.removeprefix("./")
    if fault := entry_fault(entry):
        _refuse_entry(fields, node, f"entry {node.raw} {fault}; name a file inside the component's folder")
        return None
    if entry in names or ("/" in entry and _exists(entry, read)):
        return entry
    _refuse_entry(fields, node, f"entry {node.raw} does not exist in {fields.file.path.rpartition('/')[0]}")
    return None


def entry_fault(entry: str) -> str | None:
    """What keeps a path from being an entry, in words that follow it; None when it lies inside the folder."""
    segments = entry.split("/")
    if entry.startswith("/") or ".." in segments or "\\" in entry:
        return "leaves the folder"
    if "" in segments or "." in segments or ":" in entry:
        return "is no plain path"
    return "is component.json itself" if entry == COMPONENT_FILE else None


def _refuse_entry(fields: Fields, node: Node, message: str) -> None:
    fields.report(node, ("entry",), message, code=codes.COMPONENT_ENTRY)


def _exists(entry: str, read: Read) -> bool:
    try:
        read(entry)
    except (LookupError, OSError):
        return False
    return True


def _readme(directory: str, names: Sequence[str], read: Read, problems: list[Problem]) -> str | None:
    name = find_readme(names)
    return None if name is None else _read_text(directory, name, read, problems)


def _read_text(directory: str, name: str, read: Read, problems: list[Problem]) -> str | None:
    """A file as text; None with a warning where it is binary or too large to be shown and indexed."""
    source = read(name)
    path, subject = f"{directory}/{name}", directory.rpartition("/")[2]
    if len(source) > MAX_TEXT:
        message = f"the file has {len(source):,} bytes; text over {MAX_TEXT:,} is not read"
        problems.append(Problem(codes.COMPONENT_TOO_LARGE, message, path, subject=subject, severity="warning"))
        return None
    try:
        if b"\x00" not in source:
            return source.decode("utf-8")
    except UnicodeDecodeError:
        pass
    message = "the file is not UTF-8 text and is not read"
    problems.append(Problem(codes.COMPONENT_TEXT, message, path, subject=subject, severity="warning"))
    return None


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()
