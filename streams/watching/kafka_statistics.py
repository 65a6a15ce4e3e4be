"""What of librdkafka's statistics is watched: its brokers (STATISTICS.md of librdkafka describes the whole report)."""

from __future__ import annotations

from typing import NamedTuple

import orjson


class Brokers(NamedTuple):
    """A client's brokers as it last reported them. `rtt`: the slowest one's mean round trip in seconds, Kafka's own waiting included;
    `tries`: connections tried, those that failed too; `reported`: how many of them the last report told of."""

    known: int
    up: int
    tries: int
    rtt: float
    reported: int = 0

    def after(self, before: Brokers | None) -> Brokers:
        """This report, with what an earlier one knew: a client that has lost all its brokers begins with its bootstrap addresses again, and
        forgets the brokers and what it had counted of them."""
        if before is None:
            return self
        tries = before.tries + (self.reported - before.reported if self.reported >= before.reported else self.reported)
        return self._replace(known=self.known or before.known, tries=tries)


def brokers(statistics: str) -> Brokers:
    """The brokers in a report. Bootstrap addresses and the group's coordinator are not brokers of their own (their nodeid is -1)."""
    found = orjson.loads(statistics).get("brokers", {}).values()
    real = [one for one in found if one["nodeid"] >= 0]
    up = [one for one in real if one["state"] == "UP"]
    rtt = max((one["rtt"]["avg"] for one in up), default=0) / 1e6
    tries = sum(one["connects"] for one in found)
    return Brokers(len(real), len(up), tries, rtt, tries)
