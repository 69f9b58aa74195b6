"""The service serves HTTPS itself where it has a certificate: to browsers, to git and to nobody in plain text."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trustme

from embedded.postgres import remove_data
from tests.service import Person


@dataclass(frozen=True)
class Secured:
    """A running service, what its banner said, and the file of the authority that signed its certificate."""

    banner: dict[str, str]
    authority: Path

    def client(self) -> httpx.Client:
        trust = ssl.create_default_context(cafile=str(self.authority))
        return httpx.Client(base_url=self.banner["url"], verify=trust, timeout=30)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(leaf.cert_chain_pems):
        blob.write_to_path(folder / "chain.pem", append=number > 0)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    # relative paths: they must mean the same to the supervisor's children
    environment |= {"XDS_TLS_CERTIFICATE": "chain.pem", "XDS_TLS_KEY": "key.pem", "XDS_RATE_LIMITS": "false"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "serve",
        "--json",
        "--demo",
        "--port",
        "0",
        "--data",
        str(folder / "data"),
    ]
    with (folder / "said.txt").open("w") as stderr:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        assert line, (folder / "said.txt").read_text()
        yield Secured(json.loads(line), folder / "authority.pem")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        remove_data(folder / "data")


def test_rest_over_https_asks_browsers_to_stay_there(secured: Secured) -> None:
    assert secured.banner["url"].startswith("https://")
    with secured.client() as client:
        answer = client.get("/health")
        assert answer.status_code == 200
        assert "max-age" in answer.headers["strict-transport-security"]
        body = {"email": secured.banner["admin_email"], "password": secured.banner["admin_password"]}
        assert client.post("/api/auth/login", json=body).status_code == 200


def test_a_client_that_does_not_know_the_authority_refuses(secured: Secured) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(secured.banner["url"] + "/health")


def test_old_protocols_and_plain_text_get_no_answer(secured: Secured) -> None:
    place = urlsplit(secured.banner["url"])
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://{place.netloc}/health")
    old = ssl.create_default_context(cafile=str(secured.authority))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(httpx.ConnectError):
        httpx.get(secured.banner["url"] + "/health", verify=old)


def test_git_clones_and_pushes_over_https(secured: Secured, person: Person, tmp_path: Path) -> None:
    with secured.client() as client:
        body = {"email": secured.banner["admin_email"], "password": secured.banner["admin_password"]}
        token = client.post("/api/auth/login", json=body).json()["access_token"]
        asked = {"name": "git", "scopes": ["write"]}
        made = client.post("/api/api-keys", json=asked, headers={"Authorization": f"Bearer {token}"})
    url = secured.banner["clone_url"]
    assert url.startswith("https://")
    url = url.replace("https://", f"https://git:{made.json()['key']}@")
    trusting = ["-c", f"http.sslCAInfo={secured.authority}"]
    person.git(*trusting, "clone", "-q", url, "work", cwd=tmp_path)
    (tmp_path / "work" / "NOTES.md").write_text("Over TLS.\n")
    person.git("add", ".", cwd=tmp_path / "work")
    person.git("commit", "-qm", "Add notes", cwd=tmp_path / "work")
    person.git(*trusting, "push", "-q", cwd=tmp_path / "work")
    assert "certificate" in person.git("clone", "-q", url, "other", cwd=tmp_path, ok=False).lower()
