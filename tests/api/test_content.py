"""Design systems, tokens and components over REST, on real servers and a real repository."""

from __future__ import annotations

from typing import Any

import httpx
import pytest_asyncio

from designsystem.exporters import FORMATS
from tests.api.conftest import sign_up

BLUE = {"colorSpace": "srgb", "components": [0.2, 0.4, 1], "hex": "#3366ff"}
RED = {"colorSpace": "srgb", "components": [1, 0, 0], "hex": "#ff0000"}


@pytest_asyncio.fixture
async def ada(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(await sign_up(client, "ada"))
    return client


@pytest_asyncio.fixture
async def system(ada: httpx.AsyncClient) -> dict[str, Any]:
    team = (await ada.post("/api/teams", json={"name": "Acme"})).json()
    answer = await ada.post("/api/design-systems", json={"team_id": team["id"], "name": "Acme UI", "init": True})
    assert answer.status_code == 201, answer.text
    return answer.json()


def tokens_url(system: dict[str, Any], rest: str = "") -> str:
    return f"/api/design-systems/{system['id']}/tokens{rest}"


async def add(ada: httpx.AsyncClient, system: dict[str, Any], category: str, name: str, value: Any, **more: Any) -> Any:
    answer = await ada.post(tokens_url(system), json={"category": category, "name": name, "value": value, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_token_is_created_read_changed_and_deleted(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "color", "brand.500", BLUE, type="color", description="Logo")
    assert made["path"] == "color.brand.500" and made["resolved_value"] == BLUE and made["line"] > 1
    read = await ada.get(tokens_url(system, f"/{made['id']}"))
    assert read.json() == made
    changed = await ada.put(
        tokens_url(system, f"/{made['id']}"),
        json={"value": RED, "message": "Redder"},
        headers={"If-Match": read.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["value"] == RED and changed.json()["commit"] != made["commit"]
    assert changed.json()["created_at"] == made["created_at"]
    listed = (await ada.get(tokens_url(system, "?category=color"))).json()
    assert [token["value"] for token in listed["items"]] == [RED]
    assert (await ada.delete(tokens_url(system, f"/{made['id']}"))).status_code == 204
    assert (await ada.get(tokens_url(system, f"/{made['id']}"))).status_code == 404


async def test_an_alias_to_nothing_is_refused_with_its_place(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    answer = await ada.post(
        tokens_url(system), json={"category": "color", "name": "bg", "type": "color", "value": "{color.none}"}
    )
    assert answer.status_code == 422
    problem = answer.json()["problems"][0]
    assert problem["subject"] == "color.bg" and problem["line"] > 0 and "{color.none}" in problem["message"]
    assert (await ada.get(tokens_url(system))).json()["items"] == []


async def test_a_token_that_others_refer_to_is_not_deleted(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    base = await add(ada, system, "color", "base", BLUE, type="color")
    alias = await add(ada, system, "color", "alias", "{color.base}", type="color")
    assert alias["resolved_value"] == BLUE
    refused = await ada.delete(tokens_url(system, f"/{base['id']}"))
    assert refused.status_code == 422 and refused.json()["problems"][0]["subject"] == "color.alias"
    changed = await ada.put(tokens_url(system, f"/{base['id']}"), json={"value": RED})
    assert changed.status_code == 200
    assert (await ada.get(tokens_url(system, f"/{alias['id']}"))).json()["resolved_value"] == RED


async def test_stale_edits_merge_by_field_and_conflict_on_the_same_one(
    ada: httpx.AsyncClient, system: dict[str, Any]
) -> None:
    made = await add(ada, system, "color", "base", BLUE, type="color")
    url = tokens_url(system, f"/{made['id']}")
    seen = (await ada.get(url)).headers["etag"]
    assert (await ada.put(url, json={"description": "Theirs"}, headers={"If-Match": seen})).status_code == 200
    merged = await ada.put(url, json={"value": RED}, headers={"If-Match": seen})
    assert merged.status_code == 200
    assert merged.json()["value"] == RED and merged.json()["description"] == "Theirs"
    clash = await ada.put(url, json={"description": "Mine"}, headers={"If-Match": seen})
    assert clash.status_code == 409
    assert clash.json()["conflicts"][0] | {"resource_id": None} == {
        "subject": "color.base",
        "field": "description",
        "base": None,
        "ours": "Theirs",
        "theirs": "Mine",
        "resource_id": None,
    }
    unknown = await ada.put(url, json={"value": BLUE}, headers={"If-Match": f'"{"0" * 40}"'})
    assert unknown.status_code == 412


async def test_rename_keeps_the_id_and_rewrites_aliases(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    base = await add(ada, system, "color", "base", BLUE, type="color")
    alias = await add(ada, system, "color", "alias", "{color.base}", type="color")
    renamed = await ada.post(tokens_url(system, f"/{base['id']}/rename"), json={"path": "color.brand.base"})
    assert renamed.status_code == 200, renamed.text
    assert renamed.json()["id"] == base["id"] and renamed.json()["path"] == "color.brand.base"
    assert (await ada.get(tokens_url(system, f"/{alias['id']}"))).json()["value"] == "{color.brand.base}"
    usages = (await ada.get(tokens_url(system, f"/{base['id']}/usages"))).json()
    assert [token["path"] for token in usages["items"]] == ["color.alias"]


async def test_a_batch_is_one_commit_or_nothing(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    operations = [
        {"op": "create", "path": "color.a", "type": "color", "value": BLUE},
        {"op": "create", "path": "color.b", "type": "color", "value": "{color.a}"},
    ]
    done = await ada.post(tokens_url(system, "/batch"), json={"operations": operations})
    assert done.status_code == 200, done.text
    assert [token["path"] for token in done.json()["tokens"]] == ["color.a", "color.b"]
    assert {token["commit"] for token in done.json()["tokens"]} == {done.json()["commit"]}
    operations = [
        {"op": "create", "path": "color.c", "type": "color", "value": BLUE},
        {"op": "create", "path": "color.d", "type": "color", "value": "{color.none}"},
    ]
    assert (await ada.post(tokens_url(system, "/batch"), json={"operations": operations})).status_code == 422
    assert len((await ada.get(tokens_url(system))).json()["items"]) == 2


async def test_reads_at_a_ref_and_conditional_reads(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    made = await add(ada, system, "color", "base", BLUE, type="color")
    await ada.put(tokens_url(system, f"/{made['id']}"), json={"value": RED})
    then = await ada.get(tokens_url(system, f"?ref={made['commit']}"))
    assert [token["value"] for token in then.json()["items"]] == [BLUE]
    assert "immutable" in then.headers["cache-control"]
    now = await ada.get(tokens_url(system))
    again = await ada.get(tokens_url(system), headers={"If-None-Match": now.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert (await ada.get(tokens_url(system, "?ref=nope"))).status_code == 404


async def test_exports_at_a_ref(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    await add(ada, system, "color", "base", BLUE, type="color")
    css = await ada.get(tokens_url(system, "/export?format=css"))
    assert css.status_code == 200 and "--color-base: #3366ff" in css.text
    assert css.headers["content-type"].startswith("text/css")
    assert (await ada.get(tokens_url(system, "/export?format=cobol"))).status_code == 422
    await add(ada, system, "color", "link", "{color.base}")
    for query, line in (("format=css", "--color-link: #3366ff;"), ("format=css&aliases=true", "var(--color-base)")):
        assert line in (await ada.get(tokens_url(system, f"/export?{query}"))).text
    for name, each in FORMATS.items():
        answer = await ada.get(tokens_url(system, f"/export?format={name}"))
        assert answer.headers["content-type"].startswith(each.media_type), answer.text
        assert answer.headers["x-export-problems"] == "0"
    url = f"/api/design-systems/{system['id']}/export"
    assert (await ada.get(f"{url}?format=zip")).content[:2] == b"PK"
    first, second = [(await ada.get(f"{url}?format=tar.gz")).content for _ in range(2)]
    assert first == second
    everything = (await ada.get(f"{url}?format=json")).json()
    assert [token["path"] for token in everything["tokens"]] == ["color.base", "color.link"]


async def test_a_component_is_created_changed_versioned_and_deleted(
    ada: httpx.AsyncClient, system: dict[str, Any]
) -> None:
    url = f"/api/design-systems/{system['id']}/components"
    body = {"name": "Button", "category": "actions", "props": {"size": {"type": "string"}}, "code": "export {}\n"}
    made = await ada.post(url, json=body)
    assert made.status_code == 201, made.text
    button = made.json()
    assert button["version"] == 1 and button["directory"] == "components/Button"
    assert (await ada.post(url, json=body)).status_code == 409
    one = f"{url}/{button['id']}"
    seen = (await ada.get(one)).headers["etag"]
    props = {"size": {"type": "string"}, "tone": {"type": "string"}}
    assert (await ada.put(one, json={"props": props}, headers={"If-Match": seen})).json()["version"] == 2
    merged = await ada.put(one, json={"documentation": "# Button\n", "base_version": 1})
    assert merged.status_code == 200, merged.text
    assert merged.json()["props"] == props and merged.json()["version"] == 3
    clash = await ada.put(one, json={"props": {"size": {"type": "number"}}, "base_version": 1})
    assert clash.status_code == 200  # only one side touched props.size; props.tone was never in what this writer saw
    versions = (await ada.get(f"{one}/versions")).json()["items"]
    assert [each["version"] for each in versions] == [4, 3, 2, 1]
    assert (await ada.delete(one)).status_code == 204
    assert (await ada.get(one)).status_code == 404
    assert (await ada.get(f"{one}/versions")).json()["items"][0]["removed"] is True
    assert (await ada.get(f"{one}?ref={button['commit']}")).json()["name"] == "Button"


async def test_strangers_learn_nothing(
    ada: httpx.AsyncClient, client: httpx.AsyncClient, system: dict[str, Any]
) -> None:
    stranger = await sign_up(client, "eve")
    for url in ("", "/tokens", "/components", "/export"):
        path = f"/api/design-systems/{system['id']}{url}"
        assert (await client.get(path, headers=stranger)).status_code == 404
    answer = await client.post(tokens_url(system), json={"category": "a", "value": 1}, headers=stranger)
    assert answer.status_code == 404


async def test_a_write_names_its_branch_in_the_query_or_in_the_body(
    ada: httpx.AsyncClient, system: dict[str, Any]
) -> None:
    body = {"category": "color", "name": "base", "type": "color", "value": BLUE}
    assert (await ada.post(tokens_url(system, "?branch=nowhere"), json=body)).status_code == 404
    assert (await ada.post(tokens_url(system), json={**body, "branch": "nowhere"})).status_code == 404
    twice = await ada.post(tokens_url(system, "?branch=main"), json={**body, "branch": "nowhere"})
    assert twice.status_code == 422 and twice.json()["problems"][0]["pointer"] == "/branch"
    assert (await ada.post(tokens_url(system, "?branch=main&message=Begin"), json=body)).status_code == 201
