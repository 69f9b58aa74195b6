"""The ``ls-refs`` command of protocol v2 (gitprotocol-v2(5)), parsed and answered without a git process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitstore.errors import BadRequest
from gitstore.refs import RefTarget
from gitstore.wire.pktline import Decoder, Mark, encode

MAX_REQUEST = 1 << 20
TOO_MANY_PREFIXES = 65536  # git's own number (ls-refs.c): past it prefixes are ignored


@dataclass(frozen=True, slots=True)
class ListRefs:
    """What a client asked for."""

    peel: bool = False
    symrefs: bool = False
    unborn: bool = False
    prefixes: tuple[str, ...] = ()

    def wants(self, name: str) -> bool:
        """Whether the client asked for this name (a hint: everything when it named no prefix)."""
        return not self.prefixes or name.startswith(self.prefixes)


def could_be_list_refs(head: bytes) -> bool:
    """Whether a request that begins with ``head`` may still turn out to be ls-refs."""
    wanted = encode("command=ls-refs\n")
    bare = encode("command=ls-refs")
    return wanted.startswith(head[: len(wanted)]) or bare.startswith(head[: len(bare)])


def parse(body: bytes) -> ListRefs | None:
    """The request in a whole body; None for anything but exactly one ls-refs that we understand (git answers that)."""
    decoder = Decoder()
    try:
        packets = list(decoder.feed(body))
    except BadRequest:
        return None
    if decoder.rest or len(packets) < 2 or packets[-1] is not Mark.FLUSH:
        return None
    lines = packets[:-1]
    split = lines.index(Mark.DELIMITER) if Mark.DELIMITER in lines else len(lines)
    head, arguments = _texts(lines[:split]), _texts(lines[split + 1 :])
    if not head or arguments is None or not _head_is_known(head):
        return None
    return _from_arguments(arguments)


def answer(request: ListRefs, refs: Mapping[str, RefTarget], head: str) -> bytes:
    """The whole answer; ``head`` is the full name of the branch HEAD stands for, ``refs`` is in byte order."""
    return "".join(map(_packet, _lines(request, refs, head))).encode("utf-8", "surrogateescape") + Mark.FLUSH.value


def _lines(request: ListRefs, refs: Mapping[str, RefTarget], head: str) -> Iterator[str]:
    if head and request.wants("HEAD"):
        target = refs.get(head)
        symref = f" symref-target:{head}" if request.symrefs else ""
        if target is not None:
            yield f"{target.oid} HEAD{symref}\n"
        elif request.unborn and request.symrefs:
            yield f"unborn HEAD{symref}\n"
    everything, peel, prefixes = not request.prefixes, request.peel, request.prefixes
    for name, (oid, peeled) in refs.items():
        if everything or name.startswith(prefixes):
            yield f"{oid} {name} peeled:{peeled}\n" if peel and peeled else f"{oid} {name}\n"


def _packet(line: str) -> str:
    """A packet as text: thousands of them are put together before they become bytes at once."""
    size = len(line) if line.isascii() else len(line.encode("utf-8", "surrogateescape"))
    return f"{size + 4:04x}{line}"


def _texts(packets: Sequence[bytes | Mark]) -> list[str] | None:
    if any(isinstance(packet, Mark) for packet in packets):
        return None
    return [packet.decode("utf-8", "surrogateescape").removesuffix("\n") for packet in packets if packet]  # type: ignore[union-attr]


def _head_is_known(head: Sequence[str]) -> bool:
    known = ("agent=", "session-id=", "server-option=")
    return head[0] == "command=ls-refs" and all(
        line == "object-format=sha1" or line.startswith(known) for line in head[1:]
    )


def _from_arguments(arguments: Sequence[str]) -> ListRefs | None:
    flags = {line for line in arguments if not line.startswith("ref-prefix ")}
    if flags - {"peel", "symrefs", "unborn"}:
        return None
    prefixes = tuple(line.removeprefix("ref-prefix ") for line in arguments if line.startswith("ref-prefix "))
    return ListRefs(
        peel="peel" in flags,
        symrefs="symrefs" in flags,
        unborn="unborn" in flags,
        prefixes=prefixes if len(prefixes) < TOO_MANY_PREFIXES else (),
    )
