"""Measures a token edit over REST against the least that an edit can be."""

from __future__ import annotations

from bench.bench import Bench
from bench.generated import token_file, token_path
from bench.rawpeer import RawPeer
from bench.result import Result, Row
from bench.rounds import interleave, timed

METHOD = """`PUT …/tokens/{id}` with a JWT on one keep-alive connection to the running service, a system of {size}
components and {tokens} tokens. The peer is one Python process with a warm repository of the same content: pygit2
reads the blob, exchanges a few bytes, writes blob, two trees and commit (`enable_fsync_gitdir`), moves the
reference, then `BEGIN; INSERT; COMMIT` over asyncpg to the same PostgreSQL. It has no HTTP, sign-in, permission,
validation, merge, mirror, log or broadcast."""


def measure(bench: Bench) -> Result:
    """One edit at a time, acknowledged when it is on disk, on both sides."""
    system = bench.load("Edit", bench.plan.wire_size)
    bare = bench.folder / "raw.git"
    bench.git.run("clone", "--quiet", "--bare", system.source, bare)
    connection = bench.service.connect()
    with RawPeer(bare, bench.service.database_url, file=token_file(0), path=token_path(0)) as raw:
        taken = interleave(
            {
                "rest": bench.token_edit(system, connection),
                "raw": timed(raw.edit),
                "git": timed(raw.commit),
                "sql": timed(raw.record),
            },
            bench.plan.edit,
        )
    connection.close()
    halves = f"{taken['git'].median * 1000:.2f} ms git, {taken['sql'].median * 1000:.2f} ms SQL"
    return Result(
        name="edit",
        title="Token edit",
        ours="REST PUT",
        peer="raw pygit2 + SQL",
        method=METHOD.replace("{size}", f"{bench.plan.wire_size:,}").replace("{tokens}", str(bench.plan.tokens)),
        rows=(Row("token edit", taken["rest"], taken["raw"]),),
        notes=(f"The halves of the peer, measured alone in the same rounds: {halves}.",),
    )
