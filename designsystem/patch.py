"""Edits the top-level fields of a JSON file in place: only the bytes of what changes are touched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from designsystem.jsontext.file import read_json
from designsystem.jsontext.splices import apply, change_members
from designsystem.jsontext.style import detect_file
from designsystem.problem import Invalid, Problem, errors_of


def patch_object(path: str, source: bytes, changes: Mapping[str, Any], removed: Collection[str], code: str) -> bytes:
    """The file with these fields set and those removed; equal values leave their bytes alone.

    Inside a field that is an object before and after, only the members that differ are written. Raises Invalid where
    the file is not a well-formed JSON object (``code`` is the problem's code for another JSON value).
    """
    file = read_json(path, source)
    if file.root is None or errors_of(file.problems):
        raise Invalid(file.problems)
    if file.root.kind != "object":
        raise Invalid([Problem(code, "the file must hold an object { }", path)])
    splices = change_members(file.root, changes, set(removed) - changes.keys(), detect_file(file.text))
    return file.encode(apply(file.text, splices)) if splices else source
