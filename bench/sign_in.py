"""Measures what it costs to be somebody: a credential beside none on the same read, and a login beside bare argon2."""

from __future__ import annotations

from argon2 import PasswordHasher

from bench import roundtrips
from bench.bench import Bench
from bench.connection import Connection, expect
from bench.result import Result, Row
from bench.rounds import Samples, Timed, added, interleave, timed

PASSWORD = "a quiet harbour at seven"
METHOD = """`GET /api/design-systems/{id}` of a public design system, on three keep-alive connections to the same
running service: without a credential (the peer), with an access token, with an API key. What is read is the same; the
difference is the credential's: signature or key, and that account, sign-in and key still stand."""
LOGIN = """`POST /api/auth/login` on a keep-alive connection: e-mail address and password become a row for the sign-in,
one for its refresh token, one for the audit log, and an access token. The peer is argon2id alone, with the same
parameters, in the bench's own process."""


def measure(bench: Bench) -> Result:
    """One public read by three callers."""
    service = bench.service
    made = service.create_system("Open")
    path = f"/api/design-systems/{made['id']}"
    expect(service.connect().request("PUT", path, body={"visibility": "public"}), 200)
    credentials = {"anonymous": "", "token": service.token, "key": service.key}
    connections = {name: service.connect(credential=credential) for name, credential in credentials.items()}
    taken = interleave({name: get(found, path) for name, found in connections.items()}, bench.plan.sign_in)
    headers = {name: {"Authorization": f"Bearer {text}"} if text else {} for name, text in credentials.items()}
    trips = roundtrips.count(service, path, headers)
    return Result(
        name="sign-in",
        title="A read with a credential",
        ours="signed in",
        peer="anonymous",
        method=METHOD,
        rows=(
            Row("public read with an access token", taken["token"], taken["anonymous"]),
            Row("public read with an API key", taken["key"], taken["anonymous"]),
        ),
        notes=(_cost(taken), _asked(trips)),
    )


def _cost(taken: dict[str, Samples]) -> str:
    token, key = (milliseconds(taken[name], taken["anonymous"]) for name in ("token", "key"))
    return f"An access token adds {token}, an API key {key} (median over rounds, quartiles)."


def _asked(trips: dict[str, int]) -> str:
    with_credential = f"{trips['token']} with the token, {trips['key']} with the key"
    return f"Round trips to PostgreSQL: {trips['anonymous']} anonymous, {with_credential}."


def measure_login(bench: Bench) -> Result:
    """A whole login beside the work that nobody can save."""
    account = {"email": "login@example.org", "password": PASSWORD}
    connection = bench.service.connect(credential="")
    expect(connection.request("POST", "/api/auth/register", body={**account, "name": "Login"}), 201)
    hasher = PasswordHasher()
    stored = hasher.hash(PASSWORD)
    raw = connection.build("POST", "/api/auth/login", body=account)
    taken = interleave(
        {
            "login": timed(lambda: expect(connection.send(raw), 200)),
            "argon2": timed(lambda: hasher.verify(stored, PASSWORD)),
        },
        bench.plan.login,
    )
    connection.close()
    return Result(
        name="login",
        title="Login",
        ours="REST POST",
        peer="bare argon2 verify",
        method=LOGIN,
        rows=(Row("login", taken["login"], taken["argon2"]),),
        notes=(f"A login adds {milliseconds(taken['login'], taken['argon2'])} to it (median over rounds, quartiles).",),
    )


def get(connection: Connection, path: str) -> Timed:
    """A read that must be answered whole."""
    raw = connection.build("GET", path)
    return timed(lambda: expect(connection.send(raw), 200))


def milliseconds(ours: Samples, peer: Samples) -> str:
    """What one adds to the other."""
    more = added(ours, peer)
    return f"{more.median * 1000:.2f} ms ({more.low * 1000:.2f} – {more.high * 1000:.2f})"
