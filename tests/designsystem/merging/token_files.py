"""One token file on three sides, written as Python says it, and what a merge makes of it."""

from __future__ import annotations

import json
from typing import Any

from designsystem.merging.tokens import MergedFiles, merge_token_files

FILE = "a.tokens.json"


def number(value: Any, **more: Any) -> dict[str, Any]:
    return {"$type": "number", "$value": value, **{f"${name}": each for name, each in more.items()}}


def data(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else json.dumps(content, indent=2).encode()


def merge(base: Any, ours: Any, theirs: Any, **more: Any) -> MergedFiles:
    return merge_token_files({FILE: data(base)}, {FILE: data(ours)}, {FILE: data(theirs)}, **more)


def content(merged: MergedFiles, file: str = FILE) -> Any:
    return json.loads(merged.files[file])
