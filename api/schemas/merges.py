"""Merges, their conflicts and how those are settled, on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.branches import BranchName
from api.schemas.common import Answer, Body, ConflictItem, ProblemItem
from api.schemas.history import NEW, OLD
from designsystem.merge import ABSENT
from designsystem.merging import answers
from designsystem.merging.conflict import MergeConflict, Side
from services.merges import MOST_RESOLUTIONS
from services.tree_merges import clash_of

CONFLICT: JsonDict = {
    "id": "5a1c0e9b7d3f2468",
    "resource": "token",
    "kind": "changed",
    "path": "color.brand.red",
    "field": "$value",
    "file": "tokens/color.tokens.json",
    "base": 1,
    "ours": 2,
    "theirs": 3,
}
CommitId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class Resolution(Body):
    """How one conflict is settled. It names the conflict by `id`, or by `path` and, where that has several, `field`;
    and says whose state to `take`, or gives a `value` to stand instead of all three."""

    model_config = ConfigDict(json_schema_extra={"example": {"id": "5a1c0e9b7d3f2468", "take": "theirs"}})

    id: str | None = Field(None, min_length=1, max_length=64, description="The conflict's id.")
    path: str | None = Field(
        None, min_length=1, max_length=4096, description="Its path. Without `field`: everything that is open there."
    )
    field: str | None = Field(None, max_length=4096, description="What of it the two disagree about.")
    file: str | None = Field(None, max_length=4096, description="The file, where the path is in conflict in several.")
    take: Side | None = Field(None, description="Whose state stands.")
    value: Any = Field(
        None,
        description="What stands instead: a property's value, a token with its `$value`, a file's or some lines' text, "
        "a path. null: nothing does.",
    )

    def settled(self) -> answers.Resolution:
        """As the merge takes it."""
        value = self.value if "value" in self.model_fields_set else ABSENT
        return answers.Resolution(
            id=self.id or "", path=self.path or "", field=self.field, file=self.file or "", take=self.take, value=value
        )


Resolutions = Annotated[
    list[Resolution],
    Field(max_length=MOST_RESOLUTIONS, description="Settles conflicts that an earlier answer told."),
]


class MergeRequest(Body):
    """What to merge the branch into."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "into": "main",
                "message": "Warmer reds",
                "resolutions": [{"path": "color.brand.red", "field": "$value", "take": "theirs"}],
            }
        }
    )

    into: BranchName = Field(description="The branch that takes the changes.", examples=["main"])
    message: str | None = Field(
        None, min_length=1, max_length=10_000, description="Asks for a commit of its own, even where none is needed."
    )
    resolutions: Resolutions = Field([])
    expected: CommitId | None = Field(None, description="Where `into` stood when the caller looked; else 412.")
    expected_source: CommitId | None = Field(None, description="Where the branch stood when the caller looked.")
    dry_run: bool = Field(False, description="Tell what there is to settle, and move nothing.")


class Merge(Answer):
    """What became of a merge, or of a trial of one."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "commit": NEW,
                "into": "main",
                "fast_forward": False,
                "already_merged": False,
                "source_commit": OLD,
                "conflicts": [],
                "problems": [],
            }
        }
    )

    commit: str | None = Field(description="Where `into` stands now; null for an empty design system's trial.")
    into: str
    fast_forward: bool = Field(description="Whether `into` moved to the branch's own commit.")
    already_merged: bool = Field(description="Whether there was nothing to merge.")
    source_commit: str = Field(description="The commit that was merged.")
    conflicts: list[ConflictItem] = Field([], description="Of a trial: what is to be settled first.")
    problems: list[ProblemItem] = Field([], description="Of a trial: what the merged whole would break.")


def conflict_item(conflict: MergeConflict) -> ConflictItem:
    """A conflict as an answer."""
    clash = clash_of(conflict)
    return ConflictItem(
        subject=clash.subject,
        path=clash.subject,
        field=clash.field,
        base=clash.base,
        ours=clash.ours,
        theirs=clash.theirs,
        id=clash.id,
        resource=clash.resource,
        kind=clash.kind,
        file=clash.file,
    )
