"""Our own adapter in one run: for each folder named on standard input what `xds resolve FOLDER --json` prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cli.checkout import open_checkout
from cli.errors import CommandFailed
from cli.resolve import resolved


def answer(folder: Path) -> dict[str, Any] | None:
    """The machine form of a folder; None where the command would end with a message alone."""
    try:
        return resolved(open_checkout(folder), {}).as_dict()
    except CommandFailed:
        return None


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(Path(line.strip()))), flush=True)
