"""schemathesis over every operation of the OpenAPI document: no 5xx, no answer that is not documented.

Nothing is excluded: the operations are those that the document lists. For each, the same cases are made in every run
(``tests/api/generated.py``): what lies on and past the bounds of every parameter and body, and some drawn at random
from a fixed seed. Each case that the document allows is sent by each caller, weakest first: anonymous, a key with the
scope `read`, a viewer, an admin of the team who is the instance's admin too. A case that it forbids is sent by the
admin, who gets furthest, and by one of the others in turn.

Ids in paths are those of things that exist, and so are, in two of three allowed cases, the ids, addresses, passwords
and branches in queries and bodies. So a call may delete the account that made it, the team or the system. Whatever was
accepted and is no read makes the test look whether the callers still stand, with the same roles. If they do not, or a
team, member or system was deleted, everything is built anew with new accounts before the next case; what else was
deleted is made again. Deletions thereby need no treatment of their own, and no operation can spoil another.

Every operation must accept one case at least, or stand in NEVER_ACCEPTED with the reason.

Rate limits are off: they would answer instead of what is tested here.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from schemathesis import Case, CheckFunction, Response
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation

from api.app import create_app
from settings import Settings
from tests.api.callers import Headers, Served, World, served
from tests.api.generated import cases, checks_of, is_valid, load, operations
from tests.database import administer, url_of

DOCUMENT = create_app(Settings(_env_file=None)).openapi()
OPERATIONS = operations(load(DOCUMENT))

NEVER_ACCEPTED = {
    "complete_oauth": "takes what a provider sends back to the browser that began",
    "redeem_oauth_code": "its code comes from there",
    "link_identity": "so does what it takes",
    "unlink_identity": "nobody here has signed in through a provider",
    "request_email_verification": "the service of these tests sends no mail",
}
"""Operations that no generated case gets through, and why; for all others one must."""


@pytest.fixture(scope="module")
def service(
    postgres_url: str, redis_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    name = f"xds_generated_{os.getpid()}"
    administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    settings = Settings(
        _env_file=None,
        data=tmp_path_factory.mktemp("generated"),
        database_url=url_of(postgres_url, name),
        redis_url=redis_url,
        secret_key="0123456789abcdef-of-these-tests-only",
        max_request_bytes=64 * 1024,
        rate_limits=False,
        github_client_id="generated",
        github_client_secret=SecretStr("generated"),
        github_url="http://127.0.0.1:9",
        github_api_url="http://127.0.0.1:9",
    )
    with served(settings) as found:
        yield found
    administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def world(service: Served) -> World:
    return World(service, DOCUMENT)


def test_every_operation_of_the_document_is_tested() -> None:
    listed = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert {(operation.path, operation.method.lower()) for operation in OPERATIONS} == listed


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_an_operation_answers_as_documented(operation: APIOperation, world: World) -> None:
    wrong: dict[str, list[str]] = defaultdict(list)
    accepted = False
    for number, case in enumerate(cases(operation)):
        valid = is_valid(case)  # before it is aimed: schemathesis judges a case anew once something in it changed
        for caller in _callers(valid, number):
            world.mend()
            sent = _aimed(world, case, number) if valid else case
            answer = _send(world, sent, world.callers[caller])
            if answer.status_code < 400:
                accepted = True
                world.look(answer.request.method or "", operation.path)
            for failure in _failures(case, answer, world.callers[caller], checks_of(operation, valid=valid)):
                wrong[failure].append(
                    f"as {caller}: {answer.request.method} {answer.request.url} {answer.request.body!r:.500}"
                )
    told = "\n".join(f"{what}\n  {len(where)} times, first {where[0]}" for what, where in wrong.items())
    assert not wrong, f"{operation.label}:\n{told}"
    identifier = operation.definition.raw["operationId"]
    assert accepted is (identifier not in NEVER_ACCEPTED), f"{identifier} was {'' if accepted else 'never '}accepted"


def _callers(valid: bool, number: int) -> list[str]:
    others = ["anonymous", "read key", "viewer"]
    return [*others, "admin"] if valid else [others[number % len(others)], "admin"]


def _aimed(world: World, case: Case, number: int) -> Case:
    """The case at things that exist; two of three also with members that name what exists, and without a condition."""
    aimed, operation = case.derive(), case.operation.definition.raw["operationId"]
    aimed.path_parameters = {name: world.names.get(name, value) for name, value in case.path_parameters.items()}
    if operation == "delete_team":  # none that has a design system
        aimed.path_parameters["team_id"] = world.empty_team["id"]
    if number % 3 != 1:  # the first is the documented example
        aimed.headers.pop("If-Match", None)
        aimed.body = world.named(case.body)
        stated = aimed.body if isinstance(aimed.body, dict) else {}  # query and body must not say different things
        aimed.query = {name: value for name, value in world.named(case.query).items() if name not in stated}
        if operation == "register":  # every address that is known has an account already
            stated["email"] = f"new{world.next()}@example.org"
        if operation in ("review_proposal", "merge_proposal") and "commit" in stated:
            stated["commit"] = world.proposed_commit()
        if stated.get("token"):
            stated["token"] = world.token_for(operation) or stated["token"]
    return aimed


def _send(world: World, case: Case, headers: Headers) -> Response:
    answer: Response = case.call(
        base_url=world.service.url, session=world.service.session, headers=headers, allow_redirects=False
    )
    return answer


def _failures(case: Case, answer: Response, headers: Headers, checks: list[CheckFunction]) -> Iterator[str]:
    try:
        case.validate_response(answer, checks=checks, headers=headers)
    except FailureGroup as group:
        yield from (_told(each) for each in group.exceptions)
    if answer.status_code >= 400:
        if answer.headers.get("content-type") != ["application/problem+json"]:
            yield f"{answer.status_code} is no problem+json: {answer.content[:200]!r}"
        elif answer.json()["status"] != answer.status_code:
            yield f"the problem says another status than {answer.status_code}"


def _told(failure: BaseException) -> str:
    return f"{failure.title}: {failure.message}" if isinstance(failure, Failure) else repr(failure)
