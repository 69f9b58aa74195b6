"""What the annotated tag of a release says in its message: the publisher's note, and what the service adds to it.

Everything that is known of a release follows from its tag; the last paragraph of the message holds it as trailers, as
git has them (git-interpret-trailers(1)), which people who tag by hand may write too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from semver import Version

Eased = Literal["minor", "patch"]
"""As what a release may pass that breaks somebody."""

SERVICE: Final = "xText Design System"
_TRAILER = re.compile(r"(Published-With|Previous-Version|Allow-Breaking-As):[ \t]*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TagMessage:
    """A tag's message. ``previous`` is the version that the release was judged against and tells its changes since."""

    note: str = ""
    with_service: bool = False
    previous: str | None = None
    allowed_as: Eased | None = None

    def text(self, version: str) -> str:
        """The message as it is written into the tag of a version."""
        trailers = [
            f"Published-With: {SERVICE}" if self.with_service else "",
            f"Previous-Version: {self.previous}" if self.previous else "",
            f"Allow-Breaking-As: {self.allowed_as}" if self.allowed_as else "",
        ]
        parts = [f"v{version}", self.note.strip(), "\n".join(filter(None, trailers))]
        return "\n\n".join(filter(None, parts)) + "\n"


def read_message(message: str, version: str) -> TagMessage:
    """What the tag of a version says. A first line that only repeats the version is no note."""
    *body, last = re.split(r"\n[ \t]*\n", message.replace("\r\n", "\n").strip())
    found = [_TRAILER.fullmatch(line.strip()) for line in last.splitlines()]
    stated = {match[1].lower(): match[2].strip() for match in found if match is not None}
    if not stated or None in found:
        body, stated = [*body, last], {}
    note = "\n\n".join(body).strip()
    first, _, rest = note.partition("\n")
    allowed = stated.get("allow-breaking-as", "").lower()
    return TagMessage(
        note=rest.strip() if first.strip() in (version, f"v{version}") else note,
        with_service=stated.get("published-with") == SERVICE,
        previous=stated.get("previous-version", "").removeprefix("v") or None,
        allowed_as="minor" if allowed == "minor" else "patch" if allowed == "patch" else None,
    )


def base_among(version: Version, others: Iterable[str]) -> str | None:
    """The version that another one is judged against: the highest below it, of final ones alone if it is final itself;
    None for a first one."""
    lower = [other for other in map(Version.parse, others) if other < version]
    counting = [other for other in lower if version.prerelease or not other.prerelease]
    return str(max(counting)) if counting else None
