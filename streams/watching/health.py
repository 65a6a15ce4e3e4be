"""Whether a worker is alive, which is progress and not just a port, and whether it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from streams.watching.kafka_statistics import Brokers

LOOP_S = 15.0
"""The event loop turns every second; a quarter of a minute without is no load but a hang."""
FEED_S = 90.0
"""The feed's thread may wait a minute for what is in flight when partitions are let go (a fifth of max.poll.interval), and ten seconds for
the group's coordinator."""
STILL_S = 120.0
"""Lag and nothing delivered for so long, with Redis and Kafka there: Kafka's slowest failover is over by then."""


class Health:
    """Of one worker's parts. Its timer calls `beat` every second. `brokers`: what the Kafka clients last reported. `idle_away`: whether the
    store did not answer when it was last asked, by a stream that waits or by nobody but timers."""

    def __init__(
        self, feed: Any, turn: Any, publisher: Any, brokers: Mapping[str, Brokers], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.feed, self.turn, self.publisher = feed, turn, publisher
        self._brokers, self._clock = brokers, clock
        self.idle_away: Callable[[], bool] = lambda: False
        self._beat = clock()
        self._progress, self._since = -1, clock()

    async def beat(self) -> None:
        """The event loop turns. Notes progress on the way."""
        self._beat = self._clock()
        if self.feed.progress != self._progress or not self.lag() or self.store_away() or self.kafka_away():
            self._progress, self._since = self.feed.progress, self._clock()

    def lag(self) -> int:
        """Records of all partitions that are not delivered."""
        return sum(self.feed.lag().values())

    def still(self) -> float:
        """For how many seconds there has been lag, and nothing delivered, although Redis and Kafka answer."""
        return self._clock() - self._since

    def store_away(self) -> bool:
        """Redis does not answer."""
        return bool(self.turn.store_away or self.idle_away())

    def kafka_away(self) -> bool:
        """A client knows brokers and is connected to none of them."""
        return any(one.known and not one.up for one in self._brokers.values())

    def beats(self) -> dict[str, float]:
        """Part -> when it last turned, seconds since the epoch."""
        now, wall = self._clock(), time.time()
        return {"loop": wall - (now - self._beat), "feed": wall - (now - self.feed.beat)}

    def dead(self) -> list[str]:
        """Why a restart would help; empty while the worker is alive. An outage of Redis or Kafka is none of it."""
        now = self._clock()
        found = []
        if (since := now - self._beat) > LOOP_S:
            found.append(f"the event loop has not turned for {since:.0f} s")
        if (since := now - self.feed.beat) > FEED_S:
            found.append(f"the feed has not turned for {since:.0f} s")
        if (since := self.still()) > STILL_S:
            found.append(f"nothing was delivered for {since:.0f} s although {self.lag()} records wait")
        return found

    def unready(self) -> list[str]:
        """Why the worker cannot work at this moment; empty when it can."""
        found = self.dead()
        if not self.feed.settled():
            found.append("the consumer group has not given it partitions yet")
        if self.store_away():
            found.append("Redis does not answer")
        if self.kafka_away():
            found.append("no broker answers")
        return found
