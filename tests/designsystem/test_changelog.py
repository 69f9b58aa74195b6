"""The changelog of a version: its sections for people, its machine form, and the page of several."""

from __future__ import annotations

import json

from designsystem.changelog import changelog, page
from designsystem.compare.change import Change, Kind, Severity
from designsystem.compare.components import compare_components
from designsystem.compare.tokens import compare_tokens
from designsystem.components.component import Component
from tests.designsystem.tokens.files import token_set

OLD = token_set(
    a={
        "size": {"$type": "number", "s": {"$value": 1}, "m": {"$value": 2}},
        "n": {"$type": "number", "one": {"$value": 31}},
    }
)
NEW = token_set(
    a={
        "size": {"$type": "number", "s": {"$value": 3}, "l": {"$value": 5}},
        "nn": {"$type": "number", "one": {"$value": 31}},
    }
)
CHANGES = compare_tokens(OLD, NEW)


def test_what_breaks_comes_first_then_by_kind() -> None:
    text = changelog(CHANGES, version="2.0.0", previous="1.0.0", date="2026-11-22", note="A *word* first.\n").markdown
    assert (
        text
        == """\
## 2.0.0 - 2026-11-22

A *word* first.

### Breaking changes

- `nn.one` renamed: `n.one` → `nn.one` (75% sure)
- `size.m` removed: `2`

### Added

- `size.l` added: `5`

### Changed

- `size.s` has another value: `1` → `3`
"""
    )


def test_the_machine_form_says_the_same() -> None:
    found = json.loads(json.dumps(changelog(CHANGES, version="2.0.0", previous="1.0.0", date="2026-11-22").as_dict()))
    assert (found["version"], found["previous"], found["date"], found["note"]) == ("2.0.0", "1.0.0", "2026-11-22", None)
    assert [section["title"] for section in found["sections"]] == ["Breaking changes", "Added", "Changed"]
    (added,) = found["sections"][1]["changes"]
    assert (added["kind"], added["text"]) == ("token-added", "size.l: added")


def test_a_deprecation_says_what_to_use() -> None:
    change = Change(Kind.TOKEN_DEPRECATED, "a", Severity.MINOR, after=True, replaced_by="b")
    assert "### Deprecated\n\n- `a` deprecated; use `b`\n" in changelog([change]).markdown


def test_components_and_props_are_told() -> None:
    old = Component(None, "components/Card", "Card", props={"size": {"type": "string"}})
    new = Component(None, "components/Card", "Card", props={}, code="x", entry="index.ts")
    text = changelog(compare_components([old], [new]), version="2.0.0").markdown
    assert '- `components/Card` lost the prop size: `{"type": "string"}`' in text
    assert "### Changed\n\n- `components/Card` has other code\n" in text


def test_names_and_values_cannot_break_out_of_their_place() -> None:
    change = Change(Kind.TOKEN_VALUE, "a`b\n# c", Severity.PATCH, before={"value": "``"}, after={"value": "<b>"})
    line = changelog([change]).markdown.splitlines()[-1]
    assert line == "- ``a`b # c`` has another value: ``` `` ``` → `<b>`"


def test_long_sections_are_cut_and_counted() -> None:
    changes = [Change(Kind.TOKEN_ADDED, f"t{n:04}", Severity.MINOR) for n in range(12)]
    found = changelog(changes, most=10)
    assert found.markdown.endswith("- `t0009` added\n- … and 2 more\n")
    assert found.as_dict()["sections"][0]["left_out"] == 2


def test_a_version_without_changes_says_so() -> None:
    assert changelog([], version="1.0.1").markdown == "## 1.0.1\n\nNothing changed in tokens or components.\n"


def test_a_page_has_them_all() -> None:
    made = [changelog(CHANGES, version="2.0.0"), changelog([], version="1.0.0")]
    text = page(made, name="Acme UI")
    assert text.startswith("# Changelog of Acme UI\n\n## 2.0.0\n")
    assert text.endswith("\n\n## 1.0.0\n\nNothing changed in tokens or components.\n")
    assert text == page(made, name="Acme UI")
