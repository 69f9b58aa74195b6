"""Writes trees and commits without a work tree, and reads commits back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pygit2
from pygit2.enums import ObjectType

from gitstore.errors import ObjectMissing
from gitstore.identity import Person
from gitstore.objects import read_object, write_object
from gitstore.treewriter import BlobRef, Edit, write_tree

_HEADER = re.compile(rb"^(tree|parent|author|committer|encoding) (.*)$", re.MULTILINE)
_SIGNATURE = re.compile(rb"^(.*?) ?<([^>]*)>(?: +(-?\d+)(?: +([+-]\d{4}))?)?", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit as it stands in git; times are in UTC, ``message`` keeps its final newline."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    author_time: datetime
    committer: Person
    committed_at: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip().partition("\n")[0]


def write_commit(
    repo: pygit2.Repository,
    *,
    tree: str,
    parents: list[str] | tuple[str, ...],
    author: Person,
    committer: Person,
    message: str,
    when: datetime | None = None,
) -> str:
    """Write a commit object and return its id; no reference moves. ``when`` defaults to now."""
    moment = when or datetime.now(UTC)
    _check_linked(repo, tree, parents)
    head = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    head += [f"author {_line(_signature(author, moment))}", f"committer {_line(_signature(committer, moment))}"]
    text = "\n".join(head) + "\n\n" + _clean_message(message)
    return write_object(repo, ObjectType.COMMIT, text.encode("utf-8", "replace"))


def _check_linked(repo: pygit2.Repository, tree: str, parents: list[str] | tuple[str, ...]) -> None:
    try:
        kinds = [repo.odb.read_header(oid)[0] for oid in (tree, *parents)]
    except (KeyError, ValueError) as error:
        raise ObjectMissing("the tree or a parent of a new commit is not there") from error
    if kinds != [ObjectType.TREE, *(ObjectType.COMMIT for _ in parents)]:
        raise ObjectMissing("a new commit needs a tree, and commits for its parents")


def write_tag(
    repo: pygit2.Repository, *, name: str, target: str, tagger: Person, message: str, when: datetime | None = None
) -> str:
    """Write an annotated tag object for a commit and return its id; no reference moves (``refs.move`` does that)."""
    sign = _signature(tagger, when or datetime.now(UTC))
    if repo.odb.read_header(target)[0] != ObjectType.COMMIT:
        raise ObjectMissing(f"{target} is not a commit")
    head = f"object {target}\ntype commit\ntag {name}\ntagger {_line(sign)}\n\n"
    return write_object(repo, ObjectType.TAG, (head + _clean_message(message)).encode("utf-8", "replace"))


def read_commit(repo: pygit2.Repository, oid: str) -> CommitInfo:
    """A commit by id. Reads what any git ever wrote: odd encodings and broken signature lines do not stop it."""
    return _parse(oid, read_object(repo, oid, ObjectType.COMMIT))


def parents_of(repo: pygit2.Repository, oid: str) -> tuple[str, ...]:
    """The parents of a commit, cheaper than reading all of it."""
    return read_commit(repo, oid).parents


def _parse(oid: str, raw: bytes) -> CommitInfo:
    head, _, body = raw.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for key, value in _HEADER.findall(head):
        fields.setdefault(key, []).append(value)
    encoding = fields.get(b"encoding", [b"utf-8"])[0].decode("ascii", "replace").strip()
    author, author_time = person_in(fields.get(b"author", [b""])[0], encoding)
    committer, committed_at = person_in(fields.get(b"committer", [b""])[0], encoding)
    return CommitInfo(
        oid=oid,
        tree=fields[b"tree"][0].decode("ascii"),
        parents=tuple(value.decode("ascii") for value in fields.get(b"parent", ())),
        author=author,
        author_time=author_time,
        committer=committer,
        committed_at=committed_at,
        message=text_in(body, encoding),
    )


def person_in(line: bytes, encoding: str) -> tuple[Person, datetime]:
    """Who stands in a signature line of an object, and when; what is broken is read as far as it goes."""
    match = _SIGNATURE.match(line)
    if match is None:
        return Person(text_in(line, encoding), ""), _EPOCH
    return Person(text_in(match[1], encoding), text_in(match[2], encoding)), _moment(int(match[3] or 0))


def _moment(seconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return _EPOCH  # git stores any number; a year past 9999 is a broken clock, not a date


def text_in(raw: bytes, encoding: str) -> str:
    """Text of an object, whatever it claims to be encoded in."""
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return raw.decode("utf-8", "replace")


def _signature(person: Person, when: datetime) -> pygit2.Signature:
    name, email = person.as_signature()
    offset = (when.utcoffset() or timedelta()) if when.tzinfo else timedelta()
    moment = when if when.tzinfo else when.replace(tzinfo=timezone(offset))
    return pygit2.Signature(name, email, int(moment.timestamp()), int(offset.total_seconds() // 60), "utf-8")


def _line(sign: pygit2.Signature) -> str:
    """A person and a time as they stand in an object."""
    offset = f"{'-' if sign.offset < 0 else '+'}{abs(sign.offset) // 60:02d}{abs(sign.offset) % 60:02d}"
    return f"{sign.name} <{sign.email}> {sign.time} {offset}"


def _clean_message(message: str) -> str:
    text = message.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return text.strip("\n").rstrip() + "\n"


__all__ = [
    "BlobRef",
    "CommitInfo",
    "Edit",
    "Person",
    "parents_of",
    "read_commit",
    "write_commit",
    "write_tag",
    "write_tree",
]
