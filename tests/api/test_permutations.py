"""Themes and other modifiers over REST, on a system that came by git."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from designsystem import codes
from designsystem.resolver.resolution import resolve
from services import changes
from services.changes import Change
from services.context import Context
from services.drafts import Draft
from services.policy import Actor
from tests.api.test_content import ada, system, tokens_url
from tests.services.themed import DARK, RESOLVER, manifest, numbers, resolver, themed_files

__all__ = ["ada", "system"]


@pytest.fixture
def context(app: FastAPI) -> Context:
    found: Context = app.state.context
    return found


@pytest_asyncio.fixture
async def themed(ada: httpx.AsyncClient, system: dict[str, Any], context: Context) -> dict[str, Any]:
    await put(context, ada, system, themed_files())
    return system


async def put(
    context: Context,
    client: httpx.AsyncClient,
    system: dict[str, Any],
    files: dict[str, bytes],
    branch: str | None = None,
) -> None:
    """Write files, as a push does."""
    me = (await client.get("/api/auth/me")).json()

    def edit(draft: Draft) -> None:
        for path, data in files.items():
            draft.put(path, data)

    actor = Actor(user_id=UUID(me["id"]), email=me["email"], name=me["name"])
    await changes.apply(context, actor, Change(system_id=UUID(system["id"]), edit=edit, message="Put", branch=branch))


async def resolved(client: httpx.AsyncClient, system: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = await client.get(tokens_url(system, f"/resolved{query}"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def values(answer: dict[str, Any]) -> dict[str, Any]:
    return {path: token["value"] for path, token in answer["tokens"].items()}


async def test_each_theme_has_its_values(ada: httpx.AsyncClient, themed: dict[str, Any]) -> None:
    plain = await resolved(ada, themed)
    assert values(plain) == {"a.gap": 8, "a.ink": 10, "a.text": 10} and plain["inputs"] == {}
    dark = await resolved(ada, themed, "?theme=dark")
    assert values(dark) == {"a.gap": 8, "a.ink": 90, "a.text": 90}
    assert dark["inputs"] == {"theme": "dark", "density": "cosy"} and dark["problems"] == []
    both = await resolved(ada, themed, "?Density=TIGHT&input=theme=dark")
    assert values(both) == {"a.gap": 2, "a.ink": 90, "a.text": 90}
    assert values(await resolved(ada, themed, f"?resolver={RESOLVER}")) == values(plain)


async def test_a_theme_is_exported(ada: httpx.AsyncClient, themed: dict[str, Any]) -> None:
    light = await ada.get(tokens_url(themed, "/export?format=css"))
    dark = await ada.get(tokens_url(themed, "/export?format=css&theme=dark&density=tight"))
    assert "--a-ink: 10;" in light.text
    assert "--a-ink: 90;" in dark.text and "--a-gap: 2;" in dark.text
    assert dark.headers["etag"] != light.headers["etag"]
    again = await ada.get(tokens_url(themed, "/export?format=css&density=tight&theme=DARK"))
    assert (again.content, again.headers["etag"]) == (dark.content, dark.headers["etag"])
    url = tokens_url(themed, "/export?format=css&theme=dark&density=tight")
    assert (await ada.get(url, headers={"If-None-Match": dark.headers["etag"]})).status_code == 304


REFUSED = [
    ("theme=pink", ['"pink" is no context of "theme"']),
    ("brand=x", ['no modifier "brand"']),
    ("theme=pink&brand=x&density=", ['"pink"', '"brand"', '"" is no context of "density"']),
    ("theme=dark&THEME=light", ['"theme" twice']),
    ("theme=dark&theme=light", ["more than once"]),
    ("theme=dark&input=theme=light", ["more than once"]),
    ("input=theme", ["not MODIFIER=CONTEXT"]),
    ("input==dark", ["not MODIFIER=CONTEXT"]),
    ("resolver=other.resolver.json", ["no resolver other.resolver.json"]),
    (f"{'x' * 300}=dark", ["characters long"]),
    ("&".join(f"m{number}=x" for number in range(101)), ["At most"]),
]


@pytest.mark.parametrize("rest", ["/resolved?", "/export?format=css&"])
async def test_what_does_not_exist_is_refused_with_every_fault(
    ada: httpx.AsyncClient, themed: dict[str, Any], rest: str
) -> None:
    for query, told in REFUSED:
        for headers in ({}, {"If-None-Match": "*"}):
            answer = await ada.get(tokens_url(themed, rest + query), headers=headers)
            assert answer.status_code == 422, answer.text
            messages = [problem["message"] for problem in answer.json()["problems"]]
            assert len(messages) == len(told)
            for each in told:
                assert any(each in message for message in messages), messages


async def test_a_system_without_a_resolver_takes_no_modifiers(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    answer = await ada.get(tokens_url(system, "/resolved?theme=dark&brand=x"))
    assert answer.status_code == 422 and [each["subject"] for each in answer.json()["problems"]] == ["brand", "theme"]
    assert (await ada.get(tokens_url(system, "/resolved"))).status_code == 200


async def test_the_resolver_need_not_be_named_where_there_is_one(
    ada: httpx.AsyncClient, system: dict[str, Any], context: Context
) -> None:
    await put(context, ada, system, {**themed_files(), "designsystem.json": manifest()})
    assert values(await resolved(ada, system, "?theme=dark"))["a.text"] == 90
    await put(context, ada, system, {"brand.resolver.json": resolver()})
    answer = await ada.get(tokens_url(system, "/resolved?theme=dark"))
    assert answer.status_code == 422 and "several resolvers" in answer.text
    assert values(await resolved(ada, system, "?theme=dark&resolver=brand.resolver.json"))["a.text"] == 90


async def test_every_ref_has_its_own_themes(ada: httpx.AsyncClient, themed: dict[str, Any], context: Context) -> None:
    first = (await resolved(ada, themed))["commit"]
    await put(context, ada, themed, {DARK: numbers(ink=91)})
    assert values(await resolved(ada, themed, "?theme=dark"))["a.text"] == 91
    assert values(await resolved(ada, themed, f"?theme=dark&ref={first}"))["a.text"] == 90


async def test_what_a_permutation_lacks_is_told(
    ada: httpx.AsyncClient, themed: dict[str, Any], context: Context
) -> None:
    await put(context, ada, themed, {DARK: numbers(ink="{a.only}", only=1)})
    found = (await ada.get(tokens_url(themed, "?q=gap"))).json()["items"][0]
    assert found["path"] == "a.gap"
    await put(context, ada, themed, {DARK: numbers(ink="{a.gap}")})
    assert (await ada.delete(tokens_url(themed, f"/{found['id']}"))).status_code == 204
    dark = await resolved(ada, themed, "?theme=dark")
    assert "a.ink" not in dark["tokens"] and dark["problems"][0]["path"] == DARK
    exported = await ada.get(tokens_url(themed, "/export?theme=dark"))
    assert int(exported.headers["X-Export-Problems"]) >= 1


async def test_a_modifier_may_be_called_like_a_parameter(
    ada: httpx.AsyncClient, system: dict[str, Any], context: Context
) -> None:
    stated = json.loads(resolver())
    stated["modifiers"]["format"] = {
        "contexts": {"a": [], "b": [{"a": {"gap": {"$type": "number", "$value": 3}}}]},
        "default": "a",
    }
    stated["resolutionOrder"].append({"$ref": "#/modifiers/format"})
    await put(context, ada, system, {**themed_files(), RESOLVER: json.dumps(stated).encode()})
    answer = await ada.get(tokens_url(system, "/export?format=css&input=format=b"))
    assert "--a-gap: 3;" in answer.text


async def test_a_resolver_and_the_files_of_its_contexts_are_judged_before_a_push(
    ada: httpx.AsyncClient, themed: dict[str, Any]
) -> None:
    async def told(path: str, document: Any) -> list[str]:
        answer = await ada.post(tokens_url(themed, "/validate"), json={"path": path, "document": document})
        assert answer.status_code == 200, answer.text
        return [problem["code"] for problem in answer.json()["problems"]]

    sound = json.loads(resolver())
    assert await told(RESOLVER, sound) == []
    assert await told("new.resolver.json", sound) == []
    assert codes.RESOLVER_REFERENCE in await told(
        RESOLVER, {**sound, "sets": {"base": {"sources": [{"$ref": "x.json"}]}}}
    )
    assert codes.RESOLVER_SHAPE in await told("new.resolver.json", {})
    assert await told(DARK, json.loads(numbers(ink="{a.gap}"))) == []
    assert await told(DARK, json.loads(numbers(ink="{a.nothing}"))) == [codes.UNKNOWN_ALIAS]
    assert await told(DARK, json.loads(numbers(ink=[]))) == [codes.BAD_VALUE]


async def test_a_repeat_costs_a_look_up(
    ada: httpx.AsyncClient, themed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolutions: list[object] = []

    def counted(*given: Any) -> Any:
        resolutions.append(given)
        return resolve(*given)

    monkeypatch.setattr("index.permutations.resolve", counted)
    for query in ("theme=dark", "THEME=Dark", "theme=dark&density=cosy"):
        for rest in ("/resolved?", "/export?", "/export?format=scss&"):
            assert (await ada.get(tokens_url(themed, rest + query))).status_code == 200
    assert len(resolutions) == 1


async def test_all_themes_are_exported_side_by_side(ada: httpx.AsyncClient, themed: dict[str, Any]) -> None:
    url = tokens_url(themed, "/export?format=css&themes=true")
    answer = await ada.get(url)
    assert answer.status_code == 200, answer.text
    default, *blocks = answer.text.split("\n\n[")
    assert "--a-ink: 10;" in default and "--a-gap: 8;" in default
    assert 'data-theme="dark"] {\n  --a-ink: 90;' in blocks[0]
    assert any('data-density="tight"] {\n  --a-gap: 2;' in block for block in blocks)
    assert (await ada.get(url, headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
    still = await ada.get(f"{url}&theme=dark")
    assert "--a-ink: 90;" in still.text and "data-theme" not in still.text and "data-density" in still.text
    media = await ada.get(f"{url}&media=true")
    assert "@media (prefers-color-scheme: dark) {" in media.text
    assert len({each.headers["etag"] for each in (answer, still, media)}) == 3


async def test_themes_that_cannot_be_exported_are_refused(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    for query, told in (
        ("format=css&themes=true", "no resolver"),
        ("format=css&media=true", "goes with themes"),
    ):
        refused = await ada.get(tokens_url(system, f"/export?{query}"))
        assert refused.status_code == 422
        assert told in refused.text


async def test_formats_of_one_theme_take_no_others(ada: httpx.AsyncClient, themed: dict[str, Any]) -> None:
    refused = await ada.get(tokens_url(themed, "/export?format=json&themes=true"))
    assert refused.status_code == 422
    assert "css, tailwind" in refused.text
    assert (await ada.get(tokens_url(themed, "/export?format=css&themes=true&brand=x"))).status_code == 422


async def test_there_are_only_so_many_themes(
    ada: httpx.AsyncClient, themed: dict[str, Any], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.permutations.MOST_THEMES", 3)
    refused = await ada.get(tokens_url(themed, "/export?format=css&themes=true"))
    assert refused.status_code == 422
    assert "at most 3" in refused.text
    assert (await ada.get(tokens_url(themed, "/export?format=css&themes=true&theme=dark"))).status_code == 200
