"""Speaks to a service over its REST API: one connection, the user's credential, refusals as readable errors."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cli import servers
from cli.credentials import Credentials, Session
from cli.errors import CommandFailed
from cli.servers import SystemName

if TYPE_CHECKING:
    import httpx

_SECONDS = 60.0
_SECONDS_TO_CONNECT = 10.0
_FRESH_SECONDS = 30.0
_UNAUTHENTICATED = 401


class Refused(CommandFailed):
    """The service answered with a problem; ``lines`` hold each fault with its place."""

    def __init__(self, status: int, message: str, lines: list[str]) -> None:
        super().__init__(message, lines)
        self.status = status


class Client:
    """The API of one server, used by one thread; its methods raise CommandFailed and Refused."""

    def __init__(self, server: str, token: str | None, credentials: Credentials, http: httpx.Client) -> None:
        self.server = server
        self._token = token
        self._credentials = credentials
        self._http = http

    def get(self, path: str, /, **query: Any) -> Any:
        """The JSON behind a GET; query members that are None are left out."""
        return self._json(self.request("GET", path, params=_given(query)))

    def post(self, path: str, **body: Any) -> Any:
        """The JSON that a POST answers with; body members that are None are left out."""
        return self._json(self.request("POST", path, json=_given(body)))

    def delete(self, path: str) -> None:
        """A DELETE."""
        self.request("DELETE", path)

    def items(self, path: str, /, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, **query, limit=100, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def find_system(self, wanted: SystemName | UUID) -> dict[str, Any]:
        """The design system of that id or name; raises CommandFailed where the user can see none."""
        if isinstance(wanted, UUID):
            found: dict[str, Any] = self.get(f"/api/design-systems/{wanted}")
            return found
        for system in self.items("/api/design-systems", q=wanted.system):
            if SystemName.of(system) == wanted:
                return system
        hint = "" if self.bearer() else f"; {self._not_signed_in()}"
        raise CommandFailed(f"there is no design system {wanted} at {self.server}, or you may not see it{hint}")

    def bearer(self, lasting: float = _FRESH_SECONDS) -> str | None:
        """A token that is good for so many seconds, renewed where it is not; None where nobody is signed in."""
        if self._token is not None:
            return self._token
        session = self._credentials.session(self.server)
        if session is None or session.lasts(lasting):
            return session.access_token if session else None
        return self._renewed(lasting)

    def require_bearer(self, lasting: float = _FRESH_SECONDS) -> str:
        """Like ``bearer``; raises CommandFailed where nobody is signed in."""
        token = self.bearer(lasting)
        if token is None:
            raise CommandFailed(self._not_signed_in())
        return token

    def _not_signed_in(self) -> str:
        if os.environ.get("XDS_TOKEN"):
            return f"XDS_TOKEN is sent to the server in XDS_SERVER only; set XDS_SERVER={self.server}"
        return f"you are not signed in at {self.server}; run: xds login --server {self.server}"

    def sign_in(self, email: str, password: str) -> Any:
        """A new pair of tokens."""
        return self._json(self._send("POST", "/api/auth/login", {}, json={"email": email, "password": password}))

    def post_openly(self, path: str, **body: Any) -> Any:
        """Like ``post`` but without the user's credential: for who cannot sign in, or is to be asked as nobody."""
        return self._json(self._send("POST", path, {}, json=_given(body)))

    def sign_out(self, refresh_token: str) -> None:
        """End the sign-in that a refresh token belongs to."""
        self._send("POST", "/api/auth/logout", {}, json={"refresh_token": refresh_token})

    def _refresh(self, refresh_token: str) -> Any:
        return self._json(self._send("POST", "/api/auth/refresh", {}, json={"refresh_token": refresh_token}))

    def _renewed(self, lasting: float) -> str | None:
        with self._credentials.locked():
            session = self._credentials.session(self.server)  # another command may have renewed it meanwhile
            if session is None or session.lasts(lasting):
                return session.access_token if session else None
            try:
                pair = self._refresh(session.refresh_token)
            except Refused as error:
                if error.status != _UNAUTHENTICATED:
                    raise
                self._credentials.forget(self.server)
                ended = f"your sign-in at {self.server} has ended; run: xds login --server {self.server}"
                raise CommandFailed(ended) from error
            session = Session.of(session.email, pair)
            self._credentials.keep(self.server, session)
            return session.access_token

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """One call with the user's credential; raises for every answer that is no success."""
        token = self.bearer()
        credential = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return self._send(method, path, {**(headers or {}), **credential}, **more)
        except Refused as error:
            if error.status != _UNAUTHENTICATED:
                raise
            message = f"{self.server} refuses your credential: {error}" if token else self._not_signed_in()
            raise CommandFailed(message, error.lines) from error

    def _send(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        import httpx

        try:
            response = self._http.request(method, self.server + path, headers=headers, **more)
        except httpx.TimeoutException as error:
            raise CommandFailed(f"{self.server} does not answer") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CommandFailed(f"cannot reach {self.server}: {_reason(error)}") from error
        if not response.is_success:
            raise refusal(response)
        return response

    def _json(self, response: httpx.Response) -> Any:
        try:
            return response.json() if response.content else None
        except ValueError as error:
            raise CommandFailed(f"{self.server} answers, but not as a design system service does") from error


@contextmanager
def connected(server: str, given: str | None = None) -> Iterator[Client]:
    """A client of a server; ``given`` is what the user named as server, which XDS_TOKEN belongs to."""
    import httpx

    token = servers.token_from_environment(server, given)
    timeout = httpx.Timeout(_SECONDS, connect=_SECONDS_TO_CONNECT)
    with httpx.Client(timeout=timeout, headers={"User-Agent": "xds"}) as http:
        yield Client(server, token, Credentials(), http)


def refusal(response: httpx.Response) -> Refused:
    """What an answer that is no success says, for people: problem+json (RFC 9457), or the bare status."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "title" not in body:
        return Refused(response.status_code, f"{response.url} answered {response.status_code}", [])
    message = str(body.get("detail") or body["title"])
    problems = [problem for problem in body.get("problems") or [] if isinstance(problem, dict)]
    conflicts = [conflict for conflict in body.get("conflicts") or [] if isinstance(conflict, dict)]
    lines = [line_of(problem) for problem in problems] + [clash_of(conflict) for conflict in conflicts]
    if len(problems) == 1 and message in (problems[0].get("message"), *lines):
        lines = []  # the same words twice help nobody
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{response.url} answered {response.status_code}: {message} (request {body.get('request_id')})"
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "retry-after" in response.headers:
        wait = f"Try again in {response.headers['retry-after']} s."
        message += "" if wait in message else f" {wait}"
    return Refused(response.status_code, message, lines)


def line_of(problem: Mapping[str, Any]) -> str:
    """One fault of a problem+json answer: ``file:line:column subject: message``, or the member of the request."""
    place = str(problem.get("path") or "")
    if place and problem.get("line"):
        place += f":{problem['line']}:{problem.get('column', 0)}"
    head = " ".join(filter(None, (place or str(problem.get("pointer") or ""), str(problem.get("subject") or ""))))
    return f"{head}: {problem.get('message', '')}" if head else str(problem.get("message", ""))


def clash_of(conflict: Mapping[str, Any]) -> str:
    """One conflict of a 409 answer: of a write, of two branches, or with a version that is published."""
    what = " ".join(filter(None, (str(conflict.get("subject", "")), str(conflict.get("field", "")))))
    standing = conflict.get("ours")
    if isinstance(standing, dict) and {"version", "commit"} <= standing.keys():
        return f"{standing['version']} stands at {str(standing['commit'])[:12]}"
    base, ours, theirs = _sides([conflict.get(side) for side in ("base", "ours", "theirs")])
    if "id" in conflict:
        return f"{what}: ours {ours}, theirs {theirs}, base {base}"
    return f"{what}: stands as {ours}, you asked for {theirs}"


def _sides(values: Sequence[Any]) -> list[str]:
    """What each side holds, short and on one line."""
    from designsystem.compare.words import told_apart

    return told_apart(*("nothing" if value is None else value for value in values))


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _reason(error: Exception) -> str:
    """The words of the system below httpx, which are the clearest."""
    text = str(error) or type(error).__name__
    return text.partition("] ")[2] or text
