"""Finding out where newly assigned or rewound partitions are to be read from: what the tables hold, and what the group has committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaException

from streams.errors import StoreUnavailable
from streams.feed.positions import BEGINNING, Partition, start_at
from streams.path import place

log = logging.getLogger(__name__)

StoredOffsets = Callable[[], "Future[dict[str, int]]"]

BACKOFF_S = 0.5
COMMITTED_TIMEOUT_S = 10.0  # one round trip to the group's coordinator


class Settling:
    """One question to the tables at a time, asked again for as long as they do not answer. `untold`: partitions of the last answer of which
    the group has no offset, with the tables'. Not thread-safe: the feed's thread owns it."""

    def __init__(self, stored_offsets: StoredOffsets) -> None:
        self._ask = stored_offsets
        self._asked: Future[dict[str, int]] | None = None
        self._again_at = 0.0
        self._away = self._rewound = False
        self.untold: dict[Partition, int] = {}

    def begin(self, rewound: bool) -> None:
        """Ask anew. `rewound`: the tables' offsets alone count, whatever the group has committed."""
        self._asked = None
        self._again_at = 0.0
        self._rewound = rewound

    def starts(self, consumer: Any, partitions: Sequence[Any], prefix: int) -> dict[Partition, tuple[int, int | None]] | None:
        """Partition -> (offset to start at, offset that the tables hold), None while that is not known. `partitions` are the client's,
        whose topics begin with `prefix` characters that the tables do not know."""
        if time.monotonic() < self._again_at:
            return None
        if self._asked is None:
            self._asked = self._ask()
        if not self._asked.done():
            return None
        asked, self._asked = self._asked, None
        try:
            stored = asked.result()
            committed = [] if self._rewound else consumer.committed(partitions, timeout=COMMITTED_TIMEOUT_S)
        except (StoreUnavailable, KafkaException) as error:
            self._again_at = time.monotonic() + BACKOFF_S
            if not self._away:
                self._away = True
                log.warning("where to start is not known yet: %s", error)
            return None
        self._away = False
        self.untold = {}
        group = {(each.topic, each.partition): each.offset for each in committed if each.offset >= 0}
        found: dict[Partition, tuple[int, int | None]] = {}
        for each in partitions:
            topic = each.topic[prefix:]
            held = stored.get(place(topic, each.partition))
            known = group.get((each.topic, each.partition))
            if held is None and known is not None:
                log.warning("%s:%d: the tables have no offset, the group has %d: reading from the beginning", topic, each.partition, known)
            if held and known is None and not self._rewound:
                self.untold[topic, each.partition] = held
            found[topic, each.partition] = ((BEGINNING if held is None else held) if self._rewound else start_at(held, known), held)
        return found
