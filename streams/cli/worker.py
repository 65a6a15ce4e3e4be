"""`leadlock worker`: the stream processor."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.cli.common import policy_of, policy_option
from streams.cli.logs import configure
from streams.errors import BadSettings
from streams.feed.tuning import LOG
from streams.settings.settings import Settings
from streams.tables.connect import connect, verify
from streams.tables.redis import RedisTables
from streams.topics import ensure
from streams.watching.observed import Observed
from streams.worker import run

log = logging.getLogger(__name__)


@click.command()
@policy_option
def worker(policy_file: Path | None) -> None:
    """Run the stream processor against the configured Kafka and Redis, until SIGTERM or SIGINT.

    Settings come from LEADLOCK_* variables and leadlock.toml. Missing topics are created, present ones checked. Exit status 0 after a
    signal and a clean end, 1 when it cannot start or dies; whatever was under way is then done again by the next worker.

    \b
    Example:
      LEADLOCK_KAFKA_BOOTSTRAP_SERVERS=kafka:9092 LEADLOCK_REDIS_URL=redis://redis:6379/0 leadlock worker
    """
    settings = Settings()
    configure(settings.log)
    # First, for it needs no server: rules that are misread must not decide anything.
    policy = policy_of(policy_file, settings)
    try:
        admin = AdminClient(settings.kafka_options("admin") | dict(LOG))
    except KafkaException as error:
        raise BadSettings(field="kafka", value="not accepted", problem=error.args[0].str()) from error
    ensure(settings, admin)
    del admin  # its threads would go on, and complain of brokers on standard error in lines of their own
    with connect(**settings.redis_options()) as client:
        verify(client)
        log.info("policy %s, kafka %s, redis %s", policy.hash, settings.kafka.bootstrap_servers, settings.redis.url)
        observed = Observed(RedisTables(client, settings.redis.prefix), policy, settings.clock, settings.max_future_skew)
        code = run(settings, observed.engine, observed)
    sys.exit(code)
