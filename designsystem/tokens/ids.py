"""Token ids that last: explicit where a token was renamed, otherwise derived from system and path (DESIGN §4)."""

from __future__ import annotations

from uuid import UUID, uuid5

from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token


def token_id(system_id: UUID, token: Token) -> UUID:
    """The id of a token seen on its own; within a set :func:`id_of` also knows whether that id is taken."""
    return token.explicit_id or default_id(system_id, token.path)


def default_id(system_id: UUID, path: str) -> UUID:
    """The id of a token that carries none."""
    return uuid5(system_id, f"token:{path}")


def ids(system_id: UUID, token_set: TokenSet) -> dict[UUID, str]:
    """Every token's path by its id; worked out once per set. Do not change the answer."""
    known = token_set.ids_memo.get(system_id)
    if known is None:
        known = _derive(system_id, token_set)
        token_set.ids_memo[system_id] = known
    return known


def id_of(system_id: UUID, token_set: TokenSet, path: str) -> UUID | None:
    """The id of the token at a path; None where there is none."""
    token = token_set.get(path)
    if token is None:
        return None
    explicit = token_set.explicit_ids
    if token.explicit_id is not None and explicit.get(token.explicit_id) == path:
        return token.explicit_id
    default = _default(system_id, token_set, path)
    return uuid5(system_id, f"token:{path}#2") if default in explicit else default


def _derive(system_id: UUID, token_set: TokenSet) -> dict[UUID, str]:
    explicit = token_set.explicit_ids
    if not explicit:
        return {_default(system_id, token_set, path): path for path in token_set.tokens}
    derived = ((id_of(system_id, token_set, path), path) for path in token_set.tokens)
    return {identifier: path for identifier, path in derived if identifier is not None}


def _default(system_id: UUID, token_set: TokenSet, path: str) -> UUID:
    """Default ids are remembered across the sets that replace one another: hashing 10,000 paths is not free."""
    memo = token_set.default_ids
    key = (system_id, path)
    identifier = memo.get(key)
    if identifier is None:
        identifier = default_id(system_id, path)
        memo[key] = identifier
    return identifier
