"""Measures clone, no-op fetch and push with the stock git client against nginx and git http-backend."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import nginx
from bench.bench import Bench, System
from bench.generated import token_file
from bench.result import Result, Row
from bench.rounds import Samples, Timed, interleave, timed

SAME_DURABILITY = {"core.fsync": "committed,reference", "core.fsyncMethod": "fsync"}
METHOD = """The stock git client, each call a whole `git` process over HTTP with Basic authentication (as git does
it: 401 first), against the same content on both sides: {size} components, {files} files, {tokens} tokens. A push is
one commit that changes one token. The service judges what is pushed, mirrors it to PostgreSQL and logs it before it
answers; the peer stores it. Stock git syncs no loose objects: "same fsync" is the peer with
`core.fsync=committed,reference`, as the service runs git. Automatic gc is off on both sides."""


def measure(bench: Bench) -> Result:
    """Three kinds of request; what the peer could not be measured at stands in the notes."""
    system = bench.load("Wire", bench.plan.wire_size)
    with _urls(bench, system) as urls:
        clone = interleave(_each(urls, lambda name, url: _clone(bench, name, url)), bench.plan.clone)
        fetch = interleave(_each(urls, lambda name, url: _fetch(bench, name, url)), bench.plan.fetch)
        push = interleave(_each(urls, lambda name, url: _push(bench, name, url)), bench.plan.push)
    method = METHOD.replace("{size}", f"{bench.plan.wire_size:,}").replace("{tokens}", str(bench.plan.tokens))
    absent = nginx.missing()
    return Result(
        name="git",
        title="Git over HTTP",
        ours="xds",
        peer="nginx + git http-backend",
        method=method.replace("{files}", f"{bench.plan.wire_size * 3 + 5:,}"),
        rows=(
            _row("clone", clone),
            _row("no-op fetch", fetch),
            _row("push of one commit", push),
            _row("push of one commit, same fsync", push, "durable"),
        ),
        notes=(f"The peer was not measured, {absent}",) if absent else (),
    )


@contextmanager
def _urls(bench: Bench, system: System) -> Iterator[dict[str, str]]:
    """What is cloned from: the service and, where it is installed, the peer, twice."""
    ours = {"xds": bench.service.git_url(system.record)}
    if nginx.missing():
        yield ours
        return
    with nginx.running(bench.git) as peer:
        stock = peer.add(bench.git, system.source, "stock")
        durable = peer.add(bench.git, system.source, "durable", SAME_DURABILITY)
        yield {**ours, "stock": stock, "durable": durable}


def _row(what: str, taken: dict[str, Samples], peer: str = "stock") -> Row:
    return Row(what, taken["xds"], taken.get(peer))


def _each(urls: dict[str, str], build: Callable[[str, str], Timed]) -> dict[str, Timed]:
    return {name: build(name, url) for name, url in urls.items()}


def _clone(bench: Bench, name: str, url: str) -> Timed:
    """Bare, so that writing a work tree, the same everywhere, does not hide the difference."""
    target = bench.folder / f"clone-{name}"
    run = timed(lambda: bench.git.run("clone", "--quiet", "--bare", url, target))

    def clone() -> float:
        shutil.rmtree(target, ignore_errors=True)
        return run()

    return clone


def _fetch(bench: Bench, name: str, url: str) -> Timed:
    work = _work_tree(bench, f"fetch-{name}", url)
    return timed(lambda: bench.git.run("fetch", "--quiet", cwd=work))


def _push(bench: Bench, name: str, url: str) -> Timed:
    work = _work_tree(bench, f"push-{name}", url)
    run = timed(lambda: bench.git.run("push", "--quiet", "origin", "main", cwd=work))
    turns = itertools.count(1)
    file = work / token_file(0)

    def push() -> float:
        text = file.read_text(encoding="utf-8")
        number = f"{next(turns) / 10_000:.4f}"
        file.write_text(re.sub(r"(\[\s*)[\d.]+", rf"\g<1>{number}", text, count=1), encoding="utf-8")
        bench.git.run("commit", "--quiet", "--all", "--message", f"turn {number}", cwd=work)
        return run()

    return push


def _work_tree(bench: Bench, name: str, url: str) -> Path:
    work = bench.folder / name
    bench.git.run("clone", "--quiet", url, work)
    for setting in ("gc.auto=0", "maintenance.auto=false"):
        key, _, value = setting.partition("=")
        bench.git.run("config", key, value, cwd=work)
    return work
