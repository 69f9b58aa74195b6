"""A PKCE pair, made without the code under test."""

from __future__ import annotations

import base64
import hashlib
import secrets


def pair_of_challenge() -> tuple[str, str]:
    """Verifier and S256 challenge."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
