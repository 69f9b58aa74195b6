"""How the rows about publishing and releases are asked for."""

from __future__ import annotations

from tests.access.ask import NUMBERS, Asking, sent

RELEASE_ASKS: dict[str, Asking] = {
    "publish_design_system": sent(lambda w: {"version": f"{next(NUMBERS)}.0.0"}),
    "yank_release": sent(lambda w: {"reason": "Unreadable"}),
}
"""Row → how it is asked."""
