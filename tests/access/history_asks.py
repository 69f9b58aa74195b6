"""How the rows of history are asked for: versions, reverts."""

from __future__ import annotations

from tests.access.ask import Ask, Asking, away, sent

HISTORY_ASKS: dict[str, Asking] = {
    "revert_component": lambda w, caller: Ask(path={"version_number": 1}),
    "revert_component (through another system)": away(),
    "revert_token": sent(lambda w: {"commit": "main"}),
    "revert_token (through another system)": away({"commit": "main"}),
    "revert_design_system": sent(lambda w: {"to": "main"}),
    "revert_design_system (of a protected branch)": sent(lambda w: {"to": "kept/one", "branch": "kept/one"}),
}
"""Row → how it is asked."""
