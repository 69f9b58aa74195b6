"""Reads annotated tags: who made them, when, of what and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pygit2
from pygit2.enums import ObjectType

from gitstore import trees
from gitstore.commits import person_in, text_in
from gitstore.errors import ObjectMissing, UnknownRevision
from gitstore.identity import Person
from gitstore.objects import read_object

_FIELD = re.compile(rb"^(tag|tagger|encoding) (.*)$", re.MULTILINE)
_SIGNED = re.compile(r"^-----BEGIN ((?:PGP|SSH) (?:SIGNATURE|MESSAGE))-----$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TagInfo:
    """An annotated tag as it stands in git.

    ``name`` is what the object calls itself, ``commit`` what it leads to (None: something that is no commit);
    ``message`` is without its signature.
    """

    oid: str
    name: str
    commit: str | None
    tagger: Person
    tagged_at: datetime
    message: str


def read_tag(repo: pygit2.Repository, oid: str) -> TagInfo | None:
    """An annotated tag by its object's id; None for an object of another kind, as a lightweight tag stands at."""
    try:
        raw = read_object(repo, oid, ObjectType.TAG)
    except ObjectMissing:
        return None
    head, _, body = raw.partition(b"\n\n")
    fields = dict(reversed(_FIELD.findall(head)))
    encoding = fields.get(b"encoding", b"utf-8").decode("ascii", "replace").strip()
    tagger, tagged_at = person_in(fields.get(b"tagger", b""), encoding)
    message = text_in(body, encoding)
    return TagInfo(
        oid=oid,
        name=text_in(fields.get(b"tag", b""), encoding),
        commit=_commit_of(repo, oid),
        tagger=tagger,
        tagged_at=tagged_at,
        message=_unsigned(message).strip("\n"),
    )


def _unsigned(message: str) -> str:
    """A message without the signature that ends it; a line like its first one in the midst of the text is text."""
    begun = list(_SIGNED.finditer(message))
    if begun and message.rstrip().endswith(f"\n-----END {begun[-1][1]}-----"):
        return message[: begun[-1].start()]
    return message


def _commit_of(repo: pygit2.Repository, oid: str) -> str | None:
    try:
        return trees.resolve(repo, oid)
    except UnknownRevision:
        return None
