"""Where `xds` starts: a plain export at once, everything else through the commands."""

from __future__ import annotations

import gc
import sys

ON_FOLDERS = frozenset({"codemod", "diff", "export", "import-tokens", "lint", "merge-driver", "resolve", "validate"})
"""Commands that read files, say something and end; looking for garbage on the way costs a quarter of their time."""


def main() -> None:
    """Run the command line of this process."""
    if sys.argv[1:2] == ["export"]:
        from cli.quick import export_quickly

        if export_quickly(sys.argv[2:]):
            return
    if sys.argv[1:2] and sys.argv[1] in ON_FOLDERS:
        gc.disable()
    from cli.main import app

    app()


if __name__ == "__main__":
    main()
