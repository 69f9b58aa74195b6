"""Logs: one form for every process, and no credential in any line, whoever wrote it and however it got there."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "…"
SHORTEST = 8
"""Secrets of the settings below this length are not searched for: they would be found everywhere."""

_NAMES = (
    r"(?!status_code|exit_code)(?:[a-z]+_)*(?:token|code|state|nonce|verifier|secret|password|api_?key|secret_key|"
    r"challenge|assertion|signature)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # what our credentials look like, wherever they stand: API keys and invitations, JWTs, what the vault sealed, and
    # what secrets.token_urlsafe(32) makes (refresh tokens, codes)
    (re.compile(r"\b(xds|xdi)_[A-Za-z0-9_-]{8,}"), r"\1_" + HIDDEN),
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{43}(?![\w-])"), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), HIDDEN),
    (re.compile(r"\bgAAAA[A-Za-z0-9_=-]{16,}"), HIDDEN),
    # RFC 9110 §11.4, as text or as the pairs of bytes that HTTP libraries log
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization['\"]?\s*[:,=]\s*b?['\"]?)[^\s'\",)]+(?:\s+[^\s'\",)]+)?"),
        r"\1" + HIDDEN,
    ),
    (re.compile(r"(?i)\b((?:set-)?cookie['\"]?\s*[:,=]\s*b?['\"]?)[^'\"\r\n)]+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(Basic|Bearer)\s+[A-Za-z0-9+/=_.~-]{8,}"), r"\1 " + HIDDEN),
    # RFC 3986 §3.2.1
    (re.compile(r"(://[^\s/:@]*):[^\s/@]+@"), r"\1:" + HIDDEN + "@"),
    # members of JSON and of representations, then parameters of queries and forms
    (re.compile(rf"(?i)(['\"](?:{_NAMES})['\"]\s*:\s*)(?:'[^']*'|\"(?:[^\"\\]|\\.)*\")"), r"\1" + f'"{HIDDEN}"'),
    (re.compile(rf"(?i)\b({_NAMES})=(?!\s)(?:'[^']*'|\"[^\"]*\"|[^\s&;,'\")]+)"), r"\1=" + HIDDEN),
)


class Redactor(logging.Formatter):
    """Formats a record, traceback included, and hides what looks like a credential or is one of ``secrets``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__(FORMAT)
        found = sorted({re.escape(secret) for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
        self._secrets = re.compile("|".join(found)) if found else None

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, as they are written."""
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """The text without credentials; what only looks like one goes too."""
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def configure(level: str, secrets: Iterable[str] = ()) -> None:
    """Let this process log to standard error from that level on; for the composition roots."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redactor(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
