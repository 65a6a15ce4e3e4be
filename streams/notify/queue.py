"""Messages that wait, in Redis: what was accepted is sent though every process ends. Raises StoreUnavailable."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from streams.notify.messages import Message
from streams.tables.connect import Client
from streams.tables.failures import answered

KNOWN_S: Final = 7 * 86_400
"""So long a decision that is published again is known: as long as events are remembered by default."""

_decoder = msgspec.msgpack.Decoder(Message)
_encode = msgspec.msgpack.Encoder().encode


class Queue:
    """Keys `{prefix}notify:due` (sorted set: name -> microseconds), `{prefix}notify:text` (hash) and `{prefix}notify:known:<id>`."""

    def __init__(self, client: Client, prefix: str) -> None:
        self._client: Any = client
        tag = f"{{{prefix}}}notify:"
        self._due, self._text, self._known = f"{tag}due", f"{tag}text", f"{tag}known:"

    def accept(self, message: Message, at: int) -> bool:
        """Keep a message until `at`; False for one of a decision that was accepted before. What still waits of its matter is replaced, and
        keeps its time if that is earlier."""
        with answered("notify"):
            known = f"{self._known}{message.decision_id}|{message.to}|{message.team}"
            if self._client.exists(known):
                return False
            together = self._client.pipeline(transaction=False)
            together.hset(self._text, message.name, _encode(message))
            together.zadd(self._due, {message.name: at}, lt=True)
            # Last: a crash before it accepts the message again, and loses none.
            together.set(known, b"1", ex=KNOWN_S)
            together.execute()
        return True

    def due(self, now: int, limit: int) -> list[Message]:
        """Messages whose time has come, the earliest first."""
        with answered("notify"):
            names = self._client.zrangebyscore(self._due, "-inf", now, start=0, num=limit)
            bodies = self._client.hmget(self._text, names) if names else []
        return [_decoder.decode(body) for body in bodies if body]

    def sent(self, message: Message) -> None:
        """Forget a message, unless a newer one has taken its place."""
        with answered("notify"):
            now = self._client.hget(self._text, message.name)
            if now is not None and _decoder.decode(now).decision_id == message.decision_id:
                together = self._client.pipeline(transaction=False)
                together.zrem(self._due, message.name)
                together.hdel(self._text, message.name)
                together.execute()

    def again(self, message: Message, at: int) -> None:
        """Keep a message that could not be sent until `at`, unless a newer one has taken its place."""
        with answered("notify"):
            now = self._client.hget(self._text, message.name)
            if now is not None and _decoder.decode(now).decision_id == message.decision_id:
                together = self._client.pipeline(transaction=False)
                together.hset(self._text, message.name, _encode(message))
                together.zadd(self._due, {message.name: at})
                together.execute()

    def waiting(self) -> int:
        """How many messages wait."""
        with answered("notify"):
            return int(self._client.zcard(self._due))
