"""`leadlock simulate`: what would have been decided, from a file of events, without any server."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from schemas.policy import Policy
from schemas.times import micros
from streams.simulation import BadLine, Simulation


@click.command()
@click.argument("events", type=click.File("rb"))
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rules of engagement; every default without it.",
)
@click.option("--until", metavar="TIME", help="Let time pass to this RFC 3339 instant after the last line.")
def simulate(events: click.utils.LazyFile, policy_file: Path | None, until: str | None) -> None:
    """Play EVENTS (JSON Lines, `-` for standard input) with a virtual clock: decisions as JSON Lines on standard output."""
    policy = Policy.read(policy_file) if policy_file else Policy()
    end = 0
    if until is not None:
        try:
            moment = datetime.fromisoformat(until)
        except ValueError as error:
            example = f"{until!r} is no RFC 3339 instant; nearest: 2026-03-02T09:00:00+00:00"
            raise click.BadParameter(example, param_hint="--until") from error
        if moment.tzinfo is None:
            raise click.BadParameter(f"{until!r} has no offset; nearest: {until}+00:00", param_hint="--until")
        end = micros(moment)
    simulation = Simulation(policy)
    out = sys.stdout.buffer
    try:
        for decision in simulation.play(events):
            out.write(decision + b"\n")
        for decision in simulation.until(end):
            out.write(decision + b"\n")
    except BadLine as error:
        out.flush()
        raise click.ClickException(str(error)) from error
    out.flush()
    for number, why in simulation.dead:
        click.echo(f"line {number}: dead letter: {why}", err=True)
