"""Measures what reading a history costs as it grows: a page should cost what is in it."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any
from urllib.parse import quote

from bench.bench import Bench, System
from bench.connection import Connection, expect
from bench.generated import component_name, create_history, token_path
from bench.result import Result, Row
from bench.rounds import Timed, interleave, timed

SMALL = 50
FAR = 50
PAGE = 20
PATIENCE = 120.0
"""Seconds that the service has for its maintenance after a large push."""
MAINTAINED = 10_000
"""Commits from which on it is sure to be asked for: a small push needs none."""
CHAIN = "objects/info/commit-graphs/commit-graph-chain"
METHOD = """A history of {commits} commits with {branches} branches, and one of 50 commits with 50 branches, each loaded
by one `git push`; one commit changes a token, the next one a component. Pages of 20 with a JWT on one keep-alive
connection. *After a cursor* is a page from the middle of the history. A *near* branch begins at one of the newest 20
commits of main, a *far* one anywhere in the history; the peer of either is a page of near ones. How far branches have
gone is remembered until main moves: *after a commit* it just has. A blame looks at 2,000 commits at most. The service
maintains the repository by itself after the push (commit-graph with path filters); the measurement waits for that."""

MOVED = {
    "branches after a commit (near)": "branches, first page (near)",
    "branches after a commit (far)": "branches, first page (far)",
}
"""What is remembered of a page until main moves, and is worked out anew then."""

Pages = dict[str, str]
"""What is measured, with the path that is asked for."""


def measure(bench: Bench) -> Result:
    """The two histories take turns with every read."""
    plan = bench.plan
    sizes = {"large": (plan.commits, plan.branches - FAR, FAR), "small": (SMALL, SMALL, 0)}
    systems = {name: _loaded(bench, name, *size) for name, size in sizes.items()}
    seconds = _maintained(bench, systems["large"][0])
    connection = bench.service.connect()
    pages = {name: _pages(connection, system) for name, (system, _) in systems.items()}
    contestants: dict[str, Timed] = {}
    for what in pages["large"]:
        for name in ("large", "small"):
            contestants[f"{what} {name}"] = _get(connection, pages[name][what])
    taken = interleave(contestants, plan.history)
    # last, since these make the small history grow
    moved = {
        f"{what} {name}": _after_an_edit(bench, connection, systems[name][0], pages[name][of])
        for what, of in MOVED.items()
        for name in ("large", "small")
    }
    taken |= interleave(moved, plan.moved)
    connection.close()
    loads = f"{systems['large'][1]:.0f} s to push, judge and mirror"
    return Result(
        name="history",
        title="Reading a history as it grows",
        ours=f"{plan.commits:,} commits",
        peer=f"{SMALL} commits",
        method=METHOD.replace("{commits}", f"{plan.commits:,}").replace("{branches}", f"{plan.branches:,}"),
        rows=tuple(Row(what, taken[f"{what} large"], taken[f"{what} small"]) for what in (*pages["large"], *MOVED)),
        notes=(f"The large history took {loads}, and {seconds:.0f} s more until it was maintained.",),
    )


def _loaded(bench: Bench, name: str, commits: int, near: int, far: int) -> tuple[System, float]:
    source = bench.folder / f"history-{name}.git"
    create_history(bench.git, source, commits=commits, near=near, far=far)
    record = bench.service.create_system(f"History {name}")
    begin = perf_counter()
    bench.git.run("--git-dir", source, "push", "--quiet", bench.service.git_url(record), "refs/heads/*:refs/heads/*")
    return System(record, source), perf_counter() - begin


def _after_an_edit(bench: Bench, connection: Connection, system: System, path: str) -> Timed:
    """The page when main has just moved; the edit does not count."""
    edit, get = bench.token_edit(system, connection), _get(connection, path)

    def run() -> float:
        edit()
        return get()

    return run


def _maintained(bench: Bench, system: System) -> float:
    """Wait for the commit-graph; nothing tells another process when it is there."""
    identifier, begin = str(system.record["id"]), monotonic()
    (repository,) = Path(bench.service.data / "repositories").rglob(f"{identifier}.git")
    patience = PATIENCE if bench.plan.commits >= MAINTAINED else 0.0
    while not (repository / CHAIN).exists() and monotonic() - begin < patience:
        sleep(0.1)
    return monotonic() - begin


def _pages(connection: Connection, system: System) -> Pages:
    component = _first(connection, f"{system.path}/components?q={component_name(0)}")["id"]
    token = _first(connection, f"{system.path}/tokens?q={token_path(0)}")["id"]
    code = f"path=components/{component_name(0)}"
    versions = f"{system.path}/components/{component}/versions"
    near = _first(connection, f"{system.path}/branches?q=near/")["name"]
    far = connection.request("GET", f"{system.path}/branches?limit={PAGE}&q=far/").json()["items"]
    return {
        "commits, first page": f"{system.path}/commits?limit={PAGE}",
        "commits, after a cursor": _middle(connection, f"{system.path}/commits?limit={PAGE}"),
        "commits of a path, first page": f"{system.path}/commits?limit={PAGE}&{code}",
        "commits of a path, after a cursor": _middle(connection, f"{system.path}/commits?limit={PAGE}&{code}"),
        "versions, first page": f"{versions}?limit={PAGE}",
        "versions, after a cursor": _middle(connection, f"{versions}?limit={PAGE}"),
        "one version": f"{versions}/1",
        "branches, first page (near)": f"{system.path}/branches?limit={PAGE}&q=near/",
        "branches, first page (far)": f"{system.path}/branches?limit={PAGE}&q={'far/' if far else 'near/'}",
        "compare (near)": f"{system.path}/compare/main...{quote(near)}",
        "blame of a token": f"{system.path}/tokens/{token}/blame",
    }


def _middle(connection: Connection, path: str) -> str:
    """The page after half of a list, reached page by page as a client would."""
    whole, cursors = path.replace(f"limit={PAGE}", "limit=200"), []
    cursor: str | None = None
    while True:
        page = expect(connection.request("GET", whole + (f"&cursor={cursor}" if cursor else "")), 200).json()
        cursor = page["next_cursor"]
        if cursor is None:
            break
        cursors.append(cursor)
    if not cursors:  # a short list: what follows its first few
        page = expect(connection.request("GET", path.replace(f"limit={PAGE}", "limit=5")), 200).json()
        cursors = [page["next_cursor"]]
    return f"{path}&cursor={cursors[len(cursors) // 2]}"


def _first(connection: Connection, path: str) -> dict[str, Any]:
    return dict(expect(connection.request("GET", path), 200).json()["items"][0])


def _get(connection: Connection, path: str) -> Timed:
    raw = connection.build("GET", path)

    def get() -> None:
        expect(connection.send(raw), 200)

    return timed(get)
