"""The conversation between receive-pack and a proc-receive hook (githooks(5)), without I/O."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from gitstore.errors import BadRequest
from gitstore.refs import RefUpdate
from gitstore.wire.pktline import Decoder, Mark, Packet, encode
from gitstore.wire.pushes import RefResult, parse_update, printable

MAX_COMMANDS = 20_000
FLUSH = Mark.FLUSH.value


class _State(enum.Enum):
    VERSION = enum.auto()
    COMMANDS = enum.auto()
    OPTIONS = enum.auto()
    DONE = enum.auto()


@dataclass(frozen=True, slots=True)
class Commands:
    """Everything receive-pack asked for; the conversation now waits for results."""

    updates: list[RefUpdate]
    options: list[str]
    atomic: bool


class ProcReceive:
    """One conversation: feed what git writes, send what ``feed`` and ``finish`` return."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._state = _State.VERSION
        self._features: frozenset[str] = frozenset()
        self._updates: list[RefUpdate] = []
        self._options: list[str] = []

    def feed(self, data: bytes) -> tuple[bytes, Commands | None]:
        """Bytes to send back at once, and the commands once they are complete; raises :class:`BadRequest`."""
        reply, commands = b"", None
        for packet in self._decoder.feed(data):
            reply += self._version(packet) if self._state is _State.VERSION else b""
            commands = self._step(packet) or commands
        return reply, commands

    def finish(self, results: Sequence[RefResult]) -> bytes:
        """The hook's report: exactly one line for every command; one without a result is refused."""
        by_name = {result.name: result for result in results}
        lines = b""
        for update in self._updates:
            result = by_name.get(update.name) or RefResult(update.name, ok=False, reason="not handled")
            lines += _report(update, result)
        return lines + FLUSH

    def _version(self, packet: Packet) -> bytes:
        if isinstance(packet, Mark):
            return b""
        version, _, features = packet.rstrip(b"\n").partition(b"\0")
        if version != b"version=1":
            raise BadRequest(f"proc-receive speaks version 1, not {version!r}")
        self._features = frozenset(features.decode("utf-8", "replace").split())
        ours = " ".join(sorted(self._features & {"push-options", "atomic"}))
        return encode(f"version=1\0{ours}\n") + FLUSH

    def _step(self, packet: Packet) -> Commands | None:
        if packet is Mark.FLUSH:
            return self._section_ended()
        if isinstance(packet, Mark):
            raise BadRequest("only flush packets part the sections of proc-receive")
        if self._state is _State.COMMANDS:
            self._command(packet)
        elif self._state is _State.OPTIONS:
            self._options.append(packet.decode("utf-8", "replace").rstrip("\n"))
        elif self._state is _State.DONE:
            raise BadRequest("proc-receive has said everything already")
        return None

    def _command(self, packet: bytes) -> None:
        update = parse_update(packet.decode("utf-8", "surrogateescape").rstrip("\n"))
        if update is None or len(self._updates) >= MAX_COMMANDS:
            raise BadRequest("proc-receive sent no command, or too many")
        self._updates.append(update)

    def _section_ended(self) -> Commands | None:
        if self._state is _State.VERSION:
            self._state = _State.COMMANDS
            return None
        if self._state is _State.COMMANDS and "push-options" in self._features:
            self._state = _State.OPTIONS
            return None
        self._state = _State.DONE
        return Commands(self._updates, self._options, "atomic" in self._features)


def _report(update: RefUpdate, result: RefResult) -> bytes:
    if not result.ok:
        return encode(f"ng {update.name} {printable(result.reason, 300) or 'refused'}\n")
    line = encode(f"ok {update.name}\n")
    if result.new is not None and result.new != update.new:
        line += encode(f"option new-oid {result.new}\n")
    return line
