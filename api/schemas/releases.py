"""Publications and releases on the wire."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body, Timestamp
from designsystem.versions import MAX_VERSION
from services.publishing import Bump
from services.releases import MAX_REASON
from services.releasing import MAX_NOTE

OLD_TOKEN: JsonDict = {
    "kind": "token-removed",
    "subject": "color.brand.red",
    "severity": "major",
    "type": "color",
    "before": "#d00000",
    "after": None,
    "text": "color.brand.red: removed",
}
RELEASE: JsonDict = {
    "version": "2.0.0",
    "tag": "v2.0.0",
    "commit": "9b2e4c6a8d0f1a3b5c7d9e0f2a4b6c8d0e1f3a5b",
    "message": "The new brand",
    "prerelease": False,
    "source": "service",
    "allowed_as": None,
    "tagger_name": "Ada Lovelace",
    "tagger_email": "ada@example.org",
    "published_by": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "published_at": "2026-11-22T10:30:00Z",
    "yanked": False,
    "yanked_at": None,
    "yanked_by": None,
    "yank_reason": None,
}
ARTIFACT: JsonDict = {
    "name": "tokens.css",
    "media_type": "text/css",
    "size": 1834,
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "url": "/api/design-systems/0b0e3a52-3b0c-4b58-9d5a-3d2a5e7f1c11/releases/2.0.0/artifacts/tokens.css",
}
SECTION: JsonDict = {"title": "Breaking changes", "changes": [OLD_TOKEN], "left_out": 0}
DETAIL: JsonDict = {
    **RELEASE,
    "previous": "1.4.2",
    "bump": "major",
    "reasons": ["color.brand.red: removed"],
    "breaking": [OLD_TOKEN],
    "changelog": "## 2.0.0 - 2026-11-22\n\n### Breaking changes\n\n- `color.brand.red` removed\n",
    "sections": [SECTION],
    "artifacts": [ARTIFACT],
}
PREVIEW: JsonDict = {
    name: DETAIL[name]
    for name in ("version", "commit", "allowed_as", "previous", "bump", "reasons", "breaking", "changelog", "sections")
}


class ChangelogSection(Answer):
    """The changes under one heading; `left_out` says how many more there are than are listed."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": SECTION})

    title: str
    changes: list[dict[str, Any]]
    left_out: int


class Publish(Body):
    """What to publish, and as which version: one that is named, or the one that `bump` comes to."""

    model_config = ConfigDict(json_schema_extra={"example": {"version": "2.0.0", "message": "The new brand"}})

    version: str | None = Field(
        None, max_length=MAX_VERSION, description="Semantic Versioning 2.0.0, without a `v`; above all that there are."
    )
    bump: Bump | None = Field(
        None, description="What to raise. `auto`, which holds where neither is named, looks at what changed."
    )
    message: str = Field("", max_length=MAX_NOTE, description="A note for the changelog, as Markdown.")
    ref: str | None = Field(None, max_length=300, description="The default branch; no other is published.")
    allow_breaking_as: Literal["minor", "patch"] | None = Field(
        None, description="Let changes that break somebody pass as smaller ones. The release says so."
    )
    expected: str | None = Field(
        None, max_length=64, description="The default branch's commit that you have looked at; 409 where it is another."
    )
    dry_run: bool = Field(False, description="Only say what it would come to, with 200.")


class PublicationPreview(Answer):
    """What publishing would come to; nothing was changed."""

    model_config = ConfigDict(json_schema_extra={"example": PREVIEW})

    version: str = Field(description="The version that it would be.")
    commit: str = Field(description="The default branch's commit that was looked at: send it as `expected`.")
    allowed_as: str | None = Field(description="As what its breaking changes would pass.")
    previous: str | None = Field(description="The version since which changes are told; null for a first one.")
    bump: str | None = Field(description="What the changes ask of the version; null where nothing asks.")
    reasons: list[str]
    breaking: list[dict[str, Any]]
    changelog: str = Field(description="Markdown.")
    sections: list[ChangelogSection]


class Yank(Body):
    """Why a version is withdrawn."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "Buttons are unreadable in the dark theme"}})

    reason: str = Field(min_length=1, max_length=MAX_REASON)


class Release(Answer):
    """A published version."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": RELEASE})

    version: str
    tag: str = Field(description="The annotated tag's name.")
    commit: str
    message: str = Field(description="The publisher's note.")
    prerelease: bool
    source: Literal["service", "git"] = Field(description="Whether it was published here, or by a tag made with git.")
    allowed_as: str | None = Field(description="As what its breaking changes were allowed to pass.")
    tagger_name: str
    tagger_email: str
    published_by: UUID | None
    published_at: Timestamp
    yanked: bool = Field(description="Whether it was withdrawn; nobody is to take it any more.")
    yanked_at: Timestamp | None
    yanked_by: UUID | None
    yank_reason: str | None


class Artifact(Answer):
    """A file of a release; it never changes."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": ARTIFACT})

    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str
    url: str


class ReleaseDetail(Release):
    """A published version with what it tells and ships."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": DETAIL})

    previous: str | None = Field(
        None, description="The version since which the changes are told; null for a first one."
    )
    bump: str | None = Field(
        None, description="What the changes ask of the version; null where nothing asks for anything."
    )
    reasons: list[str] = Field([], description="A sentence for each change that asks for so much.")
    breaking: list[dict[str, Any]] = Field([], description="The changes that break somebody.")
    changelog: str = Field("", description="Markdown.")
    sections: list[ChangelogSection] = Field([], description="The same for programs.")
    artifacts: list[Artifact] = Field(
        [], description="Empty in the answer to a publication that would have had to wait too long for them."
    )
