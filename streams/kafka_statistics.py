"""What of librdkafka's statistics is watched: its brokers (STATISTICS.md of librdkafka describes the whole report)."""

from __future__ import annotations

from typing import NamedTuple

import orjson


class Brokers(NamedTuple):
    """A client's brokers as it last reported them. `rtt`: the slowest one's mean round trip in seconds, Kafka's own waiting included;
    `connects`: connections made since the client began."""

    known: int
    up: int
    connects: int
    rtt: float


def brokers(statistics: str) -> Brokers:
    """The brokers in a report. Bootstrap addresses and the group's coordinator are not brokers of their own (their nodeid is -1)."""
    found = orjson.loads(statistics).get("brokers", {}).values()
    real = [one for one in found if one["nodeid"] >= 0]
    up = [one for one in real if one["state"] == "UP"]
    rtt = max((one["rtt"]["avg"] for one in up), default=0) / 1e6
    return Brokers(len(real), len(up), sum(one["connects"] for one in found), rtt)
