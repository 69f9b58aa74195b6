"""Who calls in the generated tests, and what exists for them to find: made over REST, and made anew once it is gone."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from typing import Any

import requests
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import create_app
from index import users
from services import accounts, one_time_tokens
from services.passwords import Passwords
from services.policy import SYSTEM
from settings import Settings

PASSWORD = "correct-horse-battery"
NUMBERS = count(1)

Headers = dict[str, str]


@dataclass
class Served:
    """The application on a socket of its own thread."""

    app: FastAPI
    portal: BlockingPortal
    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, headers: Headers, body: object = None) -> requests.Response:
        return self.session.request(
            method, self.url + path, headers=headers, json=body, timeout=10, allow_redirects=False
        )

    def make(self, path: str, headers: Headers, body: object) -> dict[str, Any]:
        """What a POST that must succeed answers."""
        answer = self.ask("POST", path, headers, body)
        assert answer.ok, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    def sign_in(self, email: str) -> dict[str, Any]:
        return self.make("/api/auth/login", {}, {"email": email, "password": PASSWORD})

    def register(self, name: str, *, is_admin: bool = False) -> str:
        """A new account's e-mail address."""
        email = f"{name}{next(NUMBERS)}@example.org"

        async def register() -> None:
            await accounts.register(
                self.app.state.context, email=email, password=PASSWORD, name=name, actor=SYSTEM, is_admin=is_admin
            )

        self.portal.call(register)
        return email

    def account(self, name: str) -> dict[str, Any]:
        """Somebody who just registered."""
        signed_in = {"Authorization": f"Bearer {self.sign_in(self.register(name))['access_token']}"}
        found: dict[str, Any] = self.ask("GET", "/api/auth/me", signed_in).json()
        return found

    def one_time_token(self, purpose: one_time_tokens.Purpose) -> str:
        """A token as it is mailed, to somebody who just registered."""
        email, context = self.register("forgetful"), self.app.state.context

        async def issue() -> str:
            async with context.engine.begin() as db:
                user = await users.by_email(db, email)
                assert user is not None
                return await one_time_tokens.issue(context, db, user, purpose, mailed=True)

        return self.portal.call(issue)


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """The application on the real servers, with argon2 at its cheapest; its loop runs in a thread of its own."""
    app = create_app(settings)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        app.state.context = replace(app.state.context, passwords=cheap)
        # asyncio turns Nagle's algorithm off only for sockets that say that they are TCP's: 40 ms for every answer
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        running = portal.start_task_soon(server.serve, [listener])
        found = Served(app, portal, f"http://127.0.0.1:{listener.getsockname()[1]}")
        found.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # each call stands alone
        try:
            yield found
        finally:
            found.session.close()
            server.should_exit = True
            running.result(timeout=20)


class World:
    """Four callers, a team and a system with content, and for every path parameter something that it may name."""

    def __init__(self, service: Served, document: dict[str, Any]) -> None:
        self.service = service
        self.document = document
        self.lost = {"everything"}

    def mend(self) -> None:
        """Make anew what calls took away: everything where a caller went, or what all else lies in."""
        if self.lost & {"everything", "team_id", "system_id", "user_id"}:
            self._people()
            self._content()
            self.names = self._names()
            self.standing = self._standing()
        elif not self.lost:
            return
        for name in self.lost - {"team_id", "system_id", "user_id"}:
            self.names.pop(name, None)
        self.lost.clear()
        self.names.setdefault("name", self._branch("release"))
        self._introduce(self.colleague)
        for path in self.document["paths"]:
            self._fill(path)
        self._introduce(self.friend)  # calls name somebody to whom nothing was given yet

    def look(self, method: str, path: str) -> None:
        """After a call that was accepted: is everything that the next one relies on still there?"""
        if method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return
        if self._standing() != self.standing:
            self.lost.add("everything")
        elif method == "DELETE":
            self.lost.update(re.findall(r"\{(\w+)\}$", path))
        elif method == "PATCH" and path.endswith("/branches/{name}"):
            self.lost.add("name")  # it is called otherwise now
        if path.endswith("/tokens/batch"):  # it deletes and renames too
            self.lost.add("token_id")

    def named(self, value: Any) -> Any:
        """The same with what exists in the place of ids, addresses and the like, however deep they lie."""
        if isinstance(value, list):
            return [self.named(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: each if each is None else self.known(name) or self.named(each) for name, each in value.items()}

    def known(self, name: str) -> Any:
        """What a query or body member of this name may say to name something that exists; None where nothing does."""
        if name == "source":  # good for one proposal
            return self._ahead()
        if name == "refresh_token":  # good for one use
            return self.service.sign_in(self.colleague["email"])["refresh_token"]
        return self.names.get("token_id") if name == "id" else self.members.get(name)

    def _introduce(self, somebody: dict[str, Any]) -> None:
        self.members |= {"user_id": somebody["id"], "email": somebody["email"]}

    def next(self) -> int:
        """A number that nothing has in its name yet."""
        return next(NUMBERS)

    def token_for(self, operation: str) -> str | None:
        """A token that this operation takes, good for one use; None where it takes none that could be had here."""
        if operation == "accept_invitation":
            admin, wanted = self.callers["admin"], {"email": self.viewer, "role": "viewer"}
            team = self.service.make("/api/teams", admin, {"name": f"Inviting {next(NUMBERS)}"})
            return str(self.service.make(f"/api/teams/{team['id']}/invitations", admin, wanted)["token"])
        purposes = {"reset_password": one_time_tokens.RESET, "verify_email": one_time_tokens.VERIFICATION}
        return self.service.one_time_token(purposes[operation]) if operation in purposes else None

    def proposed_commit(self) -> str:
        """Where the source of the proposal stands."""
        path = f"/api/design-systems/{self.system['id']}/proposals/{self.names['number']}"
        return str(self.service.ask("GET", path, self.callers["admin"]).json()["source_commit"])

    def _names(self) -> dict[str, str]:
        viewer = self.service.ask("GET", "/api/auth/me", self.callers["viewer"]).json()
        self.members = {
            "team_id": self.team["id"],
            "design_system_id": self.system["id"],
            "key_id": self.key["id"],
            "password": PASSWORD,
            "current_password": PASSWORD,
            "new_password": "a quiet harbour at seven",
            "ref": "main",
            "branch": "main",
        }
        mine = {"team_id": self.team["id"], "system_id": self.system["id"], "user_id": viewer["id"]}
        return {
            **mine,
            "branch": "main",
            "provider": "github",
            "version_number": "1",
            "version": "0.1.0",
            "artifact": "tokens.css",
        }

    def _standing(self) -> object:
        """Whether the credentials are good, and for which roles."""
        answers = (self.service.ask("GET", "/api/auth/me", headers) for headers in self.callers.values())
        return [answer.ok and self._role(answer.json()["teams"]) for answer in answers]

    def _role(self, teams: list[dict[str, Any]]) -> str | None:
        return next((str(team["role"]) for team in teams if team["id"] == self.team["id"]), None)

    def _people(self) -> None:
        service = self.service
        admin, viewer = service.register("admin", is_admin=True), service.register("viewer")
        self.viewer = viewer
        self.callers: dict[str, Headers] = {"anonymous": {}}
        bearers = {"viewer": service.sign_in(viewer), "admin": service.sign_in(admin)}
        headers = {name: {"Authorization": f"Bearer {pair['access_token']}"} for name, pair in bearers.items()}
        key = service.make("/api/api-keys", headers["admin"], {"name": "CI", "scopes": ["read"]})
        self.callers["read key"] = {"Authorization": f"Bearer {key['key']}"}
        self.callers |= headers
        self.key = key
        self.colleague, self.friend = service.account("colleague"), service.account("friend")
        self.team = service.make("/api/teams", headers["admin"], {"name": f"Team {next(NUMBERS)}"})
        self.empty_team = service.make("/api/teams", headers["admin"], {"name": f"Empty {next(NUMBERS)}"})
        service.make(f"/api/teams/{self.team['id']}/members", headers["admin"], {"email": viewer, "role": "viewer"})

    def _content(self) -> None:
        service, admin = self.service, self.callers["admin"]
        wanted = {"team_id": self.team["id"], "name": "System", "visibility": "public", "init": True}
        self.system = service.make("/api/design-systems", admin, wanted)
        path = f"/api/design-systems/{self.system['id']}"
        value = {"colorSpace": "srgb", "components": [0, 0, 1]}
        service.make(f"{path}/tokens", admin, {"category": "color", "name": "a", "type": "color", "value": value})
        service.make(f"{path}/components", admin, {"name": "Card", "code": "export {}"})
        service.make(f"{path}/publish", admin, {"version": "0.1.0"})
        rule = {"push": {"role": "admin"}, "allow_delete": True}
        answer = service.ask("PUT", f"{path}/branches/release/protection", admin, rule)
        assert answer.ok, answer.text

    def _branch(self, name: str) -> str:
        """A branch that is there, made where it is not."""
        path = f"/api/design-systems/{self.system['id']}/branches"
        answer = self.service.ask("POST", path, self.callers["admin"], {"name": name})
        assert answer.ok or answer.status_code == 409, answer.text
        return name

    def _ahead(self) -> str:
        """A branch with a commit that the default one has not."""
        name, path = self._branch(f"ahead{next(NUMBERS)}"), f"/api/design-systems/{self.system['id']}/components"
        self.service.make(path, self.callers["admin"], {"name": name.title(), "branch": name})
        return name

    def _fill(self, path: str) -> None:
        """For ``…/things/{thing_id}``: a thing made after the documented example, or the first that is listed."""
        found = re.fullmatch(r"(/api/.+)/\{(\w+)\}", path)
        if found is None or found[2] in self.names or not set(re.findall(r"\{(\w+)\}", found[1])) <= self.names.keys():
            return
        collection, methods = found[1].format_map(self.names), self.document["paths"].get(found[1], {})
        made = self._made(collection, self._example(methods["post"]), found[2]) if "post" in methods else None
        identifier = made or self._listed(collection)
        if identifier is not None:
            self.names[found[2]] = identifier

    def _made(self, collection: str, example: Any, parameter: str) -> str | None:
        answer = self.service.ask("POST", collection, self.callers["admin"], self.named(example))
        made = answer.json() if answer.ok else {}
        return str(made.get(parameter) or made["id"]) if made else None

    def _listed(self, collection: str) -> str | None:
        answer = self.service.ask("GET", collection, self.callers["admin"])
        items = answer.json().get("items", []) if answer.ok else []
        return str(items[0]["id"]) if items and "id" in items[0] else None

    def _example(self, operation: dict[str, Any]) -> Any:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        return self.document["components"]["schemas"].get(name, {}).get("example")
