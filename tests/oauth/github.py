"""GitHub's shape on a real socket: its two OAuth endpoints, /user and /user/emails."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.oauth.issuer import CLIENT_ID, CLIENT_SECRET, listening

TOKEN = "gho_of_the_tests"


def _octocat() -> dict[str, Any]:
    return {"id": 583231, "login": "octocat", "name": "The Octocat", "email": None}


def _emails() -> list[dict[str, Any]]:
    return [
        {"email": "old@example.org", "primary": False, "verified": True},
        {"email": "octocat@example.org", "primary": True, "verified": True},
    ]


@dataclass
class GitHub:
    """Who is signed in there, and what it says of them."""

    url: str = ""
    user: Any = field(default_factory=_octocat)
    emails: Any = field(default_factory=_emails)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/login/oauth/authorize", self.authorize),
                Route("/login/oauth/access_token", self.token, methods=["POST"]),
                Route("/api/v3/user", self.show_user),
                Route("/api/v3/user/emails", self.show_emails),
            ]
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = secrets.token_hex(10)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        if form["client_id"] != CLIENT_ID or form["client_secret"] != CLIENT_SECRET:
            return JSONResponse({"error": "incorrect_client_credentials"})
        asked = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return JSONResponse({"error": "bad_verification_code"})  # with 200, as GitHub does
        assert request.headers["accept"] == "application/json"
        return JSONResponse({"access_token": TOKEN, "scope": "read:user,user:email", "token_type": "bearer"})

    async def show_user(self, request: Request) -> Response:
        return self._shown(request, self.user)

    async def show_emails(self, request: Request) -> Response:
        return self._shown(request, self.emails)

    def _shown(self, request: Request, document: Any) -> Response:
        known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return JSONResponse(document if known else {"message": "Bad credentials"}, 200 if known else 401)


@contextmanager
def github_site() -> Iterator[GitHub]:
    """A site that answers."""
    site = GitHub()
    with listening(site.app()) as site.url:
        yield site
