from __future__ import annotations

import random
import string

from gitstore.treebytes import TreeEntry, difference, encode_name, entries, find, replace


def as_bytes(tree: dict[str, TreeEntry]) -> bytes:
    ordered = sorted(tree.values(), key=lambda e: encode_name(e.name) + (b"/" if e.is_directory else b""))
    return b"".join(b"%o %b\0%b" % (e.mode, encode_name(e.name), bytes.fromhex(e.oid)) for e in ordered)


def random_tree(dice: random.Random, size: int) -> dict[str, TreeEntry]:
    names = {"".join(dice.choices(string.ascii_letters + " 0.-", k=dice.randint(1, 6))) for _ in range(size)}
    return {
        name: TreeEntry(name, dice.choice([0o100644, 0o40000, 0o120000]), dice.randbytes(20).hex()) for name in names
    }


def test_difference_is_what_sets_would_say_for_any_two_trees() -> None:
    dice = random.Random(1)
    for _ in range(400):
        old = random_tree(dice, dice.randint(0, 30))
        new = dict(old)
        for name in dice.sample(sorted(new), min(len(new), dice.randint(0, 3))):
            del new[name]
        new |= random_tree(dice, dice.randint(0, 3))
        gone, come = difference(as_bytes(old), as_bytes(new))
        before, after = set(old.values()), set(new.values())
        assert (set(gone), set(come)) == (before - after, after - before)


def test_finds_entries_even_where_an_id_looks_like_one() -> None:
    trap = b" name\0".ljust(20, b"x").hex()
    tree = {"aaa": TreeEntry("aaa", 0o100644, trap), "x name": TreeEntry("x name", 0o100644, "1" * 40)}
    raw = as_bytes(tree)
    assert find(raw, "name") is None
    tree["name"] = TreeEntry("name", 0o100644, "2" * 40)
    assert find(as_bytes(tree), "name") == tree["name"]
    assert list(entries(as_bytes(tree))) == [tree["aaa"], tree["name"], tree["x name"]]


def test_replaces_only_what_keeps_its_place() -> None:
    tree = {"a": TreeEntry("a", 0o100644, "1" * 40), "b": TreeEntry("b", 0o40000, "2" * 40)}
    raw = as_bytes(tree)
    new = TreeEntry("a", 0o100755, "3" * 40)
    assert replace(raw, {"a": new}) == as_bytes(tree | {"a": new})
    assert replace(raw, {"c": new}) is None
    assert replace(raw, {"b": TreeEntry("b", 0o100644, "3" * 40)}) is None
