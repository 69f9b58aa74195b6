"""Branch protections: who may push where."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.schemas.protections import BranchProtection, BranchProtections, ProtectionWrite
from services import protections
from services.protection import Protection

router = APIRouter(prefix="/api/design-systems/{system_id}", tags=["branches"])

Name = Annotated[
    str,
    Path(
        min_length=1,
        max_length=256,
        description="A branch, or a glob of branches such as `release/*` or `**`.",
        examples=["release/*"],
    ),
]


@router.get("/protections", operation_id="list_branch_protections", responses=responses(401, 403, 404, 422))
async def list_protections(system_id: UUID, context: CurrentContext, actor: CurrentActor) -> BranchProtections:
    """Every rule, by pattern."""
    found = await protections.list_protections(context, actor, system_id)
    return BranchProtections(items=[shape(rule) for rule in found])


@router.get(
    "/branches/{name:path}/protection",
    operation_id="get_branch_protection",
    responses=responses(401, 403, 404, 422),
)
async def get_protection(system_id: UUID, name: Name, context: CurrentContext, actor: CurrentActor) -> BranchProtection:
    """The rule with that pattern, or the one in force for the branch of that name."""
    return shape(await protections.get_protection(context, actor, system_id, name))


@router.put(
    "/branches/{name:path}/protection",
    operation_id="set_branch_protection",
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def set_protection(
    system_id: UUID, name: Name, body: ProtectionWrite, context: CurrentContext, actor: CurrentActor
) -> BranchProtection:
    """Protect a branch, or all that a glob names; the rule is replaced as a whole."""
    return shape(await protections.set_protection(context, actor, system_id, body.rule(name)))


@router.delete(
    "/branches/{name:path}/protection",
    operation_id="remove_branch_protection",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 422),
)
async def remove_protection(system_id: UUID, name: Name, context: CurrentContext, actor: CurrentActor) -> None:
    """Remove the rule with that very pattern."""
    await protections.remove_protection(context, actor, system_id, name)


def shape(rule: Protection) -> BranchProtection:
    """A rule as an answer."""
    return BranchProtection.model_validate(rule.as_kept())
