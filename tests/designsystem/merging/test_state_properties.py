"""Any two edits of any state: what only one side did stands, what both did differently is told, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from designsystem.merging.conflict import Side
from tests.designsystem.merging.states import Merged, State, merge

TOKENS = {"a.x": "one", "a.y": "one", "b.x": "two", "b.z": "two"}
"""Tokens and the files that they are in."""

COMPONENTS = {"A": "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d51", "B": "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d52"}
LINES = 3
GONE = None

Atoms = Mapping[str, Any]
"""A state as the things in it that can be edited apart from one another; None is absent."""


def written(atoms: Atoms) -> State:
    """The files that hold the atoms."""
    files: dict[str, bytes] = {}
    for file in ("one", "two"):
        tree: dict[str, Any] = {}
        for path in (path for path in TOKENS if TOKENS[path] == file and atoms[f"token {path}"] is not GONE):
            group, _, name = path.partition(".")
            tree.setdefault(group, {})[name] = {"$type": "number", "$value": atoms[f"token {path}"]}
        if tree:
            files[f"tokens/{file}.tokens.json"] = (json.dumps(tree, indent=2) + "\n").encode()
    for name, identity in COMPONENTS.items():
        folder = atoms[f"place {name}"]
        if folder is GONE:
            continue
        props = {each: atoms[f"prop {name} {each}"] for each in "pq" if atoms[f"prop {name} {each}"] is not GONE}
        about = {"id": identity, "name": name, "props": props}
        files[f"components/{folder}/component.json"] = (json.dumps(about, indent=2) + "\n").encode()
        lines = "".join(f"line {atoms[f'line {name} {at}']}\n{name} same {at}\nsame\n" for at in range(LINES))
        files[f"components/{folder}/index.tsx"] = lines.encode()
    if atoms["binary"] is not GONE:
        files["assets/logo"] = b"\0" + bytes([atoms["binary"]])
    return files


def read(files: State) -> dict[str, Any]:
    """The atoms of files, written anyhow."""
    atoms: dict[str, Any] = dict.fromkeys(f"token {path}" for path in TOKENS)
    atoms |= dict.fromkeys(f"place {name}" for name in COMPONENTS) | {"binary": GONE}
    for path, data in files.items():
        assert isinstance(data, bytes)
        if path.startswith("tokens/"):
            for group, tokens in json.loads(data).items():
                atoms |= {f"token {group}.{name}": token["$value"] for name, token in tokens.items()}
        elif path.startswith("assets/"):
            atoms["binary"] = data[1]
        elif path.endswith("component.json"):
            about, folder = json.loads(data), path.split("/")[1]
            name = about["name"]
            atoms[f"place {name}"] = folder
            atoms |= {f"prop {name} {each}": about["props"].get(each) for each in "pq"}
            lines = files[f"components/{folder}/index.tsx"]
            assert isinstance(lines, bytes)
            parts = lines.decode().splitlines()[::3]
            atoms |= {f"line {name} {at}": int(part.removeprefix("line ")) for at, part in enumerate(parts)}
    return atoms


numbers = st.integers(0, 9)
maybe = st.none() | numbers
places = st.sampled_from([GONE, "X", "X", "X", "Y", "Y", "Y"])


def values(path: str) -> st.SearchStrategy[int]:
    """Of a token, and of no other: one with another's value might be that one, renamed."""
    at = list(TOKENS).index(path)
    return st.integers(100 * at, 100 * at + 5)


edits = st.one_of(
    *(st.tuples(st.just(f"token {path}"), st.none() | values(path)) for path in TOKENS),
    st.tuples(st.sampled_from([f"prop {name} {each}" for name in COMPONENTS for each in "pq"]), maybe),
    st.tuples(st.sampled_from([f"line {name} {at}" for name in COMPONENTS for at in range(LINES)]), numbers),
    st.tuples(
        st.sampled_from([f"place {name}" for name in COMPONENTS]), st.sampled_from([GONE, "X", "X", "X", "Y", "Y", "Y"])
    ),
    st.tuples(st.just("binary"), maybe),
)
scripts = st.lists(edits, min_size=3, max_size=12)


@st.composite
def bases(draw: st.DrawFn) -> dict[str, Any]:
    atoms: dict[str, Any] = {f"token {path}": draw(st.none() | values(path)) for path in TOKENS}
    for name in COMPONENTS:
        atoms[f"place {name}"] = name
        atoms |= {f"prop {name} {each}": draw(maybe) for each in "pq"}
        atoms |= {f"line {name} {at}": draw(numbers) for at in range(LINES)}
    return atoms | {"binary": draw(maybe)}


def edited(atoms: Atoms, script: list[tuple[str, Any]]) -> dict[str, Any]:
    """The atoms after a script; two components are never put into one folder, nor is what is gone edited."""
    found = dict(atoms)
    for key, value in script:
        name = key.split()[1] if " " in key else ""
        if found.get(f"place {name}", ...) is GONE:
            continue
        places = {each: found[f"place {each}"] for each in COMPONENTS if each != name}
        if not (key.startswith("place ") and value in places.values()):
            found[key] = f"{value}{name}" if key.startswith("place ") and value else value
    return found


@st.composite
def states(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    base = draw(bases())
    return base, edited(base, draw(scripts)), edited(base, draw(scripts))


def of_gone(key: str, *sides: Atoms) -> bool:
    """Whether a thing belongs to a component that some side deleted: that is kept or goes as a whole."""
    kind, _, rest = key.partition(" ")
    return kind in ("place", "prop", "line") and any(side[f"place {rest.split()[0]}"] is GONE for side in sides)


@given(states())
def test_what_one_side_did_stands_and_what_both_did_differently_is_told(
    drawn: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
) -> None:
    base, ours, theirs = drawn
    merged = merge(written(base), written(ours), written(theirs))
    found = read(merged.files)
    contrary = set()
    for key in base:
        if of_gone(key, ours, theirs):
            continue
        sides = base[key], ours[key], theirs[key]
        if sides[1] != sides[0] != sides[2] and sides[1] != sides[2]:
            contrary.add(key)
            assert found[key] == ours[key], key
        else:
            assert found[key] == (sides[1] if sides[2] == sides[0] else sides[2]), key
    assert len(contrary) + len(deleted_and_changed(*drawn)) == len(merged.conflicts), merged.open


def deleted_and_changed(base: Atoms, ours: Atoms, theirs: Atoms) -> list[str]:
    """The components that one side deleted and the other changed."""
    found = []
    for name in COMPONENTS:
        one, other = (ours, theirs) if ours[f"place {name}"] is GONE else (theirs, ours)
        if one[f"place {name}"] is not GONE or other[f"place {name}"] is GONE:
            continue
        if any(other[key] != base[key] for key in base if key.split()[1:2] == [name]):
            found.append(name)
    return found


@given(states())
def test_it_is_the_same_whichever_side_is_ours(drawn: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> None:
    base, ours, theirs = map(written, drawn)
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert sorted(sides(one)) == sorted((*each[:-2], each[-1], each[-2]) for each in sides(other))
    for taken, counterpart in ((Side.OURS, Side.THEIRS), (Side.THEIRS, Side.OURS), (Side.BASE, Side.BASE)):
        mine = merge(base, ours, theirs, by_default=taken)
        yours = merge(base, theirs, ours, by_default=counterpart)
        assert mine.conflicts == yours.conflicts == []
        assert read(mine.files) == read(yours.files)


def sides(merged: Merged) -> list[tuple[str, ...]]:
    """Each conflict as plain text, ours and theirs last."""
    found = []
    for each in merged.conflicts:
        values = (repr(side) for side in (each.base, each.ours, each.theirs))
        found.append((each.resource.value, each.kind.value, each.path, each.field, *values))
    return found


@given(states())
def test_who_did_nothing_gets_the_other_side_byte_for_byte(
    drawn: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
) -> None:
    base, ours, _ = map(written, drawn)
    assert merge(base, ours, base).files == ours
    assert merge(base, base, ours).files == ours
    assert merge(base, ours, ours).files == ours
