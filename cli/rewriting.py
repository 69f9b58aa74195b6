"""Rewrites the files of a folder for a migration: planned whole, then each replaced at once.

A migration in which a new name is also an old one (a swap, a chain) cannot be told from its result: what was done of it
is recorded in :data:`RECORD`, written before the first file is touched and completed after the last, so that it can be
taken up again after a crash and is never done twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.checkout import Checkout
from cli.errors import CommandFailed
from designsystem.codemod.names import Names, Renaming
from designsystem.codemod.rewriting import MOST_BYTES, Rewritten, is_known, rewrite

RECORD = ".xds-codemod.json"


@dataclass(frozen=True, slots=True)
class Planned:
    """One file that uses what has another name now."""

    path: str
    old: str
    found: Rewritten


def overlaps(pairs: Iterable[Renaming]) -> bool:
    """Whether some new name is another's old one."""
    pairs = list(pairs)
    return not {pair.new for pair in pairs}.isdisjoint({pair.old for pair in pairs})


def key_of(pairs: Iterable[Renaming], prefix: str) -> str:
    """What a migration is recorded as."""
    stated = sorted([pair.old, pair.new or ""] for pair in pairs)
    return hashlib.sha256(json.dumps([prefix, stated]).encode()).hexdigest()


def plan(checkout: Checkout, names: Names, modules: frozenset[str], done: Mapping[str, str]) -> list[Planned]:
    """What would be rewritten. Symbolic links, files that are no UTF-8 text and those that are too large to have been
    written by hand are left alone; so are those that are as an earlier run left them (``done``: their digests)."""
    found: list[Planned] = []
    for path in checkout.files:
        if not is_known(path) or path == RECORD or (source := checkout.source(path)) is None:
            continue
        if len(source) > MOST_BYTES or done.get(path) == _digest(source):
            continue
        try:
            text = source.decode()
        except UnicodeDecodeError:
            continue
        rewritten = rewrite(path, text, names, modules=modules)
        if rewritten.renamed or rewritten.left:
            found.append(Planned(path, text, rewritten))
    return found


def carry_out(root: Path, planned: Iterable[Planned], key: str | None) -> None:
    """Write what was planned; with a ``key`` it is recorded. Raises CommandFailed where a file changed since."""
    changed = [each for each in planned if each.found.text != each.old]
    for each in changed:
        if (root / each.path).read_bytes() != each.old.encode():
            raise CommandFailed(f"{each.path} has changed meanwhile; nothing was written")
    if key is not None:
        after = {each.path: _digest(each.found.text.encode()) for each in changed}
        _record(root, key, {"files": recorded(root, key).get("files", {}) | after, "done": False})
    for each in changed:
        _replace(root / each.path, each.found.text.encode())
    if key is not None:
        _record(root, key, {"done": True})


def recorded(root: Path, key: str) -> dict[str, Any]:
    """What was recorded of a migration here; empty for one that was not begun."""
    found = _records(root).get(key)
    return found if isinstance(found, dict) else {}


def _records(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / RECORD).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise CommandFailed(f"{RECORD} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _record(root: Path, key: str, entry: Mapping[str, Any]) -> None:
    text = json.dumps({**_records(root), key: entry}, indent=2) + "\n"
    _replace(root / RECORD, text.encode())


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all, with the rights that it had."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
