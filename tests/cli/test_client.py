"""Guards: refusals of a service are readable, and what is no service is said in one line."""

from __future__ import annotations

import socket

import httpx
import pytest

from cli.client import connected, refusal
from cli.errors import CommandFailed


def answer(status: int, body: object, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=names, request=httpx.Request("GET", "http://x/api/y"))


def test_each_problem_has_its_place() -> None:
    where = {"path": "tokens/a.json", "line": 3, "column": 7, "subject": "color.a"}
    problems = [
        {"code": "XDS020", "message": "alias {x} does not exist", **where},
        {"code": "missing", "message": "Field required", "pointer": "/name"},
    ]
    refused = refusal(answer(422, {"title": "Invalid", "status": 422, "detail": "2 problems", "problems": problems}))
    assert str(refused) == "2 problems"
    assert refused.lines == ("tokens/a.json:3:7 color.a: alias {x} does not exist", "/name: Field required")


def test_one_problem_with_the_words_of_the_detail_is_said_once() -> None:
    refused = refusal(
        answer(422, {"title": "Invalid", "detail": "Too short.", "problems": [{"message": "Too short."}]})
    )
    assert (str(refused), refused.lines) == ("Too short.", ())
    problem = {"message": "Field required", "pointer": "/name"}
    refused = refusal(answer(422, {"title": "Invalid", "detail": "/name: Field required", "problems": [problem]}))
    assert (str(refused), refused.lines) == ("/name: Field required", ())


def test_conflicts_show_both_sides() -> None:
    clash = {"subject": "color.a", "field": "value", "base": 1, "ours": 2, "theirs": 3}
    refused = refusal(answer(409, {"title": "Conflicting change", "detail": "Both changed.", "conflicts": [clash]}))
    assert refused.lines == ("color.a value: stands as 2, you asked for 3",)


def test_conflicts_of_branches_show_three_sides_as_a_person_reads_them() -> None:
    red = {"colorSpace": "srgb", "components": [1, 0, 0], "hex": "#ff0000"}
    clash = {"id": "5a", "subject": "color.a", "field": "$value", "base": None, "ours": red, "theirs": "{color.b}"}
    text = {"id": "5b", "subject": "README.md", "field": "lines/1", "base": "a\nb\n", "ours": "", "theirs": "x" * 99}
    refused = refusal(answer(409, {"title": "Conflicting change", "conflicts": [clash, text]}))
    assert refused.lines == (
        "color.a $value: ours #ff0000, theirs {color.b}, base nothing",
        f'README.md lines/1: ours "", theirs {"x" * 79}…, base a b',
    )


def test_sides_that_would_look_alike_are_told_apart() -> None:
    one, other = ({"colorSpace": "srgb", "components": [1, 0, 0], "hex": each} for each in ("#f00", "#e00"))
    clash = {"id": "5a", "subject": "a", "field": "$value", "base": None, "ours": one, "theirs": other}
    refused = refusal(answer(409, {"title": "Conflicting change", "conflicts": [clash]}))
    assert '"hex": "#f00"' in refused.lines[0] and '"hex": "#e00"' in refused.lines[0]


def test_a_version_that_stands_is_told_with_its_commit() -> None:
    ours = {"version": "1.1.0", "commit": "c16a5b7f3b9213bf44e1861051dcf23cd711b9be", "published_at": "2026-11-22"}
    clash = {"subject": "refs/tags/v1.1.0", "field": "version", "base": None, "ours": ours, "theirs": None}
    refused = refusal(answer(409, {"title": "Conflicting change", "detail": "Nothing changed.", "conflicts": [clash]}))
    assert refused.lines == ("1.1.0 stands at c16a5b7f3b92",)


def test_too_many_requests_say_when_to_come_back() -> None:
    refused = refusal(answer(429, {"title": "Too many requests", "detail": "Slow down."}, retry_after="7"))
    assert str(refused) == "Slow down. Try again in 7 s."
    said_already = {"title": "Too many requests", "detail": "At most 60 per minute. Try again in 7 s."}
    assert str(refusal(answer(429, said_already, retry_after="7"))) == said_already["detail"]


def test_failures_of_the_service_carry_the_request() -> None:
    refused = refusal(answer(500, {"title": "Internal error", "detail": "Our fault.", "request_id": "abc"}))
    assert str(refused) == "http://x/api/y answered 500: Our fault. (request abc)"


@pytest.mark.parametrize("body", [None, [], "text", {"error": "x"}])
def test_an_answer_of_something_else_is_its_status(body: object) -> None:
    assert str(refusal(answer(502, body))) == "http://x/api/y answered 502"


def test_a_network_that_is_down_is_one_clear_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{free.getsockname()[1]}"
        with connected(server) as client, pytest.raises(CommandFailed, match=rf"^cannot reach {server}: "):
            client.get("/health")
