"""Whatever is sent to the routes of systems, tokens and components, the answer is a refusal or a result, never 5xx."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import sign_up

NASTY = [
    "\ud800",
    "a\0b",
    "..",
    "../../etc/passwd",
    "@{",
    "@{-1}",
    "HEAD",
    "HEAD~1",
    "refs/heads/main",
    "refs/tags/x",
    "refs/../HEAD",
    "a" * 40,
    "0" * 40,
    "abcdef1",
    "x" * 5000,
    "\r\nSet-Cookie: a=b",
    '"quoted"',
    "é\u202e\u2028",
    "💥",
    "{a.b}",
    "%00",
    "",
    " ",
    "-x",
    "main/",
    "/main",
    "a//b",
    "*",
    "node_modules",
    "CON",
    ".git",
]


@pytest_asyncio.fixture
async def ada(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(await sign_up(client, "ada"))
    return client


@pytest_asyncio.fixture
async def base(ada: httpx.AsyncClient) -> str:
    team = (await ada.post("/api/teams", json={"name": "Acme"})).json()
    answer = await ada.post("/api/design-systems", json={"team_id": team["id"], "name": "Acme UI", "init": True})
    base = f"/api/design-systems/{answer.json()['id']}"
    for body in ({"category": "a", "name": "b", "value": 1, "type": "number"},):
        assert (await ada.post(f"{base}/tokens", json=body)).status_code == 201
    made = await ada.post(f"{base}/components", json={"name": "Button", "code": "export {}\n"})
    assert made.status_code == 201
    return base


async def send(client: httpx.AsyncClient, method: str, url: str, body: Any = None, **more: Any) -> httpx.Response:
    if body is not None:
        more["content"] = json.dumps(body)
        more["headers"] = [("Content-Type", "application/json"), *dict(more.get("headers", {})).items()]
    answer = await client.request(method, url, **more)
    assert answer.status_code < 500, (method, url, body, more, answer.text[:600])
    return answer


async def only(client: httpx.AsyncClient, base: str, what: str) -> str:
    """The URL of the only token or component."""
    (item,) = (await client.get(f"{base}/{what}")).json()["items"]
    return f"{base}/{what}/{item['id']}"


async def test_any_query_is_answered(ada: httpx.AsyncClient, base: str) -> None:
    token, button = await only(ada, base, "tokens"), await only(ada, base, "components")
    reads = {
        f"{base}/tokens": ("ref", "category", "type", "q", "cursor", "limit"),
        f"{base}/components": ("ref", "category", "q", "cursor", "limit"),
        f"{base}/tokens/export": ("ref", "format", "prefix"),
        f"{base}/tokens/resolved": ("ref",),
        f"{base}/export": ("ref", "format"),
        token: ("ref",),
        f"{token}/usages": ("ref",),
        button: ("ref",),
        f"{button}/versions": ("cursor", "limit"),
        "/api/design-systems": ("q", "cursor", "limit", "team_id"),
    }
    for url, names in reads.items():
        for name in names:
            for text in NASTY:
                if "\ud800" in text:
                    continue
                for headers in ({}, {"If-None-Match": "*"}, {"If-None-Match": '"x", W/"y"'}):
                    answer = await send(ada, "GET", url, params={name: text}, headers=headers)
                    for header in answer.headers.values():
                        assert "\r" not in header and "\n" not in header


async def test_export_formats_and_prefixes_cannot_write_headers(ada: httpx.AsyncClient, base: str) -> None:
    for name in ("format", "prefix"):
        url = f"{base}/tokens/export?{name}=css%0d%0aX-Injected:%20yes"
        assert (await ada.get(url)).status_code == 422
        answer = await ada.get(url, headers={"If-None-Match": "*"})
        assert "x-injected" not in answer.headers and not any("\r" in text for text in answer.headers.values())
    one, other = [(await ada.get(f"{base}/tokens/export?prefix={prefix}")).headers["etag"] for prefix in ("a", "b")]
    assert one != other


@pytest.mark.parametrize("field", ["category", "name", "type", "description", "file", "message", "branch", "value"])
async def test_any_token_is_taken_or_refused(ada: httpx.AsyncClient, base: str, field: str) -> None:
    token = await only(ada, base, "tokens")
    values: list[Any] = [
        *NASTY,
        None,
        5,
        True,
        [],
        {},
        [["x"]],
        {"a": {"b": "\ud800"}},
        10**400,
        -1e308,
        123456789012345678901,
    ]
    for number, text in enumerate(values):
        body = {"category": "c", "name": f"n{number}", "value": 1, "type": "number", field: text}
        made = await send(ada, "POST", f"{base}/tokens", body)
        if made.status_code == 201:
            await send(ada, "GET", f"{base}/tokens/{made.json()['id']}")
        if field not in ("category", "name", "file"):
            await send(ada, "PUT", token, {"value": number, "type": "number", field: text})
        await send(ada, "POST", f"{token}/rename", {"path": text})
        await send(
            ada,
            "POST",
            f"{base}/tokens/batch",
            {"operations": [{"op": "create", "path": f"d.n{number}", "value": 1, field: text}]},
        )
    assert (await ada.get(f"{base}/tokens?limit=200")).status_code == 200
    assert (await ada.get(f"{base}/tokens/resolved")).status_code == 200
    assert (await ada.get(f"{base}/tokens/export?format=json")).status_code == 200
    assert (await ada.get(f"{base}/export?format=json")).status_code == 200


@pytest.mark.parametrize(
    "field", ["name", "category", "props", "code", "documentation", "message", "branch", "base_version"]
)
async def test_any_component_is_taken_or_refused(ada: httpx.AsyncClient, base: str, field: str) -> None:
    button = await only(ada, base, "components")
    props: list[Any] = [
        {"a": 1},
        {"a": {"type": "nope"}},
        {"a\0": {}},
        {"\ud800": {}},
        {"a": {"default": 10**400}},
        {"": {}},
    ]
    values: list[Any] = [
        *NASTY,
        None,
        5,
        True,
        [],
        {},
        *props,
        "a/b",
        "a\\b",
        "BUTTON",
        "button",
        "Bu\u0301tton",
        "a:b",
        "x" * 150,
    ]
    for number, text in enumerate(values):
        made = await send(ada, "POST", f"{base}/components", {"name": f"N{number}", "code": "export {}", field: text})
        if made.status_code == 201:
            assert made.json()["directory"].startswith("components/")
            await send(ada, "GET", f"{base}/components/{made.json()['id']}")
        await send(ada, "PUT", button, {"documentation": f"# {number}", field: text})
    assert (await ada.get(f"{base}/components?limit=200")).status_code == 200
    assert (await ada.get(f"{base}/export?format=json")).status_code == 200


@pytest.mark.parametrize("field", ["name", "slug", "description", "visibility"])
async def test_any_system_is_taken_or_refused(ada: httpx.AsyncClient, base: str, field: str) -> None:
    team = (await ada.get("/api/teams")).json()["items"][0]["id"]
    for text in [*NASTY, None, 5, {}, "public", "private"]:
        await send(ada, "POST", "/api/design-systems", {"team_id": team, "name": "N", "init": True, field: text})
        await send(ada, "PUT", base, {field: text})
    assert (await ada.get("/api/design-systems?limit=200")).status_code == 200


async def test_any_document_is_judged(ada: httpx.AsyncClient, base: str) -> None:
    documents: list[Any] = [
        *NASTY,
        {},
        {"a": 1},
        {"\ud800": {"$value": 1}},
        {"a": {"$value": "\ud800", "$type": "color"}},
        {"a": {"$value": 123456789012345678901234567890, "$type": "number"}},
        {"a": {"$value": float("nan"), "$type": "number"}},
        {"a": {"$value": 10**400, "$type": "number"}},
        '{"\\ud800": {"$value": 1}}',
        '{"a": {"$value": "{\\ud800}"}}',
        '{"a": ' * 400 + "1" + "}" * 400,
        "[" * 5000,
        None,
        5,
        [],
    ]
    for document in documents:
        for path in ("x.tokens.json", "\ud800", "..", "a\nb"):
            await send(ada, "POST", f"{base}/tokens/validate", {"path": path, "document": document})


async def test_any_precondition_is_answered(ada: httpx.AsyncClient, base: str) -> None:
    token, button = await only(ada, base, "tokens"), await only(ada, base, "components")
    head = (await ada.get(base)).json()["head"]
    tags = [
        "*",
        '"',
        '""',
        "garbage",
        'W/"x"',
        f'"{"0" * 40}"',
        f'W/"{head}-3"',
        f'"x", "{head}-3"',
        f'"{head}-99999999999"',
        "é",
    ]
    for tag in tags:
        headers = [("If-Match", tag.encode())]
        for method, url, body in (
            ("PUT", token, {"value": 5}),
            ("PUT", button, {"code": "x"}),
            ("POST", f"{token}/rename", {"path": "a.b"}),
            ("DELETE", f"{base}/tokens/{'0' * 8}-0000-0000-0000-{'0' * 12}", None),
        ):
            await send(ada, method, url, body, headers=headers)
    # an object that is no commit
    tree_like = await send(
        ada, "PUT", token, {"value": 6}, headers={"If-Match": '"4b825dc642cb6eb9a060e54bf8d69288fbee4904"'}
    )
    assert tree_like.status_code == 412
    for version in (0, -1, 2**31, 2**63, 2**70):
        await send(ada, "PUT", button, {"code": "y", "base_version": version})


async def test_large_values_are_taken_or_refused(ada: httpx.AsyncClient, base: str) -> None:
    token = await only(ada, base, "tokens")
    for value in ("x" * 30_000, [["x"] * 50] * 200, {str(n): n for n in range(3000)}):
        await send(ada, "PUT", token, {"value": value, "type": "custom"})
    steps = [{"op": "create", "path": f"g{n % 7}.t{n}", "value": n, "type": "number"} for n in range(500)]
    assert (await send(ada, "POST", f"{base}/tokens/batch", {"operations": steps})).status_code == 200
    assert (await send(ada, "POST", f"{base}/tokens/batch", {"operations": [*steps, steps[0]]})).status_code == 422
