"""Nothing that lets anybody in stands in any log, whatever was done and however talkative the logs are."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from embedded.postgres import remove_data
from tests.service import PASSWORD, Person, Service

WRONG = "a wrong password that somebody typed"


@pytest.fixture
def talkative(tmp_path: Path) -> Iterator[Service]:
    """A service that logs everything."""
    data = tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    environment |= {"XDS_LOG_LEVEL": "debug", "XDS_RATE_LIMITS": "false"}
    command = [sys.executable, "-m", "cli.main", "serve", "--json", "--demo", "--port", "0", "--data", str(data)]
    with (tmp_path / "said.txt").open("w") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment)
    try:
        line = process.stdout.readline() if process.stdout else ""
        assert line, (tmp_path / "said.txt").read_text()
        banner = json.loads(line)
        yield Service(banner["url"], data, banner["admin_email"], banner["admin_password"])
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        remove_data(data)


def test_no_credential_is_in_any_log(talkative: Service, person: Person, tmp_path: Path) -> None:
    secrets = {PASSWORD, WRONG, talkative.admin_password, *used(talkative, person, tmp_path)}
    secrets |= {path.read_text().strip() for path in (talkative.data / "secrets").iterdir() if path.is_file()}
    secrets |= {base64.b64encode(f"git:{secret}".encode()).decode() for secret in secrets}
    logs = [*sorted((talkative.data / "logs").glob("*.log")), tmp_path / "said.txt"]
    text = "\n".join(log.read_text(errors="replace") for log in logs)
    assert "DEBUG" in text and "/api/auth/login" in text, "the logs are as talkative as this test needs them"
    assert not [secret[:4] for secret in secrets if secret in text]


def used(service: Service, person: Person, folder: Path) -> set[str]:
    """Every secret that ways in and their mistakes give out or take."""
    email = service.register("ada")
    with httpx.Client(base_url=service.url, timeout=30) as client:
        pair = client.post("/api/auth/login", json={"email": email, "password": PASSWORD}).json()
        client.post("/api/auth/login", json={"email": email, "password": WRONG})
        client.post("/api/auth/login", content=f'{{"email": 7, "password": "{WRONG}"}}')
        fresh = client.post("/api/auth/refresh", json={"refresh_token": pair["refresh_token"]}).json()
        bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
        asked = {"name": "git", "scopes": ["write"]}
        key = client.post("/api/api-keys", json=asked, headers=bearer).json()["key"]
        client.get("/api/teams", headers={"Authorization": f"Bearer {key}"})
        client.get("/api/teams", headers={"Authorization": f"Bearer {key}x"})
        client.get("/api/auth/me", headers={"Authorization": f"Digest {WRONG}"})
        # what should not be in a URL, and is there by mistake
        client.get("/api/teams", params={"access_token": fresh["access_token"], "api_key": key})
        client.get(
            "/api/auth/oauth/nobody/callback", params={"code": "a-code-of-oauth-1", "state": "a-state-of-oauth-1"}
        )
        place = service.url.removeprefix("http://")
        for name, secret in (("git", key), (email.replace("@", "%40"), PASSWORD.replace(" ", "%20"))):
            url = f"http://{name}:{secret}@{place}/git/acme/acme-ui.git"
            person.git("ls-remote", url, cwd=folder, ok=False)
        client.post("/api/auth/refresh", json={"refresh_token": pair["refresh_token"]})  # reuse
        client.post("/api/auth/logout", json={"refresh_token": fresh["refresh_token"]})
    tokens = {each[name] for each in (pair, fresh) for name in ("access_token", "refresh_token")}
    return tokens | {key, "a-code-of-oauth-1", "a-state-of-oauth-1"}
