"""Activity of a system and of a team over REST."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.conftest import sign_up
from tests.api.test_content import ada, add, system

__all__ = ["ada", "system"]


async def test_a_system_tells_what_happened_and_who_did_it(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "size", "a", 1, type="number")
    await ada.post(f"/api/design-systems/{system['id']}/components", json={"name": "Card"})
    url = f"/api/design-systems/{system['id']}/activity"
    found = (await ada.get(url)).json()["items"]
    assert [each["action"] for each in found[:2]] == ["component.created", "token.created"]
    assert [each["seq"] for each in found] == list(range(len(found), 0, -1))
    assert (found[1]["resource_id"], found[1]["metadata"]["path"]) == (made["id"], "size.a")
    assert found[1]["user"]["username"] == "ada" and "email" not in found[1]["user"]
    for query in (f"resource_id={made['id']}", "action=token.created", "resource_type=token"):
        only = (await ada.get(f"{url}?{query}")).json()
        assert [each["seq"] for each in only["items"]] == [found[1]["seq"]], query
        assert only["next_cursor"] is None
    assert (await ada.get(f"{url}?user_id={system['id']}")).json()["items"] == []
    first = (await ada.get(f"{url}?limit=1")).json()
    rest = (await ada.get(f"{url}?limit=1&cursor={first['next_cursor']}")).json()
    assert rest["items"] == [found[1]]
    assert (await ada.get(f"{url}?cursor=x")).status_code == 422


async def test_a_team_tells_of_all_its_systems_and_only_to_its_members(
    client: httpx.AsyncClient, ada: httpx.AsyncClient, system: dict[str, Any]
) -> None:
    other = {"team_id": system["team_id"], "name": "Other", "init": True}
    other = (await ada.post("/api/design-systems", json=other)).json()
    await add(ada, other, "size", "a", 1, type="number")
    url = f"/api/teams/{system['team_id']}/activity"
    found = (await ada.get(url)).json()["items"]
    assert {each["design_system_id"] for each in found} == {system["id"], other["id"]}
    assert found[0]["action"] == "token.created"
    stranger = await sign_up(client, "eve")
    for hidden in (url, f"/api/design-systems/{system['id']}/activity"):
        assert (await client.get(hidden, headers=stranger)).status_code == 404
