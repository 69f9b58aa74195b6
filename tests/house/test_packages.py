"""Guards: the lock holds pins and hashes only, covers what is asked for, and no address of any registry is kept."""

from __future__ import annotations

import re

import pytest

from tests.house.source import ROOT, tracked

LOCKS = ("requirements.lock", "requirements.run.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,_-]+\])?==([^\s;]+)", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in lines if line and not line.startswith(("#", "-"))}


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_pins_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?:index-url|extra-index-url|find-links|trusted-host)", text, re.MULTILINE)
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    unhashed = [block.split()[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
    assert not unhashed


def test_the_lock_covers_what_is_asked_for() -> None:
    pins = {normal(name) for name, _extras, _version in PIN.findall((ROOT / LOCKS[0]).read_text(encoding="utf-8"))}
    assert asked("requirements.in") | asked("requirements-dev.in") <= pins, "run: make lock"


def test_production_runs_what_was_tested() -> None:
    tested, run = ({n: v for n, _extras, v in PIN.findall((ROOT / lock).read_text("utf-8"))} for lock in LOCKS)
    assert run
    assert run.items() <= tested.items(), "run: make lock"


def test_no_lock_of_addresses_is_kept() -> None:
    kept = {path.name for path in tracked()}
    assert not kept & {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock"}
