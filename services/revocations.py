"""Revocations: what has just lost a right, told to every process that keeps something running on the strength of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, fields
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.context import Context

log = logging.getLogger("xds.revocations")

CHANNEL = "xds:revocations"

LONGEST = 2.0
"""Seconds that the announcement may take; the act is durable, and whoever did it waits for the answer."""

IDLE = 30.0
"""Seconds without a message after which the connection is asked whether it still stands."""

RETRY = 1.0
"""Seconds between two attempts to reach Redis again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Who may have lost what: each field that is given narrows it, none given means everybody, everywhere.

    ``Revocation(user_id=…, team_id=…)`` is one person in one team's systems, ``Revocation(system_id=…)`` everybody in
    one system. It takes nothing away itself: whoever hears it asks anew what still stands.
    """

    user_id: UUID | None = None
    key_id: UUID | None = None
    sign_in_id: UUID | None = None
    team_id: UUID | None = None
    system_id: UUID | None = None

    def concerns(self, other: Revocation) -> bool:
        """Whether something running is among those meant; ``other`` says whose it is and where."""
        return all(mine in (None, its) for mine, its in zip(self._values(), other._values(), strict=True))

    def dump(self) -> bytes:
        """As it goes over the channel."""
        given = {field.name: str(value) for field in fields(self) if (value := getattr(self, field.name)) is not None}
        return json.dumps(given).encode()

    @classmethod
    def load(cls, data: bytes) -> Revocation:
        """As it came over the channel; what cannot be read means everybody."""
        known = {field.name for field in fields(cls)}
        try:
            given = json.loads(data)
            return cls(**{name: UUID(value) for name, value in given.items() if name in known})
        except (ValueError, TypeError, AttributeError):
            log.warning("a revocation that cannot be read was taken for everybody's")
            return cls()

    def _values(self) -> tuple[UUID | None, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


EVERYBODY = Revocation()

Subscriber = Callable[[Revocation], None]
"""Hears each revocation; it must neither wait nor raise."""


async def announce(context: Context, revocation: Revocation) -> None:
    """Tell every process, after the transaction that took the right away has committed.

    Never fails the act, which stands: what runs asks anew by itself every few seconds, and whatever begins is asked.
    """
    try:
        async with asyncio.timeout(LONGEST):
            await context.redis.publish(CHANNEL, revocation.dump())
    except (RedisError, OSError) as error:
        log.warning("a revocation was not announced: %s", error)


class Listener:
    """Hands the revocations of all processes to this one's subscribers, however often Redis goes and comes.

    After each (re)connection the subscribers hear of ``EVERYBODY``, because something may have been missed.
    """

    def __init__(self, redis: Redis) -> None:
        self.connected = asyncio.Event()
        """Set while the channel is subscribed to."""
        self._redis = redis
        self._subscribers: set[Subscriber] = set()

    @contextlib.contextmanager
    def subscribed(self, subscriber: Subscriber) -> Iterator[None]:
        """Let it hear of revocations within the block."""
        self._subscribers.add(subscriber)
        try:
            yield
        finally:
            self._subscribers.discard(subscriber)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self.connected.is_set():
                    log.warning("revocations are not heard until Redis is back: %s", error)
            finally:
                self.connected.clear()
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            while True:
                message = await channel.get_message(timeout=IDLE)
                if message is None:
                    await channel.ping()
                elif message["type"] == "subscribe":
                    self.connected.set()
                    self._hand_on(EVERYBODY)
                elif message["type"] == "message":
                    self._hand_on(Revocation.load(message["data"]))

    def _hand_on(self, revocation: Revocation) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(revocation)
            except Exception:
                log.exception("a revocation was not taken in")


@contextlib.asynccontextmanager
async def listening(context: Context) -> AsyncIterator[Listener]:
    """A listener that runs within the block; it connects by itself, and nobody waits for it."""
    listener = Listener(context.redis)
    running = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        while not running.done():  # redis-py loses a cancellation that arrives while it connects
            running.cancel()
            await asyncio.wait([running], timeout=0.1)
