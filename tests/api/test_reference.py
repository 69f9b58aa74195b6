"""The page at /docs runs one version of Swagger UI, byte for byte, and nothing else."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import tarfile
from hashlib import sha256, sha384
from pathlib import Path

import httpx
import pytest

from api.reference import BASE, INTEGRITY, PACKAGE


async def test_only_what_is_pinned_runs_on_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and "'unsafe-inline'" not in policy["script-src"]
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert [f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline] == [
        policy["script-src"].split()[0]
    ]
    addresses = re.findall(r'(?:src|href)="(https?:[^"]+)" integrity="([^"]+)"', answer.text)
    assert dict(addresses) == {BASE + name: digest for name, digest in INTEGRITY.items()}
    assert answer.text.count("https://") == len(addresses), "nothing comes from elsewhere"
    assert (await client.get("/redoc")).status_code == 404


@pytest.mark.network
def test_the_digests_are_those_of_the_published_package(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    assert npm, "npm is needed"
    command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(tmp_path)]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, timeout=110)
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as package:
        for name, digest in INTEGRITY.items():
            member = package.extractfile(f"package/{name}")
            assert member is not None
            assert f"sha384-{base64.b64encode(sha384(member.read()).digest()).decode()}" == digest
