"""Writes what was edited of a component back to the files of its folder, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from designsystem import codes
from designsystem.components.component import COMPONENT_FILE, README
from designsystem.components.reading import (
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_TEXT,
    entry_fault,
    find_entry,
    find_readme,
)
from designsystem.jsontext.file import read_json
from designsystem.jsontext.style import DEFAULT, write
from designsystem.jsontext.values import why_not_json
from designsystem.patch import patch_object

DEFAULT_ENTRY: Final = "index.tsx"
LABELS: Final = {"name": MAX_LABEL, "category": MAX_LABEL, "description": MAX_DESCRIPTION, "entry": MAX_LABEL}
META: Final = ("id", "name", "category", "description", "entry", "props")
FIELDS: Final = frozenset({*META, "code", "documentation"})


class ComponentEditError(ValueError):
    """An edit that no component can take; ``field`` is the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def write_component(
    directory: str, existing: Mapping[str, bytes], fields: Mapping[str, Any]
) -> dict[str, bytes | None]:
    """The files of the folder that the edit changes, by name, None for one to delete; empty where nothing changes.

    ``existing`` are the folder's files by name. ``fields`` holds any of id, name, category, description, entry, props,
    code and documentation; one that is absent stays as it is, None takes it away (not the name). component.json is
    edited in place, and made where there is none and something must be written into it. Another ``entry`` moves the
    code there. Raises ComponentEditError, and Invalid where component.json cannot be read.
    """
    _check(fields)
    edit = _Edit(directory, existing, fields)
    edit.code()
    edit.documentation()
    edit.component_file()
    return {name: data for name, data in edit.files.items() if existing.get(name) != data}


class _Edit:
    """One edit under way: ``files`` collects what to write, ``meta`` what component.json must say."""

    def __init__(self, directory: str, existing: Mapping[str, bytes], fields: Mapping[str, Any]) -> None:
        self.directory = directory
        self.title = directory.rpartition("/")[2]
        self.existing = existing
        self.fields = fields
        self.files: dict[str, bytes | None] = {}
        self.meta: dict[str, Any] = {key: fields[key] for key in META if key in fields}
        if isinstance(self.meta.get("id"), UUID):
            self.meta["id"] = str(self.meta["id"])

    def code(self) -> None:
        """Writes, moves or deletes the entry file, and notes in ``meta`` where component.json must name it."""
        habitual = find_entry(self.title, list(self.existing))
        stated = self._stated_entry()
        old = stated or habitual
        if self.fields.get("entry") is not None:
            self._move(old, self.fields["entry"].removeprefix("./"))
        elif "code" in self.fields and self.fields["code"] is None:
            if old in self.existing:
                self.files[str(old)] = None
            if stated:
                self.meta["entry"] = None
        elif "code" in self.fields:
            self.files[old or DEFAULT_ENTRY] = _encoded(self.fields["code"])
            if old is None and COMPONENT_FILE in self.existing:
                self.meta["entry"] = DEFAULT_ENTRY

    def documentation(self) -> None:
        """Writes or deletes the README."""
        if "documentation" not in self.fields:
            return
        name = find_readme(list(self.existing))
        text = self.fields["documentation"]
        if text is not None:
            self.files[name or README] = _encoded(text)
        elif name:
            self.files[name] = None

    def component_file(self) -> None:
        """Edits component.json, or makes it."""
        changes = {key: value for key, value in self.meta.items() if value is not None}
        if COMPONENT_FILE in self.existing:
            removed = [key for key, value in self.meta.items() if value is None]
            source, path = self.existing[COMPONENT_FILE], f"{self.directory}/{COMPONENT_FILE}"
            self.files[COMPONENT_FILE] = patch_object(path, source, changes, removed, codes.COMPONENT_SHAPE)
        elif changes or not self.existing:
            self.files[COMPONENT_FILE] = self._new_component_file(changes)

    def _new_component_file(self, changes: Mapping[str, Any]) -> bytes:
        left = {name for name in self.existing if self.files.get(name, b"") is not None}
        written = {name for name, data in self.files.items() if data is not None}
        entry = changes.get("entry") or find_entry(self.title, sorted(left | written))
        defaults: dict[str, Any] = {"name": self.title, "category": "", "entry": entry, "props": {}}
        meta = {key: changes.get(key, defaults.get(key)) for key in META}
        return (write({key: value for key, value in meta.items() if value is not None}, DEFAULT) + "\n").encode()

    def _move(self, old: str | None, new: str) -> None:
        self.meta["entry"] = new
        if "code" in self.fields:
            code = self.fields["code"]
            self.files[new] = None if code is None else _encoded(code)
        elif old is not None and new not in self.existing and old in self.existing:
            self.files[new] = self.existing[old]
        if new not in self.existing and self.files.get(new) is None:
            raise ComponentEditError("entry", f"entry {new!r} does not exist and there is no code to write into it")
        if old is not None and old != new and old in self.existing and new not in self.existing:
            self.files[old] = None

    def _stated_entry(self) -> str | None:
        """The entry that component.json names, if it is one that could be written."""
        if COMPONENT_FILE not in self.existing:
            return None
        root = read_json(COMPONENT_FILE, self.existing[COMPONENT_FILE]).root
        node = root.get("entry") if root else None
        if node is None or node.kind != "string":
            return None
        entry = str(node.value).removeprefix("./")
        return entry if entry and entry_fault(entry) is None else None


def _check(fields: Mapping[str, Any]) -> None:
    """Refuses what would leave a component that does not read back."""
    for key, value in fields.items():
        if key not in FIELDS:
            raise ComponentEditError(key, f"a component has no field {key!r}; it has {', '.join(sorted(FIELDS))}")
        if value is None and key != "name":
            continue
        if key == "props":
            _check_props(value)
        elif key == "id":
            _check_id(value)
        else:
            _check_text(key, value)


def _check_props(props: Any) -> None:
    if not isinstance(props, dict):
        raise ComponentEditError("props", "props must be an object with a JSON Schema per prop")
    if fault := why_not_json(props):
        raise ComponentEditError("props", f"props cannot be written as JSON: {fault}")


def _check_id(value: Any) -> None:
    try:
        UUID(str(value))
    except ValueError:
        raise ComponentEditError("id", "id must be a UUID") from None


def _check_text(key: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ComponentEditError(key, f"{key} must be text")
    if "\x00" in value or why_not_json(value):
        raise ComponentEditError(key, f"{key} holds a character that a text file cannot")
    if len(value) > LABELS.get(key, MAX_TEXT) or len(value.encode()) > MAX_TEXT:
        raise ComponentEditError(key, f"{key} is longer than {LABELS.get(key, MAX_TEXT):,} characters")
    if key in ("name", "category", "entry") and any(ord(character) < 32 or character == "\x7f" for character in value):
        raise ComponentEditError(key, f"{key} holds a control character or line break")
    if key in ("name", "entry") and not value.strip():
        raise ComponentEditError(key, f"{key} is empty")
    if key == "entry" and (fault := entry_fault(value.removeprefix("./"))):
        raise ComponentEditError("entry", f"entry {value!r} {fault}")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")
