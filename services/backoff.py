"""Backoff: who guesses passwords or keys waits longer and longer, and locks nobody else out while doing so."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from time import monotonic

from cachebox import TTLCache
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import Redis

from services import origin
from services.errors import RateLimited
from services.rate_limits import network_of
from services.reach import Away, Reach

PREFIX = "xds:backoff"
KNOWN_DAYS = 30
HOUR = 3_600_000
WITHOUT_REDIS = parse("10/minute")
"""Attempts on one login from one address, per process, while Redis is away."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How waits grow: ``free`` failures cost nothing, the next 1 s, 2 s, 4 s … up to ``longest``; all is forgotten
    ``kept`` after the last one. Milliseconds."""

    free: int
    longest: int
    kept: int


PAIR = Steps(free=10, longest=15 * 60_000, kept=6 * HOUR)
"""One login from one address."""
ACCOUNT = Steps(free=50, longest=60_000, kept=HOUR)
"""One login from all addresses that it never signed in from: many machines that guess together."""
KEYS = Steps(free=20, longest=60_000, kept=HOUR)
"""Unknown API keys from one address: nobody guesses 256 bits, but a program gone wrong costs a look-up each time."""

# An attempt is counted before it is judged and taken back when it succeeds, in one step: a hundred at once are no way
# round the count, and neither is a process that dies in between. KEYS: marker of a known address, then counters, of
# which a known address is judged by the first only.
_KNOCK = """
local now = tonumber(ARGV[1])
local last = #KEYS
local known = redis.call('EXISTS', KEYS[1])
if known == 1 then last = 2 end
local wait = 0
for i = 2, last do
  wait = math.max(wait, tonumber(redis.call('HGET', KEYS[i], 'until') or '0') - now)
end
if wait > 0 then return {wait, known} end
for i = 2, last do
  local free, longest, kept = tonumber(ARGV[3 * i - 4]), tonumber(ARGV[3 * i - 3]), ARGV[3 * i - 2]
  local failures = redis.call('HINCRBY', KEYS[i], 'failures', 1)
  if failures > free then
    local pause = math.min(1000 * 2 ^ (failures - free - 1), longest)
    redis.call('HSET', KEYS[i], 'until', string.format('%.0f', now + pause))
  end
  redis.call('PEXPIRE', KEYS[i], kept)
end
return {0, known}
"""
_SUCCEED = """
redis.call('DEL', KEYS[1])
if tonumber(redis.call('HGET', KEYS[2], 'failures') or '0') > 0 and ARGV[2] == '0' then
  redis.call('HINCRBY', KEYS[2], 'failures', -1)
end
for i = 3, #KEYS do redis.call('SET', KEYS[i], '1', 'EX', ARGV[1]) end
"""


class Backoff:
    """The waits of one service. Logins and addresses reach Redis as keyed digests only."""

    def __init__(
        self, redis: Redis, *, key: bytes, clock: Callable[[], datetime], enabled: bool, reach: Reach | None = None
    ) -> None:
        self._key, self._clock, self._enabled = key, clock, enabled
        self._reach = reach or Reach()
        self._knock = redis.register_script(_KNOCK)
        self._succeed = redis.register_script(_SUCCEED)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._waiting: TTLCache[str, float] = TTLCache(10_000, KEYS.longest / 1000)
        self._proven: TTLCache[str, bool] = TTLCache(10_000, 600.0)

    async def attempt(self, login: str) -> Attempt:
        """To be called before a password is judged, with the login as it was typed, known or not, so that both are
        alike; the address is that of the request at hand. Raises RateLimited; otherwise the attempt counts as failed
        until its ``succeed``."""
        name, network = login.strip().lower(), network_of(origin.current().address)
        attempt = Attempt(self, name, network)
        if not self._enabled:
            return attempt
        keys = [self._known(name, network), self._pair(name, network), self._name("account", name)]
        try:
            wait, known = await self._reach.ask(lambda: self._count(keys, (PAIR, ACCOUNT)))
        except Away:
            if not await self._own.hit(WITHOUT_REDIS, attempt.login, network):
                raise _refusal(WITHOUT_REDIS.get_expiry() * 1000) from None
            return attempt
        if wait > 0:
            raise _refusal(wait)
        attempt.known = bool(known)
        return attempt

    async def succeeded(self, attempt: Attempt, names: Sequence[str]) -> None:
        """Take the attempt back, and remember the address for every name that the account is known by."""
        if not self._enabled:
            return
        logins = {attempt.login, *(name.strip().lower() for name in names)}
        keys = [self._pair(attempt.login, attempt.network), self._name("account", attempt.login)]
        keys += [self._known(login, attempt.network) for login in sorted(logins)]
        values = [KNOWN_DAYS * 86_400, int(attempt.known)]
        try:
            await self._reach.ask(lambda: self._succeed(keys=keys, args=values))
        except Away:
            return

    async def welcome(self, *names: str) -> None:
        """The owner of the account with these names is at the address at hand, as something other than the password
        showed: what others guess together keeps nobody out from here, nor what was guessed here before."""
        network = network_of(origin.current().address)
        for name in names:
            await self.succeeded(Attempt(self, name.strip().lower(), network, known=True), names)

    def admit_key(self, digest: str) -> None:
        """To be called before an API key is looked up, with its digest; raises RateLimited while its address waits.
        A key that worked here lately is let through: the neighbour with the broken program is not its fault."""
        until = self._waiting.get(network_of(origin.current().address), 0.0)
        if until > monotonic() and digest not in self._proven:
            raise _refusal((until - monotonic()) * 1000)

    def key_worked(self, digest: str) -> None:
        """The key is known."""
        if self._enabled:
            self._proven[digest] = True

    async def key_unknown(self) -> None:
        """The address at hand showed a key that nobody has."""
        if not self._enabled:
            return
        network = network_of(origin.current().address)
        keys = [self._name("nothing"), self._name("keys", network)]
        try:
            wait, _ = await self._reach.ask(lambda: self._count(keys, (KEYS,)))
        except Away:
            return
        if wait > 0:
            self._waiting[network] = monotonic() + wait / 1000

    async def _count(self, keys: Sequence[str], steps: Sequence[Steps]) -> tuple[int, int]:
        values = [int(self._clock().timestamp() * 1000)]
        for each in steps:
            values += [each.free, each.longest, each.kept]
        wait, known = await self._knock(keys=keys, args=values)
        return int(wait), int(known)

    def _pair(self, login: str, network: str) -> str:
        return self._name("pair", login, network)

    def _known(self, login: str, network: str) -> str:
        return self._name("known", login, network)

    def _name(self, kind: str, *parts: str) -> str:
        text = "\0".join((kind, *parts)).encode("utf-8", "surrogatepass")
        return f"{PREFIX}:{kind}:{hmac.digest(self._key, text, 'sha256').hex()[:40]}"


@dataclass(slots=True)
class Attempt:
    """One try at a password, counted as failed until it succeeds."""

    backoff: Backoff
    login: str
    network: str
    known: bool = False

    async def succeed(self, *names: str) -> None:
        """The password was right; ``names`` are the account's e-mail address and user name."""
        await self.backoff.succeeded(self, names)


def _refusal(milliseconds: float) -> RateLimited:
    seconds = max(1, ceil(milliseconds / 1000))
    return RateLimited(f"Too many failed attempts. Try again in {seconds} s.", retry_after=seconds)
