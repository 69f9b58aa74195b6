"""`xds export FOLDER` for folders and options of the usual kind, before anything heavy is imported.

It says yes or no: where it says no, for whatever reason, nothing has been written yet and the command itself begins
anew, with all its rules and words. Only the standard library's lightest modules are used here, because importing the
others takes longer than the export of a thousand tokens.
"""

from __future__ import annotations

import gc
import os
import sys

from cli.quick_folder import NotQuick, opened
from designsystem.exporters.plain import FORMATS, export_plain
from designsystem.exporters.plain_values import NotPlain
from designsystem.exporters.text import heading_lines, is_prefix

_OPTIONS = {
    "--format": "format",
    "-f": "format",
    "--output": "output",
    "-o": "output",
    "--out": "out",
    "--prefix": "prefix",
}


def export_quickly(arguments: list[str]) -> bool:
    """Whether the export was that plain, and is written."""
    asked = _asked(arguments)
    if asked is None:
        return False
    gc.disable()  # nothing here is thrown away before the end
    try:
        texts = _texts(asked)
        for name, text in texts.items():
            _write(text.encode("utf-8"), _place(asked, name))
    except (NotPlain, NotQuick, OSError, UnicodeError):
        return False
    finally:
        gc.enable()
    return True


def _asked(arguments: list[str]) -> dict[str, str] | None:
    """The folder and the options, where there is nothing else."""
    asked: dict[str, str] = {}
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if not argument.startswith("-"):
            key, value = "path", argument
        elif name in _OPTIONS and (equals == "" or name.startswith("--")):
            key, value = _OPTIONS[name], value if equals else next(waiting, "")
        else:
            return None
        if key in asked or not value or (value.startswith("-") and not equals):
            return None
        asked[key] = value
    formats = asked.setdefault("format", "css").split(",")
    if "path" not in asked or len(set(formats)) != len(formats) or not all(name in FORMATS for name in formats):
        return None
    if ("out" in asked) == ("output" in asked) and (len(formats) > 1 or "out" in asked):
        return None
    if len(formats) > 1 and "out" not in asked:
        return None
    return asked if "prefix" not in asked or is_prefix(asked["prefix"]) else None


def _texts(asked: dict[str, str]) -> dict[str, str]:
    folder = opened(asked["path"])
    parts = (folder.name, folder.version, folder.commit)
    metadata = {key: value for key, value in zip(("system", "version", "commit"), parts, strict=True) if value}
    formats = asked["format"].split(",")
    return export_plain(folder.token_files, formats, heading_lines(*parts), metadata, asked.get("prefix", ""))


def _place(asked: dict[str, str], name: str) -> str | None:
    if "out" not in asked:
        return asked.get("output")
    os.makedirs(asked["out"], exist_ok=True)  # noqa: PTH103 - pathlib takes long to import
    return os.path.join(asked["out"], f"tokens.{name}")  # noqa: PTH118


def _write(data: bytes, place: str | None) -> None:
    if place is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with open(place, "wb") as file:  # noqa: PTH123
        file.write(data)
    _note(f"wrote {place}")


def _note(text: str) -> None:
    if sys.stderr.isatty() or not text.isprintable():
        from cli.terminal import errors

        errors.say(text, "dim")
    else:
        sys.stderr.write(f"xds: {text}\n")
