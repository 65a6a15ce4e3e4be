"""`leadlock simulate`: what would have been decided, from a file of events or from what Kafka has recorded, without changing anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from schemas.policy import Policy
from streams.agents.reading import arrived
from streams.cli.common import instant_option, json_option, policy_at, since_option
from streams.cli.trial_view import judge
from streams.clock import now_us
from streams.path import Arrived
from streams.settings.settings import Settings
from streams.simulation import BadLine, Lines, Simulation
from streams.trial import Trial

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("events", type=click.File("rb"), required=False)
@click.option("--policy", "policy_file", type=FILE, metavar="FILE", help="Rules of engagement; every default without it.")
@click.option("--against", "against_file", type=FILE, metavar="FILE", help="The policy to compare with: say which decisions would change.")
@click.option("--from-kafka", is_flag=True, help="Play what the configured Kafka has recorded, instead of a file.")
@since_option("30d", "With --from-kafka: how far back, such as 30d or 12h.")
@instant_option("--until", "Let time pass to this RFC 3339 instant after the last line.")
@json_option
def simulate(
    events: click.utils.LazyFile | None,
    policy_file: Path | None,
    against_file: Path | None,
    from_kafka: bool,
    since: int,
    until: int,
    as_json: bool,
) -> None:
    """Play EVENTS (JSON Lines, `-` for standard input) with a virtual clock: decisions as JSON Lines on standard output.

    With --against nothing but the difference is told: which decisions the policy on trial would make otherwise than the other one, grouped
    by the rule that decided them; with --json each difference is a line, with both decisions. Nothing is written to Kafka or Redis.

    \b
    Examples:
      leadlock simulate events.jsonl --policy rules-of-engagement.toml
      leadlock simulate --policy new.toml --against rules-of-engagement.toml events.jsonl
      leadlock simulate --policy new.toml --against rules-of-engagement.toml --from-kafka --since 30d
    """
    if (events is None) != from_kafka:
        raise click.UsageError("give either EVENTS or --from-kafka" + (", not both" if from_kafka else ""))
    policy = policy_at(policy_file) if policy_file else Policy()
    lines = Lines()
    arrivals = lines.arrivals(events) if events is not None else _recorded(lines, now_us() - since)
    try:
        if against_file is not None:
            judge(Trial(policy_at(against_file), policy), arrivals, until, as_json)
        else:
            _decide(Simulation(policy), arrivals, until)
    except BadLine as error:
        sys.stdout.flush()
        raise click.ClickException(str(error)) from error
    for number, why in lines.dead:
        click.echo(f"line {number}: dead letter: {why}", err=True)


def _decide(simulation: Simulation, arrivals: Iterator[Arrived], end: int) -> None:
    out = sys.stdout.buffer
    try:
        for one in arrivals:
            for decision in simulation.decide(one):
                out.write(decision + b"\n")
        for decision in simulation.until(end):
            out.write(decision + b"\n")
    finally:
        out.flush()


def _recorded(lines: Lines, since: int) -> Iterator[Arrived]:
    from streams.recorded import recorded  # Kafka's client takes a while to load, and a file needs none

    for number, record in enumerate(recorded(Settings(), since), 1):
        (one,) = arrived([record])
        if one.error is not None:
            lines.dead.append((number, f"{record.topic}:{record.partition} at {record.offset}: {one.error}"))
        yield one

