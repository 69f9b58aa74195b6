"""Says in plain words what is wrong with a text that is not JSON, and where to look."""

from __future__ import annotations

_MARKERS = ("<<<<<<<", "=======", ">>>>>>>")


def explain(text: str, offset: int, reason: str) -> tuple[int, str]:
    """Where the mistake really stands and what to do about it, from where the scanner stopped and what it said."""
    rest = text[offset : offset + 12]
    before = len(text[:offset].rstrip(" \t\r\n")) - 1
    if not text.strip(" \t\r\n"):
        return 0, "the file is empty; write {} for a file without tokens"
    if rest.startswith(_MARKERS):
        return offset, "a merge conflict was left in the file; resolve it and remove the marker lines"
    if rest.startswith(("//", "/*", "#")):
        return offset, "JSON has no comments; remove it or move the text into a $description"
    if before >= 0 and text[before] == "," and (not rest or rest[0] in "}]"):
        return before, "a comma stands before the end of the list; remove it"
    if not rest:
        return _end(text), "the file ends too early; close every { and [ that was opened"
    return offset, _by_reason(rest, reason)


def _by_reason(rest: str, reason: str) -> str:
    found = rest[0]
    if reason.startswith("Unterminated string"):
        return 'this string never ends; close it with "'
    if reason.startswith("Invalid control character"):
        return r"a line break or control character stands inside a string; write \n, \t or \u00XX instead"
    if reason.startswith("Invalid") and "escape" in reason:
        return r"this escape is unknown; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX"
    if found in "'`":
        return f'text stands in double quotes in JSON; replace {found} by "'
    if reason == "Constant" or rest.startswith(("NaN", "Infinity", "-Infinity", "undefined")):
        return "JSON has only finite numbers; write a number or null"
    if reason == "Extra data":
        return f"the file is complete before this {found!r}; remove what follows"
    if reason.startswith("Expecting ','"):
        return f"a comma or a closing bracket is missing before {found!r}"
    if reason.startswith("Expecting ':'"):
        return f"a colon is missing before {found!r}"
    if reason.startswith(("Expecting property name", "Illegal trailing comma")):
        return f"a key in double quotes belongs here, not {found!r}"
    return f"a value belongs here (an object, array, string, number, true, false or null), not {found!r}"


def _end(text: str) -> int:
    return len(text.rstrip(" \t\r\n"))
