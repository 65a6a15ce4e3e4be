"""`leadlock up`: everything in one process and one Redis beside it, for trying things out."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click
from confluent_kafka import Producer

from streams.cli.common import err, policy_of, policy_option
from streams.cli.logs import configure
from streams.cli.opening import opened
from streams.day.playing import make_topics
from streams.embedded import EmbeddedStack
from streams.engine import Engine
from streams.settings.settings import LogSettings, Settings
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from streams.worker import WorkerThread

READY = """\
Kafka   {bootstrap}
Redis   {redis}
Policy  {policy}
Console {console}

Publish a first event:
  echo '{{"event_id":"e1","occurred_at":"'$(date -u +%FT%TZ)'","message_id":"m1","contact":"ops@northwind-logistics.com","rep":"sam"}}' \\
    | kcat -P -b {bootstrap} -t email-sent
Read the decisions:
  kcat -C -q -b {bootstrap} -t routing-decisions -o beginning
Let the other commands find this stack:
  export LEADLOCK_KAFKA_BOOTSTRAP_SERVERS={bootstrap} LEADLOCK_REDIS_URL={redis}
  leadlock locks
  leadlock check ops@northwind-logistics.com --rep priya
"""


@click.command()
@policy_option
def up(policy_file: Path | None) -> None:
    """Start an embedded Kafka and Redis with a worker and the console, print their addresses, and stay up until Ctrl-C.

    All of it is in memory and gone afterwards. Topics are those of the contract, with 4 partitions each.

    \b
    Example:
      leadlock up --policy rules-of-engagement.toml
    """
    configure(LogSettings(level="WARNING"))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with EmbeddedStack() as stack:
        settings = Settings.given(
            kafka={"bootstrap_servers": stack.bootstrap, "options": {"log_level": 0}}, redis={"url": stack.redis_url}, metrics={"port": 0}
        )
        policy = policy_of(policy_file, settings)
        make_topics(Producer(settings.kafka_options("producer")))
        with connect(**settings.redis_options()) as client:
            thread = WorkerThread(settings, Engine(RedisTables(client, settings.redis.prefix), policy))
            thread.start()
            console = opened(settings, policy, client)
            console.start()
            named = str(policy_file or settings.policy_file() or "every value its default")
            told = {"bootstrap": stack.bootstrap, "redis": stack.redis_url, "console": console.url}
            click.echo(READY.format(policy=f"{policy.hash} ({named})", **told))
            err().print("Up. Ctrl-C ends it.", style="dim")
            # A wait without a limit would not let Python's signal handlers run.
            while not stop.wait(0.2) and thread.code is None:
                pass
            err().print("Draining ..." if thread.code is None else "The worker died; the log above says why.", style="dim")
            console.stop()
            code = thread.stop()
    sys.exit(code)
