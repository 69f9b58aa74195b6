"""Speaks HTTP to identity providers: in time, in small answers, and to nowhere that they redirect to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from services.oauth.errors import ProviderUnavailable
from services.oauth.providers import is_safe_url

SECONDS = 10.0
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON with it."""

    status: int
    document: Any


class Fetcher:
    """One client for all providers, made when the first is asked: loading the certificate authorities takes a while."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The JSON behind a GET; raises ProviderUnavailable."""
        return await self._ask("GET", url, headers)

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """The JSON that a form is answered with; raises ProviderUnavailable."""
        return await self._ask("POST", url, headers, body)

    async def aclose(self) -> None:
        """Close what is open."""
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, method: str, url: str, headers: Mapping[str, str] | None, body: str | None = None) -> Answer:
        if not is_safe_url(url):
            raise ProviderUnavailable("The identity provider names an address that is not protected by TLS.")
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self._transport, timeout=SECONDS, headers={"User-Agent": "xds", "Accept": "application/json"}
            )
        try:
            async with (
                asyncio.timeout(SECONDS),  # httpx's own limits each read, and a trickle reads for ever
                self._client.stream(method, url, headers=headers, content=body) as response,
            ):
                return Answer(response.status_code, _parsed(await _limited(response)))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderUnavailable("The identity provider does not answer.") from error


async def _limited(response: httpx.Response) -> bytes:
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) > MOST_BYTES:
            raise ProviderUnavailable("The identity provider answers at too great a length.")
    return bytes(found)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise ProviderUnavailable("The identity provider does not answer in JSON.") from error
