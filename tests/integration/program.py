"""A worker process for tests: settings from the environment, the real parts, but impatient with what a crash left behind.

`python -m tests.integration.program`. Prints nothing; logs to standard error.
"""

from __future__ import annotations

import logging
import sys
from functools import partial

from confluent_kafka.admin import AdminClient
from schemas.policy import Policy

from streams import app, topics
from streams.engine import Engine
from streams.feed import Feed
from streams.settings import Settings
from streams.tables.connect import connect, verify
from streams.tables.redis import RedisTables
from streams.worker import run

# Ten seconds are polite to a neighbour that is about to publish its own entries; alone, or with neighbours that are dead, it only costs time.
SWEEP_OLDER_S, SWEEP_EVERY_S = 1.0, 0.3
# Order is what these tests compare: a machine under load may take longer than the usual 200 ms to fetch the first records.
MAX_WAIT = 20_000_000


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    app.SWEEP_OLDER_S, app.SWEEP_EVERY_S = SWEEP_OLDER_S, SWEEP_EVERY_S
    app.Feed = partial(Feed, max_wait=MAX_WAIT)  # type: ignore[misc, assignment]
    settings = Settings()
    topics.ensure(settings, AdminClient(settings.kafka_options("admin")))
    client = connect(**settings.redis_options())
    verify(client)
    named = settings.policy_file()
    policy = Policy.read(named) if named else Policy()
    return run(settings, Engine(RedisTables(client, settings.redis.prefix), policy, settings.clock, settings.max_future_skew))


if __name__ == "__main__":
    sys.exit(main())
