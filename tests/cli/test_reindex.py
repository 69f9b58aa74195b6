"""Guards: `xds reindex` in the wrong folder says so, and leaves that folder as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_folder_without_a_service_is_refused_and_stays_empty(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    command = [sys.executable, "-m", "cli.main", "reindex", "--check", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, env=kept)
    assert done.returncode == 1
    assert done.stderr == f"xds: no service keeps its data in {tmp_path}/data; name the directory with --data\n"
    assert list(tmp_path.iterdir()) == []
