"""What HTTP keeps in Redis beside the lock tables: sessions, and the answers given under an idempotency key. All of it ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any, Final, TypeVar

from streams.tables.connect import Client
from streams.tables.failures import answered

T = TypeVar("T")
THREADS: Final = 4  # a call takes a millisecond; page loads come by the dozen


class Store:
    """Names get the installation's hash tag, so that one user of Redis may all of it. Raises StoreUnavailable."""

    def __init__(self, client: Client, prefix: str) -> None:
        self._client: Any = client
        self._prefix = f"{{{prefix}}}web:"
        self._threads = ThreadPoolExecutor(THREADS, "store")

    async def get(self, kind: str, name: str) -> bytes | None:
        """What is kept under a name."""
        found: bytes | None = await self._call(lambda: self._client.get(self._key(kind, name)))
        return found

    async def put(self, kind: str, name: str, value: bytes, seconds: int, new: bool = False) -> bool:
        """Keep a value so long; with `new` only where nothing is kept yet, which the answer says."""
        return bool(await self._call(lambda: self._client.set(self._key(kind, name), value, ex=seconds, nx=new)))

    async def drop(self, kind: str, name: str) -> None:
        """Forget a name."""
        await self._call(lambda: self._client.delete(self._key(kind, name)))

    def stop(self) -> None:
        """Blocks."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _key(self, kind: str, name: str) -> str:
        # Hashed: a session's name is a secret, and who reads Redis must not be able to use it.
        return f"{self._prefix}{kind}:{sha256(name.encode()).hexdigest()}"

    async def _call(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            with answered("web"):
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._threads, guarded)
