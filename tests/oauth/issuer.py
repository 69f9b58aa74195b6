"""An OpenID Connect issuer on a real socket, which can be told to lie in every way that matters."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "xds at the tests", "s3cret & more/of it"
ADA = {"sub": "ada-1", "email": "ada@example.org", "email_verified": True, "name": "Ada Lovelace"}

Claims = dict[str, Any]


@cache  # making one takes a while
def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def signed(issuer: LyingIssuer, claims: Claims) -> str:
    """An honest signature."""
    return jwt.encode({"alg": "RS256", "kid": issuer.key.kid}, claims, issuer.key)


@dataclass
class LyingIssuer:
    """Honest unless told otherwise."""

    url: str = ""
    person: Claims = field(default_factory=lambda: dict(ADA))
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    shown: list[RSAKey] = field(default_factory=list)
    claimed: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[LyingIssuer, Claims], str] = signed
    metadata: Claims = field(default_factory=dict)
    says_iss: str | None = "own"
    refuses: str | None = None
    in_userinfo: bool = False
    userinfo_sub: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks", self.jwks),
                Route("/me", self.userinfo),
            ]
        )

    async def describe(self, _: Request) -> Response:
        self.asked.append("discovery")
        described = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/me",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(described | self.metadata)

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT_ID and "openid" in asked["scope"].split()
        answer = {"state": asked["state"]}
        if self.says_iss is not None:
            answer["iss"] = self.url if self.says_iss == "own" else self.says_iss
        if self.refuses:
            answer["error"] = self.refuses
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        pair = [unquote_plus(part) for part in base64.b64decode(encoded).decode().split(":")]
        if scheme != "Basic" or pair != [CLIENT_ID, CLIENT_SECRET]:
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked)})

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        person = {"sub": self.person["sub"]} if self.in_userinfo else self.person
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **person}
        return self.sign(self, self.claimed(claims))

    async def jwks(self, _: Request) -> Response:
        self.asked.append("jwks")
        return JSONResponse(KeySet(self.shown or [self.key]).as_dict())

    async def userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer at"
        return JSONResponse(self.person | {"sub": self.userinfo_sub or self.person["sub"]})


@contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """The application on a port of this machine; its URL."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def tell(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = tell  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def issuing() -> Iterator[LyingIssuer]:
    """An issuer that answers."""
    issuer = LyingIssuer()
    with listening(issuer.app()) as issuer.url:
        yield issuer
