"""Reverts over REST."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.test_content import ada, add, system, tokens_url

__all__ = ["ada", "system"]


async def test_a_component_goes_back_to_a_version(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    base = f"/api/design-systems/{system['id']}/components"
    made = await ada.post(base, json={"name": "Card", "code": "1"})
    url = f"{base}/{made.json()['id']}"
    await ada.put(url, json={"code": "2"})
    done = await ada.post(f"{url}/revert/1")
    assert done.status_code == 200, done.text
    assert (done.json()["code"], done.json()["version"]) == ("1", 3)
    assert done.headers["etag"] == f'"{done.json()["commit"]}"'
    versions = (await ada.get(f"{url}/versions")).json()["items"]
    assert versions[0]["change_message"].strip() == "Revert component Card to version 1"
    await ada.put(url, json={"code": "4"})
    clash = await ada.post(f"{url}/revert/1", json={"base_version": 2, "message": "Back"})
    assert clash.status_code == 409 and clash.json()["conflicts"]
    assert (await ada.post(f"{url}/revert/1", headers={"If-Match": f'"{"0" * 40}"'})).status_code == 412
    assert (await ada.post(f"{url}/revert/9")).status_code == 404
    assert (await ada.post(f"{url}/revert/0")).status_code == 422


async def test_a_token_goes_back_to_a_commit(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "size", "a", 1, type="number")
    url = tokens_url(system, f"/{made['id']}")
    await ada.put(url, json={"value": 2})
    done = await ada.post(f"{url}/revert", json={"commit": made["commit"], "message": "Back"})
    assert done.status_code == 200, done.text
    assert done.json()["value"] == 1 and done.headers["etag"].startswith(f'"{done.json()["commit"]}-')
    assert (await ada.post(f"{url}/revert", json={"commit": "nothing"})).status_code == 404
    assert (await ada.post(f"{url}/revert", json={})).status_code == 422


async def test_a_commit_is_undone_and_a_conflict_answered(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "size", "a", 1, type="number")
    url, revert = tokens_url(system, f"/{made['id']}"), f"/api/design-systems/{system['id']}/revert"
    second = (await ada.put(url, json={"value": 2})).json()["commit"]
    third = (await ada.put(url, json={"value": 3})).json()["commit"]
    clash = await ada.post(revert, json={"commit": second})
    assert clash.status_code == 409, clash.text
    (conflict,) = clash.json()["conflicts"]
    assert (conflict["subject"], conflict["base"], conflict["ours"], conflict["theirs"]) == ("size.a", 2, 3, 1)
    answer = {"path": "size.a", "value": 5}
    body = {"commit": second, "resolutions": [answer | {"field": conflict["field"]}]}
    settled = await ada.post(revert, json=body)
    assert settled.status_code == 200, settled.text
    assert (settled.json()["branch"], settled.json()["changed"]) == ("main", True)
    assert (await ada.get(url)).json()["value"] == 5
    assert (await ada.post(revert, json={"commit": second, "take": "ours"})).json()["changed"] is False
    back = await ada.post(revert, json={"to": third})
    assert back.status_code == 200 and (await ada.get(url)).json()["value"] == 3
    stale = await ada.post(revert, json={"to": second}, headers={"If-Match": f'"{third}"'})
    assert (stale.status_code, stale.json()["current"]) == (412, back.json()["commit"])
    for wrong in ({}, {"commit": second, "to": third}, {"to": third, "mainline": 1}, {"commit": second, "mainline": 2}):
        assert (await ada.post(revert, json=wrong)).status_code == 422, wrong
    assert (await ada.post(revert, json={"to": "nothing"})).status_code == 404
