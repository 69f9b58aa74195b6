"""Commits and comparisons over REST, on real servers and a real repository."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import httpx

from tests.api.test_content import RED, ada, add, system, tokens_url

__all__ = ["ada", "system"]

BLUE = {"colorSpace": "srgb", "components": [0, 0, 1]}


def of(system: dict[str, Any], rest: str) -> str:
    return f"/api/design-systems/{system['id']}{rest}"


async def test_commits_come_newest_first_and_in_pages_that_stay(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    for name in ("a", "b", "c"):
        await add(ada, system, "size", name, 1, type="number", message=f"Add {name}")
    first = (await ada.get(of(system, "/commits?limit=2"))).json()
    assert [commit["message"] for commit in first["items"]] == ["Add c\n", "Add b\n"]
    assert first["items"][0]["author_email"] == "ada@example.org"
    assert first["items"][0]["parents"] == [first["items"][1]["commit"]]
    await add(ada, system, "size", "d", 1, type="number", message="Add d")
    second = (await ada.get(of(system, f"/commits?limit=2&cursor={first['next_cursor']}"))).json()
    assert [commit["message"] for commit in second["items"]] == ["Add a\n", "Begin the design system\n"]
    assert second["next_cursor"] is None
    at = first["items"][1]["commit"]
    older = (await ada.get(of(system, f"/commits?ref={at}&limit=1"))).json()
    assert [commit["commit"] for commit in older["items"]] == [at]


async def test_commits_of_one_path(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    await add(ada, system, "size", "a", 1, type="number", file="tokens/size.tokens.json")
    made = await add(ada, system, "color", "a", RED, type="color", file="tokens/color.tokens.json")
    found = (await ada.get(of(system, "/commits?path=tokens/color.tokens.json"))).json()["items"]
    assert [commit["commit"] for commit in found] == [made["commit"]]
    assert (await ada.get(of(system, "/commits?path=nothing"))).json()["items"] == []
    unknown = urlsafe_b64encode(bytes(8) + b"\1" + bytes.fromhex("11" * 40)).decode()
    for query in ("path=../x", "path=/etc", "cursor=x", "cursor=AAAA", f"cursor={unknown}", "ref=nothing"):
        assert (await ada.get(of(system, f"/commits?{query}"))).status_code in (404, 422), query


async def test_revisions_are_compared_as_tokens_and_components(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    red = await add(ada, system, "color", "red", RED, type="color")
    alias = await add(ada, system, "color", "alias", "{color.red}")
    base = alias["commit"]
    await ada.put(tokens_url(system, f"/{red['id']}"), json={"value": BLUE})
    await ada.post(tokens_url(system, f"/{alias['id']}/rename"), json={"path": "color.link"})
    made = await ada.post(of(system, "/components"), json={"name": "Card", "props": {"x": {"type": "string"}}})
    answer = await ada.get(of(system, f"/compare/{base}...main"))
    found = answer.json()
    assert (found["base"], found["merge_base"], found["ahead"], found["behind"]) == (base, base, 3, 0)
    assert [(change["kind"], change["subject"], change["severity"]) for change in found["changes"]] == [
        ("token-renamed", "color.link", "major"),
        ("token-resolved", "color.link", "patch"),
        ("token-value", "color.red", "patch"),
        ("component-added", "components/Card", "minor"),
    ]
    assert (found["changes"][0]["old_subject"], found["changes"][0]["confidence"], found["bump"]) == (
        "color.alias",
        1,
        "major",
    )
    assert (found["reasons"], found["permutations"]) == (["color.link: renamed from color.alias"], 0)
    assert made.status_code == 201
    again = await ada.get(of(system, f"/compare/{base}...main"), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    page = await ada.get(of(system, f"/compare/{base}...main"), headers={"Accept": "text/markdown"})
    assert page.headers["content-type"].startswith("text/markdown")
    assert "| `color.red` | has another value | #ff0000 | #0000ff |" in page.text
    assert page.headers["etag"] != answer.headers["etag"]


async def test_only_what_the_head_did_since_they_parted_counts(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    first = await add(ada, system, "size", "a", 1, type="number")
    await add(ada, system, "size", "b", 2, type="number")
    found = (await ada.get(of(system, f"/compare/main...{first['commit']}"))).json()
    assert (found["changes"], found["bump"], found["ahead"], found["behind"]) == ([], None, 0, 1)
    fixed = await ada.get(of(system, f"/compare/{first['commit']}...{first['commit']}"))
    assert "immutable" in fixed.headers["cache-control"]


async def test_what_is_not_there_is_told_and_nothing_else(ada: httpx.AsyncClient, system: dict[str, Any]) -> None:
    for revisions in ("main...nothing", "nothing...main", "main...main~1", "main...@{-1}"):
        assert (await ada.get(of(system, f"/compare/{revisions}"))).status_code == 404, revisions
