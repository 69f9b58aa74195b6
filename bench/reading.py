"""Measures a list of 100 tokens over REST against the same bytes served statically by the same stack."""

from __future__ import annotations

from bench import static_app
from bench.bench import Bench
from bench.connection import Connection, expect
from bench.result import Result, Row
from bench.rounds import Timed, interleave, timed

LIMIT = 100
METHOD = """`GET …/tokens?limit=100` with a JWT on a keep-alive connection, without and with `If-None-Match`. The
peer is a bare ASGI application under the same uvicorn and httptools, in a process of its own, that answers the very
same {size} bytes (or 304) from memory: no routing, sign-in, permission, SQL or JSON."""


def measure(bench: Bench) -> Result:
    """Whole and conditional reads take turns on both sides."""
    system = bench.load("Reading", bench.plan.sizes[0])
    connection = bench.service.connect()
    path = f"{system.path}/tokens?limit={LIMIT}"
    answer = expect(connection.request("GET", path), 200)
    etag = answer.headers["etag"]
    with static_app.running(bench.folder, answer.body, etag) as url:
        static = Connection(url, {"Authorization": f"Bearer {bench.service.token}"})
        taken = interleave(
            {
                "ours": _get(connection, path, 200),
                "static": _get(static, path, 200),
                "ours current": _get(connection, path, 304, etag),
                "static current": _get(static, path, 304, etag),
            },
            bench.plan.reading,
        )
        static.close()
    connection.close()
    return Result(
        name="list",
        title="List of 100 tokens",
        ours="REST GET",
        peer="static bytes",
        method=METHOD.replace("{size}", f"{len(answer.body):,}"),
        rows=(
            Row("list of 100 tokens, 200", taken["ours"], taken["static"]),
            Row("list of 100 tokens, 304", taken["ours current"], taken["static current"]),
        ),
    )


def _get(connection: Connection, path: str, status: int, etag: str | None = None) -> Timed:
    raw = connection.build("GET", path, headers={"If-None-Match": etag} if etag else {})

    def get() -> None:
        expect(connection.send(raw), status)

    return timed(get)
