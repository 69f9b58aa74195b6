"""The OpenAPI document says what is true, and enough to write a client from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import BaseModel

from api.app import create_app
from api.errors import MEDIA_TYPE
from api.schemas.common import Answer, Body
from designsystem.exporters import FORMATS
from settings import Settings

PARAMETERS_FIT_A_URL = 3000
"""UTF-8 characters take up to 12 bytes in a query, and the web server takes about 64 KB of it."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(_env_file=None)).openapi()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method} {path}", operation


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _has_example(document: dict[str, Any], media: dict[str, Any]) -> bool:
    return "example" in media or "example" in _resolved(document, media["schema"])


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in _operations(document)]
    assert len(names) > 40 and len(set(names)) == len(names)
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in _operations(document):
        identifier = operation["operationId"]
        assert identifier.replace("_", "").isalpha() and identifier.islower(), identifier
        assert operation["summary"] and operation["description"], name
        assert len(operation["tags"]) == 1 and set(operation["tags"]) <= tags, name


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    assert {"Problem", "ProblemItem", "ConflictItem"} <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in str(document)
    for name, operation in _operations(document):
        refusals = {int(status): answer for status, answer in operation["responses"].items() if int(status) >= 400}
        if "/api/" not in name:
            continue
        assert any(status < 500 for status in refusals), name
        assert 503 in refusals, f"{name}: the database may be away"
        for status, answer in refusals.items():
            assert set(answer["content"]) == {MEDIA_TYPE}, (name, status)
            assert answer["content"][MEDIA_TYPE]["schema"]["$ref"] == "#/components/schemas/Problem", (name, status)
            assert answer["content"][MEDIA_TYPE]["example"]["status"] == status, name


def test_every_operation_says_what_its_inputs_may_cause(document: dict[str, Any]) -> None:
    for name, operation in _operations(document):
        answers = set(operation["responses"])
        if operation.get("security"):
            assert "401" in answers, name
        if operation.get("parameters"):
            assert "422" in answers, name
        if "requestBody" in operation:
            assert {"413", "422"} <= answers, name


def test_every_body_and_success_has_an_example(document: dict[str, Any]) -> None:
    for name, operation in _operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert _has_example(document, media), name
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            assert not status.startswith("2") or status == "204" or content, name
            for kind, media in content.items():
                binary = media.get("schema", {}).get("format") == "binary"
                assert binary or _has_example(document, media), (name, status, kind)


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


@pytest.mark.parametrize("base", [Body, Answer])
def test_examples_are_what_they_are_examples_of(base: type[BaseModel]) -> None:
    seen = 0
    for model in _models(base):
        extra = vars(model).get("model_config", {}).get("json_schema_extra")
        if isinstance(extra, dict) and "example" in extra:
            example = extra["example"]
            assert isinstance(example, dict)
            model.model_validate(example)
            assert set(example) <= {field.alias or name for name, field in model.model_fields.items()}, model
            seen += 1
    assert seen > 5


def test_texts_in_the_query_fit_into_a_url(document: dict[str, Any]) -> None:
    for name, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query":
                continue
            kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
            texts = [kind for kind in kinds if kind.get("type") == "string" and not {"format", "enum"} & set(kind)]
            for kind in texts:
                longest = PARAMETERS_FIT_A_URL if parameter["name"] != "cursor" else 4096
                assert kind["maxLength"] <= longest, (name, parameter["name"])


def test_every_export_format_is_an_answer(document: dict[str, Any]) -> None:
    export = dict(_operations(document))["get /api/design-systems/{system_id}/tokens/export"]
    assert set(export["responses"]["200"]["content"]) == {each.media_type for each in FORMATS.values()}


async def test_who_needs_no_credential_is_told_so(document: dict[str, Any], client: httpx.AsyncClient) -> None:
    for name, operation in _operations(document):
        method, _, path = name.partition(" ")
        path = re.sub(r"\{\w+_id\}", lambda _: str(uuid4()), path)
        path = re.sub(r"\{\w*number\}", "1", path)
        body = None
        for media in operation.get("requestBody", {}).get("content", {}).values():
            body = _resolved(document, media["schema"])["example"]
        # a condition that this service never gave out must not be judged before the caller is
        answer = await client.request(method, path, json=body, headers={"If-Match": '"nonsense"'})
        if operation.get("security") == [{"bearer": []}]:
            assert answer.status_code == 401, (name, answer.text)
        assert str(answer.status_code) in operation["responses"], (name, answer.text)
