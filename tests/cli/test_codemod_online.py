"""Guards: `xds codemod --from … --to …` joins the migrations of a running service's releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.folders import put, write_demo
from tests.service import Person, Service

OLD, STEPS = "color.background.default", ("surface.page", "surface.ground")


@pytest.mark.timeout(120)
def test_the_releases_between_two_versions_are_joined(administrator: Person, service: Service, tmp_path: Path) -> None:
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", "codemods", "--name", "Acme UI")
    with service.sign_in() as api:
        systems = api.get("/api/design-systems", params={"q": "acme"}).json()["items"]
        system = next(each for each in systems if "/codemods/" in each["clone_url"])
        url = f"/api/design-systems/{system['id']}"
        token: dict[str, Any] = next(
            each for each in api.get(f"{url}/tokens?limit=200").json()["items"] if each["path"] == OLD
        )
        assert api.post(f"{url}/publish", json={"version": "1.0.0"}).status_code == 201
        for version, path in zip(("1.1.0", "2.0.0"), STEPS, strict=True):
            renamed = api.post(
                f"{url}/tokens/{token['id']}/rename", json={"path": path, "keep_alias": path == STEPS[0]}
            )
            assert renamed.status_code == 200, renamed.text
            published = api.post(f"{url}/publish", json={"version": version})
            assert published.status_code == 201, published.text
    put(tmp_path, "app/a.css", "a { color: var(--color-background-default) var(--surface-page) }")
    asked = ("codemod", tmp_path / "app", "--system", "codemods/acme-ui")
    done = administrator.xds(*asked, "--from", "1.0.0", "--write")
    assert "2 usages in 1 file renamed" in done.stderr, done.stderr
    assert (tmp_path / "app/a.css").read_text() == "a { color: var(--surface-ground) var(--surface-ground) }"
    assert (
        "no releases lead from 0.9.0 to 2.0.0" in administrator.xds(*asked, "--from", "0.9.0", "--to", "v2.0.0").stderr
    )
    refused = administrator.xds(*asked, "--from", "2.0.0", "--to", "9.0.0")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
