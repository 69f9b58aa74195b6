"""What an alias that leads nowhere was probably meant to be: cheap and bounded, however many tokens there are."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches

from designsystem.tokens.token import Token

_MAX_SUGGESTIONS = 20
_MAX_CANDIDATES = 200
_CUTOFF = 0.6


class Suggester:
    """Suggests existing paths; after a score of suggestions it keeps quiet, as one mistake then explains many."""

    def __init__(self, tokens: Mapping[str, Token]) -> None:
        self._tokens = tokens
        self._left = _MAX_SUGGESTIONS

    def missing(self, path: str, is_group: bool) -> str:
        """The end of the sentence ``alias {path} …``."""
        if is_group:
            return "is a group, not a token; refer to one of the tokens in it"
        nearest = self.nearest(path)
        hint = f"did you mean {{{nearest}}}?" if nearest else "add the token or refer to another"
        return f"does not exist; {hint}"

    def nearest(self, path: str) -> str | None:
        """The existing path most like this one."""
        trimmed = path.strip().removesuffix(".$value").removesuffix(".value")
        if trimmed in self._tokens:
            return trimmed
        if self._left <= 0 or len(path) > 200:
            return None
        self._left -= 1
        close = get_close_matches(path, self._candidates(path), 1, _CUTOFF)
        return close[0] if close else None

    def _candidates(self, path: str) -> list[str]:
        """Neighbours in the same group first, then tokens of the same name elsewhere, then of about the same length."""
        group, _, name = path.rpartition(".")
        inside, ending = f"{group}.", f".{name}"
        siblings: list[str] = []
        namesakes: list[str] = []
        others: list[str] = []
        matcher = SequenceMatcher(None, "", path)
        for known in self._tokens:
            if group and known.startswith(inside):
                siblings.append(known)
            elif known.endswith(ending):
                namesakes.append(known)
            elif abs(len(known) - len(path)) <= 2 and known[:1] == path[:1] and len(others) < _MAX_CANDIDATES:
                matcher.set_seq1(known)
                if matcher.real_quick_ratio() >= _CUTOFF and matcher.quick_ratio() >= 0.8:
                    others.append(known)
        return [*siblings[:_MAX_CANDIDATES], *namesakes[:_MAX_CANDIDATES], *others]
