"""`leadlock replay-dead-letters`: what could not be taken in, once more, after a fix."""

from __future__ import annotations

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from streams.cli.common import err, json_option, out, put_json, table
from streams.cli.replaying import Replay
from streams.path import TOPICS as INBOUND
from streams.settings.settings import Settings


@click.command("replay-dead-letters")
@click.option("--topic", type=click.Choice(INBOUND), help="Only what came from this topic.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--dry-run", is_flag=True, help="Only say what would be replayed.")
@click.option("--all", "again", is_flag=True, help="From the beginning, also what was replayed before.")
@json_option
def replay_dead_letters(topic: str | None, limit: int | None, dry_run: bool, again: bool, as_json: bool) -> None:
    """Put dead letters back on the topics that they came from: key, value and own headers byte for byte, each letter once.

    The letters themselves stay where they are. What has been replayed is noted in the consumer group <group>-dead-letters. A letter whose
    headers name no topic is reported and left.

    \b
    Example:
      leadlock replay-dead-letters --topic email-sent --dry-run
    """
    replay = Replay(Settings(), again)
    talk = err()
    with Progress(
        TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), console=talk, transient=True, disable=not talk.is_terminal
    ) as progress:
        task = progress.add_task("letters", total=replay.waiting)
        replay.run(topic, limit, dry_run, lambda count: progress.advance(task, count))
    for one in replay.left:
        talk.print(f"left: dead-letters:{one.partition} offset {one.offset}: {one.why}", style="yellow", soft_wrap=True)
    count = sum(replay.replayed.values())
    if as_json:
        left = [one._asdict() for one in replay.left]
        put_json({"dry_run": dry_run, "replayed": count, "by_topic": replay.replayed, "skipped": replay.skipped, "left": left})
        return
    if replay.replayed:
        shown = table("topic", "letters")
        for name, number in sorted(replay.replayed.items()):
            shown.add_row(name, str(number))
        out().print(shown)
    said = "would be replayed" if dry_run else "replayed"
    others = f", {replay.skipped} of other topics passed over" if replay.skipped else ""
    out().print(f"{count} {said}, {len(replay.left)} left{others}.")
