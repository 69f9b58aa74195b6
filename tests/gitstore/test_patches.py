"""Patches of texts, as git writes them."""

from __future__ import annotations

from gitstore.patches import unified


def test_texts_differ_by_lines() -> None:
    assert unified("a\nb\n", "a\nb\n", "x") == ""
    assert unified("a\nb\n", "a\nc\n", "f/x") == "--- a/f/x\n+++ b/f/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert unified("a", "a\n", "x").endswith("-a\n\\ No newline at end of file\n+a\n")


def test_a_text_that_is_not_there_is_no_file() -> None:
    assert unified(None, "a\n", "x") == "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
    assert unified("a\n", None, "x") == "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"


def test_what_looks_binary_is_text_all_the_same() -> None:
    assert unified("a\0", "b\0\n", "x").endswith("+b\0\n")
    assert "+?" in unified("", "\ud800\n", "x")
    assert unified("a\n", "b\n", "--- x").startswith("--- a/")
