"""Where people may be sent after a sign-in: to pages of origins that the operator named, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from services.errors import InvalidInput
from services.oauth.providers import OAuthSettings, origin_of

MOST_CHARACTERS = 2000

# What browsers read differently than urlsplit: white space, controls, backslashes and characters outside of ASCII.
_ODD = re.compile(r"[^\x21-\x7e]|\\")
_OURS = frozenset({"code", "error"})


def check_return(settings: OAuthSettings, url: str) -> str:
    """The URL itself, where its origin is one of those exactly; raises InvalidInput."""
    if len(url) <= MOST_CHARACTERS and not _ODD.search(url) and "#" not in url:
        origin = origin_of(url)
        if origin is not None and origin in settings.return_origins:
            return url
    message = "People are sent only to pages of this service, of its user interface, and of allowed origins."
    raise InvalidInput.of("query/redirect_to", "bad-redirect", message)


def with_answer(url: str, members: Mapping[str, str]) -> str:
    """The URL with ``code`` or ``error`` in its query, in place of any that was there."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _OURS]
    return urlunsplit(parts._replace(query=urlencode([*kept, *members.items()])))
