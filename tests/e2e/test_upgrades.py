"""Guards: real upgrades of published token sets are told as what they are, and merge with local edits.

Which tokens were renamed is judged by hand for Primer, whose token files say nothing of it, and by Adobe's own ids for
Spectrum, which are not shown to the comparison. The packages are fetched when the test runs and never committed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from designsystem.compare.change import Change, Kind, Severity
from designsystem.compare.tokens import compare_tokens
from designsystem.compatibility import judge
from designsystem.migration import migration
from designsystem.tokens.document import parse_document
from designsystem.tokens.edit import add_tokens, set_tokens
from designsystem.tokens.renames import rename_token, rewrite_aliases
from designsystem.tokens.set import TokenSet
from tests.designsystem.merging.states import merge
from tests.e2e.published import primer, spectrum
from tests.e2e.test_real_sets import fetch

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

Files = dict[str, bytes]
RENAMED_IN_PRIMER_10 = {
    f"diffBlob.{kind}.{old}": f"diffBlob.{kind}{new}"
    for kind in ("addition", "deletion")
    for old, new in {
        "bgColor.line": "Line.bgColor",
        "bgColor.num": "Num.bgColor",
        "bgColor.word": "Word.bgColor",
        "fgColor.num": "Num.fgColor",
        "fgColor.text": "Line.fgColor",
    }.items()
}
"""Judged by hand: the same ten things of the same component, regrouped. `diffBlob.hunk.bgColor.num` became two tokens,
for rest and hover, of other values: it is gone."""


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("published")


def package(shelf: Path, name: str, version: str) -> Path:
    """One version, in a place of its own: packages are fetched by name."""
    place = shelf / f"{name.replace('/', '-')}-{version}"
    place.mkdir(exist_ok=True)
    return fetch(place, f"{name}@{version}")


def tokens(files: Mapping[str, bytes]) -> TokenSet:
    return TokenSet.build(parse_document(path, source) for path, source in files.items() if path.startswith("tokens/"))


def renames(changes: list[Change]) -> dict[str | None, str]:
    return {change.old_subject: change.subject for change in changes if change.kind is Kind.TOKEN_RENAMED}


def test_what_primer_renamed_is_recognised_and_nothing_else(shelf: Path) -> None:
    old, new = (tokens(primer(package(shelf, "@primer/primitives", version))) for version in ("9.1.2", "10.0.0"))
    changes = compare_tokens(old, new)
    assert renames(changes) == RENAMED_IN_PRIMER_10
    assert [change.subject for change in changes if change.kind is Kind.TOKEN_REMOVED] == ["diffBlob.hunk.bgColor.num"]
    assert all(0.6 < change.confidence < 1 for change in changes if change.kind is Kind.TOKEN_RENAMED)
    assert judge(changes).bump is Severity.MAJOR
    steps = migration(changes)["tokens"]
    assert {step["old"]: step["new"] for step in steps} == {**RENAMED_IN_PRIMER_10, "diffBlob.hunk.bgColor.num": None}


@pytest.mark.parametrize(("older", "newer"), [("10.0.0", "10.3.4"), ("10.3.4", "10.7.0"), ("11.0.0", "11.10.0")])
def test_tokens_that_went_without_successor_are_no_renames(shelf: Path, older: str, newer: str) -> None:
    old, new = (tokens(primer(package(shelf, "@primer/primitives", version))) for version in (older, newer))
    changes = compare_tokens(old, new)
    assert renames(changes) == {}
    assert {change.subject for change in changes if change.kind is Kind.TOKEN_REMOVED} == {*old.tokens} - {*new.tokens}


def test_what_spectrum_renamed_is_what_adobes_ids_say(shelf: Path) -> None:
    (old, was), (new, now) = (spectrum(package(shelf, "@adobe/spectrum-tokens", each)) for each in ("14.0.0", "15.4.1"))
    truth = {was[each]: now[each] for each in was.keys() & now.keys() if was[each] != now[each]}
    assert len(truth) == 12
    assert renames(compare_tokens(tokens(old), tokens(new))) == truth


@pytest.mark.parametrize("seed", range(3))
def test_a_real_upgrade_merges_with_local_edits(shelf: Path, seed: int) -> None:
    base, theirs = (primer(package(shelf, "@primer/primitives", version)) for version in ("9.1.2", "10.0.0"))
    random = Random(seed)
    before, upstream = tokens(base), tokens(theirs)
    touched = {change.old_subject or change.subject for change in compare_tokens(before, upstream)}
    quiet = [path for path in before.tokens if path not in touched and not upstream.dependents(path)]
    described, renamed, clashing = random.sample(quiet, 20), random.choice(quiet), "diffBlob.hunk.bgColor.num"
    described = [path for path in described if path != renamed]
    ours = dict(base)
    for path in [*described, clashing]:
        file = before.tokens[path].file
        ours[file] = set_tokens(parse_document(file, ours[file]), {path: {"description": "Ours"}})
    file = before.tokens[renamed].file
    document = parse_document(file, ours[file])
    ours[file] = rename_token(document, renamed, "ours.moved", id=UUID(int=9), keep_alias=False)
    ours[file] = add_tokens(parse_document(file, ours[file]), {"ours.new": {"value": 7, "type": "number"}})
    ours = {
        path: rewrite_aliases(parse_document(path, source), {renamed: "ours.moved"}) for path, source in ours.items()
    }

    merged = merge(base, ours, theirs)
    assert [(each[1], each[2]) for each in merged.open] == [("deleted", clashing)]
    found = tokens({path: data for path, data in merged.files.items() if isinstance(data, bytes)})
    assert found.tokens.keys() == (upstream.tokens.keys() - {renamed}) | {"ours.moved", "ours.new", clashing}
    assert {path for path in described if found.tokens[path].description != "Ours"} == set()
    for path in upstream.tokens.keys() - {renamed, *described}:
        assert found.tokens[path].value == upstream.tokens[path].value, path
        assert found.tokens[path].description == upstream.tokens[path].description, path
    assert found.resolve("ours.moved") == upstream.resolve(renamed)
    assert not [problem for problem in found.check() if problem.severity == "error"]
    assert all(json.loads(data) for data in merged.files.values() if isinstance(data, bytes))
