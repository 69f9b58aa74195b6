"""Where `xds` starts: a plain export at once, everything else through the commands."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process."""
    if sys.argv[1:2] == ["export"]:
        from cli.quick import export_quickly

        if export_quickly(sys.argv[2:]):
            return
    from cli.main import app

    app()


if __name__ == "__main__":
    main()
