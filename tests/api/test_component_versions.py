"""Versions of a component over REST: as it was, and what differs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest_asyncio

from tests.api.test_content import ada, system

__all__ = ["ada", "system"]


@pytest_asyncio.fixture
async def button(ada: httpx.AsyncClient, system: dict[str, Any]) -> str:
    """The URL of a component with three versions."""
    base = f"/api/design-systems/{system['id']}/components"
    props = {"size": {"type": "string", "enum": ["sm", "md"]}}
    made = await ada.post(base, json={"name": "Button", "props": props, "code": "one\ntwo\n"})
    assert made.status_code == 201, made.text
    url = f"{base}/{made.json()['id']}"
    props = {"size": {"type": "string", "enum": ["xs", "sm", "md"]}, "busy": {"type": "boolean"}}
    await ada.put(url, json={"props": props, "code": "one\nthree\n"})
    await ada.put(url, json={"documentation": "# Button\n"})
    return url


async def test_a_version_is_read_as_it_was(ada: httpx.AsyncClient, button: str) -> None:
    answer = await ada.get(f"{button}/versions/1")
    found = answer.json()
    assert (found["version"], found["code"], found["documentation"]) == (1, "one\ntwo\n", None)
    assert found["props"] == {"size": {"type": "string", "enum": ["sm", "md"]}}
    listed = (await ada.get(f"{button}/versions")).json()["items"]
    assert [each["commit"] for each in listed if each["version"] == 1] == [found["commit"]]
    again = await ada.get(f"{button}/versions/1", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await ada.get(f"{button}/versions/4")).status_code == 404
    for number in ("0", "-1", "x", str(2**31)):
        assert (await ada.get(f"{button}/versions/{number}")).status_code == 422, number


async def test_two_versions_differ_place_by_place(ada: httpx.AsyncClient, button: str) -> None:
    found = (await ada.get(f"{button}/diff?from=1&to=2")).json()
    assert [(each["kind"], each["prop"], each["pointer"], each["after"]) for each in found["props"]] == [
        ("added", "busy", "", {"type": "boolean"}),
        ("added", "size", "/enum/0", "xs"),
    ]
    assert (found["from"]["version"], found["to"]["version"], found["documentation"]) == (1, 2, "")
    assert found["code"] == (
        "--- a/components/Button/index.tsx\n+++ b/components/Button/index.tsx\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
    )


async def test_the_newest_version_is_compared_with_the_one_before(ada: httpx.AsyncClient, button: str) -> None:
    answer = await ada.get(f"{button}/diff")
    found = answer.json()
    assert (found["from"]["version"], found["to"]["version"], found["props"], found["code"]) == (2, 3, [], "")
    assert found["documentation"].endswith("+# Button\n")
    assert (await ada.get(f"{button}/diff", headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
    first = (await ada.get(f"{button}/diff?to=1")).json()
    assert (first["from"]["removed"], first["from"]["version"]) == (True, 0)
    assert [each["kind"] for each in first["props"]] == ["added"]


async def test_revisions_are_compared_wherever_the_folder_lies(
    ada: httpx.AsyncClient, system: dict[str, Any], button: str
) -> None:
    first = (await ada.get(f"{button}/versions/1")).json()["commit"]
    found = (await ada.get(f"{button}/diff?from={first}&to=main")).json()
    assert (found["from"]["version"], found["to"]["commit"]) == (None, (await ada.get(button)).json()["commit"])
    assert {each["prop"] for each in found["props"]} == {"size", "busy"}
    assert (await ada.delete(button)).status_code == 204
    gone = (await ada.get(f"{button}/diff?from={first}&to=main")).json()
    assert (gone["to"]["removed"], [each["kind"] for each in gone["props"]]) == (True, ["removed"])
    assert (await ada.get(f"{button}/diff?from=main&to=main")).status_code == 404
    newest = (await ada.get(f"{button}/diff")).json()
    assert (newest["to"]["version"], newest["to"]["removed"], newest["from"]["removed"]) == (4, True, False)


async def test_what_cannot_be_compared_is_told(ada: httpx.AsyncClient, system: dict[str, Any], button: str) -> None:
    assert (await ada.get(f"{button}/diff?from=1&to=9")).status_code == 404
    assert (await ada.get(f"{button}/diff?from=nothing")).status_code == 404
    assert (await ada.get(f"{button}/diff?to=main")).status_code == 422
    nobody = f"/api/design-systems/{system['id']}/components/{system['id']}"
    assert (await ada.get(f"{nobody}/diff")).status_code == 404
    assert (await ada.get(f"{nobody}/diff?from=main&to=main")).status_code == 404
    assert (await ada.get(f"{nobody}/versions/1")).status_code == 404
