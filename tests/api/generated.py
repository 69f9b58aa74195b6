"""What schemathesis makes of the OpenAPI document: every operation, and for each the same cases in every run."""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks

SEED = 20261122
BOUNDS = 32
"""Most cases from the bounds of an operation's schemas: of more, every second, third … is taken."""
DRAWN = 4
"""Random cases of each kind for each operation."""

ANSWERS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
REFUSALS = [checks.negative_data_rejection, checks.missing_required_header]
METHODS = [checks.unsupported_method, checks.allow_header_conformance]


def load(document: dict[str, Any]) -> BaseSchema:
    """The document as schemathesis reads it."""
    config = schemathesis.Config.from_dict(
        # who calls is ours to say; what has no name in the document, nobody promised to refuse
        {"seed": SEED, "generation": {"with-security-parameters": False, "deterministic": True}}
    )
    return schemathesis.openapi.from_dict(document, config=config)


def operations(schema: BaseSchema) -> list[APIOperation]:
    """Every operation; one that schemathesis cannot read raises."""
    return [found.ok() for found in schema.get_all_operations()]


def cases(operation: APIOperation) -> list[schemathesis.Case]:
    """The boundaries of every schema, inside and outside, and some random ones inside and outside."""
    schema = operation.schema
    bounds = schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation_for(operation=operation, phase="coverage"),
    )
    return [
        *_thinned(list(bounds)),
        *_drawn(operation, GenerationMode.POSITIVE),
        *_drawn(operation, GenerationMode.NEGATIVE),
    ]


def checks_of(operation: APIOperation, *, valid: bool) -> list[CheckFunction]:
    """What is judged. ``…/tokens/export`` is ``…/tokens/{token_id}`` too, which takes methods that it does not list."""
    shadowed = any(_matches(path, operation.path) for path in operation.schema if path != operation.path)
    return [*ANSWERS, *([] if shadowed else METHODS), *([] if valid else REFUSALS)]


def _matches(template: str, path: str) -> bool:
    pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template))
    return re.fullmatch(pattern, path) is not None


def _thinned(found: list[schemathesis.Case]) -> list[schemathesis.Case]:
    step = -(-len(found) // BOUNDS) or 1
    return found[::step]


def is_valid(case: schemathesis.Case) -> bool:
    """Whether the document promises to understand it."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _drawn(operation: APIOperation, mode: GenerationMode) -> list[schemathesis.Case]:
    """Drawn first and sent later: hypothesis would send again what failed, to a service that is not the same then."""
    drawn: list[schemathesis.Case] = []

    def keep(case: schemathesis.Case) -> None:
        drawn.append(case)

    run = settings(
        max_examples=DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(case=operation.as_strategy(mode))(keep))
    try:
        run()
    except Unsatisfiable:  # it takes no input, so none is wrong
        assert mode is GenerationMode.NEGATIVE, operation.label
    return drawn
