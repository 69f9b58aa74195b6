"""Guards: docs/audit.md lists every act of the audit log, once, and none that is not."""

from __future__ import annotations

import re

from services.audit import Act
from tests.house.source import ROOT

ROW = re.compile(r"^\| `([a-z-]+\.[a-z-]+)` \| (.+\.) \|$", re.MULTILINE)


def test_every_act_is_documented_in_the_order_of_the_code() -> None:
    documented = [name for name, _ in ROW.findall((ROOT / "docs" / "audit.md").read_text(encoding="utf-8"))]
    assert documented == [act.value for act in Act]
