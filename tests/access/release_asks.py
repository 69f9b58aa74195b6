"""How the rows about publishing and releases are asked for."""

from __future__ import annotations

from tests.access.ask import NUMBERS, Ask, Asking, sent

RELEASE_ASKS: dict[str, Asking] = {
    "publish_design_system": lambda w, caller: Ask({"version": f"{next(NUMBERS)}.0.0"}, answers=(201,)),
    "publish_design_system (only looked at)": lambda w, caller: Ask(
        {"version": "100000.0.0", "dry_run": True}, answers=(200,)
    ),
    "yank_release": sent(lambda w: {"reason": "Unreadable"}),
}
"""Row → how it is asked."""
