"""Measures what counting costs: the same read from a process that limits callers and from one that does not."""

from __future__ import annotations

from bench.bench import Bench
from bench.connection import expect
from bench.result import Result, Row
from bench.rounds import interleave
from bench.service import beside
from bench.sign_in import get, milliseconds

OFTEN = "100000/second"
METHOD = """`GET /api/design-systems/{id}` of a public design system from two web processes over the same databases, one
with `XDS_RATE_LIMITS` on and limits that nobody reaches (`100000/second`), the peer with it off; each caller on
keep-alive connections."""


def measure(bench: Bench) -> Result:
    """Signed in and anonymous, with and without limits."""
    service = bench.service
    made = service.create_system("Limited")
    path = f"/api/design-systems/{made['id']}"
    expect(service.connect().request("PUT", path, body={"visibility": "public"}), 200)
    rates = {"rate_limit_requests": OFTEN, "rate_limit_anonymous": OFTEN}
    with (
        beside(service, "limits-on", rate_limits="true", **rates) as on,
        beside(service, "limits-off", rate_limits="false") as off,
    ):
        contestants = {
            (who, which): get(service.connect(url, credential), path)
            for who, credential in (("signed in", service.token), ("anonymous", ""))
            for which, url in (("on", on), ("off", off))
        }
        taken = interleave({f"{who}, {which}": timed for (who, which), timed in contestants.items()}, bench.plan.limits)
    rows = tuple(
        Row(f"public read, {who}", taken[f"{who}, on"], taken[f"{who}, off"]) for who in ("signed in", "anonymous")
    )
    more = "; ".join(f"{row.what}: {milliseconds(row.ours, row.peer)}" for row in rows if row.peer is not None)
    return Result(
        name="limits",
        title="Rate limits",
        ours="rate limits on",
        peer="rate limits off",
        method=METHOD,
        rows=rows,
        notes=(f"Counting adds, as median over rounds with quartiles: {more}.",),
    )
