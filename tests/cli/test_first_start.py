"""Guards: who starts the service for the first time gets to know the password, even when it was killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.postgres import remove_data

COMMAND = [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--demo", "--no-worker", "--json"]


def start(data: Path) -> subprocess.Popen[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("XDS_")}
    return subprocess.Popen([*COMMAND, "--data", str(data)], env=environment, stdout=subprocess.PIPE, text=True)


def banner(service: subprocess.Popen[str]) -> dict[str, Any]:
    assert service.stdout is not None
    line = service.stdout.readline()
    assert line, "the service ended before it said that it runs"
    return dict(json.loads(line))


@pytest.mark.timeout(180)
def test_a_password_that_was_never_shown_is_shown_at_the_next_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    kept = data / "secrets" / "first-sign-in"
    killed = start(data)
    try:
        deadline = time.monotonic() + 90
        while not kept.exists() and time.monotonic() < deadline:
            assert killed.poll() is None
            time.sleep(0.01)
    finally:
        killed.kill()
        killed.communicate()
    service = start(data)
    try:
        told = banner(service)
        body = {"email": told["admin_email"], "password": told["admin_password"]}
        answer = httpx.post(f"{told['url']}/api/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        systems = httpx.get(f"{told['url']}/api/design-systems", headers=headers).json()["items"]
        assert [(system["clone_url"], bool(system["head"])) for system in systems] == [(told["clone_url"], True)]
    finally:
        service.send_signal(signal.SIGINT)
        service.communicate()
    assert not kept.exists(), "shown once, kept nowhere"
    remove_data(data)
