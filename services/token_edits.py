"""Edits of tokens on a draft: found by id, merged with what came between, written in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from designsystem.jsontext.values import equal
from designsystem.merge import ABSENT, merge_fields
from designsystem.tokens import edit, renames
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.ids import id_of, ids
from designsystem.tokens.replacement import announcing
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token
from services.drafts import Draft
from services.errors import Clash, Conflict, InvalidInput, NotFound, Stale

FIELDS = ("value", "type", "description", "deprecated", "extensions")


@dataclass(frozen=True, slots=True)
class Target:
    """The token that an edit is about: its id, where it was last seen, and the commit its writer saw it at."""

    id: UUID
    hint: str | None = None
    seen: str | None = None


def locate(system_id: UUID, tokens: TokenSet, target: Target) -> Token | None:
    """The token with that id; the hint spares deriving every token's id."""
    if target.hint is not None and id_of(system_id, tokens, target.hint) == target.id:
        return tokens.get(target.hint)
    path = ids(system_id, tokens).get(target.id)
    return tokens.get(path) if path is not None else None


def create(draft: Draft, path: str, fields: Mapping[str, Any], file: str | None) -> str:
    """Add a token at ``path``, beside its siblings unless a file is named; returns the path."""
    add_all(draft, place_for(draft, path, fields, file), {path: fields})
    return path


def update(draft: Draft, target: Target, fields: Mapping[str, Any]) -> str:
    """Set fields of a token; where its writer saw an older state, both sides' changes are kept or Conflict raised."""
    token, changed = differing(draft, target, fields)
    set_all(draft, token.file, {token.path: changed})
    return token.path


def delete(draft: Draft, target: Target) -> str:
    """Remove a token, from every file that declares it; Conflict where it changed since its writer saw it."""
    token = removable(draft, target)
    for declared in draft.tokens.declarations(token.path):
        delete_all(draft, declared.file, [declared.path])
    return token.path


def place_for(draft: Draft, path: str, fields: Mapping[str, Any], file: str | None) -> str:
    """The file that a new token goes into; Conflict where its path is taken."""
    standing = draft.tokens.get(path)
    if standing is not None:
        clash = Clash(path, "", None, fields_of(standing), dict(fields))
        raise Conflict(f"There is a token {path} already, in {standing.file}.", [clash], commit=draft.head)
    return _file_for(draft, path, file)


def differing(draft: Draft, target: Target, fields: Mapping[str, Any]) -> tuple[Token, dict[str, Any]]:
    """The token to update, and what of it will differ once its writer's changes and those of others are merged."""
    token = _found(draft, target, fields)
    wanted, current = _merged(draft, target, token, fields), fields_of(token)
    return token, {name: value for name, value in wanted.items() if not equal(current.get(name), value)}


def removable(draft: Draft, target: Target) -> Token:
    """The token to delete; Conflict where it changed since its writer saw it."""
    token = _found(draft, target, None)
    base = _base(draft, target)
    if base is not None and not equal(fields_of(base), fields_of(token)):
        clash = Clash(token.path, "", fields_of(base), fields_of(token), None, str(target.id))
        raise Conflict(f"{token.path} has changed since you read it.", [clash], commit=draft.head)
    return token


def add_all(draft: Draft, file: str, tokens: Mapping[str, Mapping[str, Any]]) -> None:
    """Write new tokens, by path, into one file, which is made where there is none."""
    with _edit_errors():
        first, *others = tokens
        if draft.document(file) is None:
            draft.put(file, edit.add_token(None, first, tokens[first]))
            tokens = {path: tokens[path] for path in others}
        if tokens:
            draft.put(file, edit.add_tokens(_document(draft, file), tokens))


def set_all(draft: Draft, file: str, tokens: Mapping[str, Mapping[str, Any]]) -> None:
    """Set fields of tokens, by path, in the one file that declares them."""
    wanted = {path: fields for path, fields in tokens.items() if fields}
    if not wanted:
        return
    with _edit_errors():
        draft.put(file, edit.set_tokens(_document(draft, file), wanted))
        cleared = [path for path, fields in wanted.items() if fields.get("deprecated", ...) is None]
        # what a group says of its tokens ends only where the token itself denies it
        denied = {path: {"deprecated": False} for path in cleared if draft.tokens.tokens[path].deprecated}
        if denied:
            draft.put(file, edit.set_tokens(_document(draft, file), denied))


def delete_all(draft: Draft, file: str, paths: Iterable[str]) -> None:
    """Remove tokens from one file."""
    with _edit_errors():
        draft.put(file, edit.delete_tokens(_document(draft, file), paths))


def rename(draft: Draft, target: Target, path: str, *, keep_alias: bool) -> str:
    """Move a token to another path in every file that declares it: its id stays, every alias to it follows.

    Returns the new path. Conflict where the path is taken, or where the token was renamed since its writer saw it.
    """
    token = _found(draft, target, None)
    if path == token.path:
        return path
    base = _base(draft, target)
    if base is not None and base.path != token.path:
        clash = Clash(token.path, "path", base.path, token.path, path, str(target.id))
        raise Conflict(f"{base.path} was renamed since you read it.", [clash], commit=draft.head)
    standing = draft.tokens.get(path)
    if standing is not None:
        clash = Clash(path, "", None, fields_of(standing), fields_of(token), str(target.id))
        raise Conflict(f"There is a token {path} already, in {standing.file}.", [clash], commit=draft.head)
    dependents = draft.tokens.dependents(token.path)
    referrers = {declared.file for name in dependents for declared in draft.tokens.declarations(name)}
    referrers |= {name for name, held in draft.tokens.documents.items() if announcing(held, (token.path,))}
    with _edit_errors():
        for declared in draft.tokens.declarations(token.path):
            kept = keep_alias and declared is token
            document = _document(draft, declared.file)
            draft.put(declared.file, renames.rename_token(document, token.path, path, id=target.id, keep_alias=kept))
        for file in sorted(referrers):
            referring = draft.document(file)
            if referring is not None:
                draft.put(file, renames.rewrite_aliases(referring, {token.path: path}))
    return path


def fields_of(token: Token) -> dict[str, Any]:
    """What of a token can be edited, as plain values; absent ones are None."""
    return {name: dict(token.extensions) if name == "extensions" else getattr(token, name) for name in FIELDS}


def _found(draft: Draft, target: Target, wanted: Mapping[str, Any] | None) -> Token:
    token = locate(draft.system_id, draft.tokens, target)
    if token is not None:
        return token
    base = _seen_token(draft, target)
    if base is None:
        raise NotFound("There is no such token.")
    clash = Clash(base.path, "", fields_of(base), None, dict(wanted) if wanted is not None else None, str(target.id))
    raise Conflict(f"{base.path} was deleted since you read it.", [clash], commit=draft.head)


def _base(draft: Draft, target: Target) -> Token | None:
    """What an edit of a token that stands is based on: None where its writer did not say, Stale where it cannot be."""
    base = _seen_token(draft, target)
    if base is None and target.seen not in (None, draft.head):
        raise Stale("If-Match names a state in which there was no such token.")
    return base


def _seen_token(draft: Draft, target: Target) -> Token | None:
    """The token as its writer saw it; None where the writer did not say, or saw none."""
    if target.seen is None or target.seen == draft.head:
        return None
    snapshot = draft.snapshot_at(target.seen)
    if snapshot is None:
        raise Stale("If-Match names no commit of this design system.")
    return locate(draft.system_id, snapshot.tokens, target)


def _merged(draft: Draft, target: Target, token: Token, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    base = _base(draft, target)
    if base is None:
        return fields
    before, ours = fields_of(base), fields_of(token)
    merge = merge_fields(before, ours, {**before, **fields})
    if merge.clean:
        return merge.result
    clashes = [
        Clash(token.path, found.field, shown(found.base), shown(found.ours), shown(found.theirs), str(target.id))
        for found in merge.conflicts
    ]
    raise Conflict(f"{token.path} has changed since you read it.", clashes, commit=draft.head)


def shown(value: Any) -> Any:
    """One side of a conflict as an answer tells it: what is absent is null."""
    return None if value is ABSENT else value


def _document(draft: Draft, file: str) -> TokenDocument:
    document = draft.document(file)
    if document is None:
        raise NotFound(f"There is no token file {file}.")
    return document


def _file_for(draft: Draft, path: str, file: str | None) -> str:
    """The file named, else the one that holds the deepest group of the path, else a new one for the category."""
    manifest = draft.snapshot.manifest
    if file is not None:
        if not manifest.is_token_file(file):
            globs = ", ".join(manifest.tokens)
            raise InvalidInput.of("file", "not-a-token-file", f"{file} is not among the token files ({globs}).")
        if not draft.tokens.takes(file):
            message = f"{file} is not in the default permutation of {manifest.resolver}; change it with git."
            raise InvalidInput.of("file", "not-a-default-file", message)
        return file
    documents = draft.tokens.documents
    segments = path.split(".")
    for depth in range(len(segments) - 1, 0, -1):
        group = ".".join(segments[:depth])
        holder = next((name for name, document in documents.items() if group in document.groups), None)
        if holder is not None:
            return holder
    category = segments[0]
    for candidate in (*_fresh_files(manifest.tokens, category), *documents):
        if manifest.is_token_file(candidate) and draft.tokens.takes(candidate):
            return candidate
    raise InvalidInput.of("file", "file-needed", "Name the token file that this token goes into.")


def _fresh_files(globs: tuple[str, ...], category: str) -> Iterator[str]:
    """Names for a new token file, from the globs' fixed beginnings."""
    safe = "".join(char if char.isalnum() or char in "-_" else "-" for char in category) or "tokens"
    for glob in globs:
        prefix = glob.partition("*")[0].rpartition("/")[0]
        for suffix in (".tokens.json", ".json", ".tokens"):
            yield f"{prefix}/{safe}{suffix}" if prefix else f"{safe}{suffix}"


@contextmanager
def _edit_errors() -> Iterator[None]:
    """What the editor refuses, as invalid input."""
    try:
        yield
    except edit.EditError as error:
        raise InvalidInput.of("", "cannot-edit", str(error)) from error
