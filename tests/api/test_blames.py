"""Blame over REST."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from tests.api.test_content import ada, add, system, tokens_url

__all__ = ["ada", "system"]


async def test_who_set_each_property_of_a_token(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "size", "a", 1, type="number", message="Add a")
    url = tokens_url(system, f"/{made['id']}")
    changed = (await ada.put(url, json={"value": 2, "message": "Larger"})).json()
    answer = await ada.get(f"{url}/blame")
    found = answer.json()
    assert answer.status_code == 200, answer.text
    by_name = {each["name"]: each for each in found["properties"]}
    assert (found["path"], found["stated"], found["older_than"]) == ("size.a", True, None)
    assert (by_name["value"]["value"], by_name["value"]["commit"]["commit"]) == (2, changed["commit"])
    assert (by_name["type"]["commit"]["message"], by_name["value"]["commit"]["message"]) == ("Add a\n", "Larger\n")
    assert by_name["value"]["changed_by"] == (await ada.get("/api/auth/me")).json()["id"]
    again = await ada.get(f"{url}/blame", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    then = (await ada.get(f"{url}/blame?ref={made['commit']}")).json()
    assert {each["commit"]["commit"] for each in then["properties"]} == {made["commit"]}
    assert (await ada.get(f"{url}/blame?ref=nothing")).status_code == 404
    assert (await ada.get(tokens_url(system, f"/{uuid4()}/blame"))).status_code == 404
