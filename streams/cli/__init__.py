"""The command line: one file a command beside this one. Standard output is data, standard error is talk."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from schemas.errors import ContractError, nearest
from streams.errors import LeadlockError


class Entry(NamedTuple):
    """A command: where it is, `module:name`, and what it does, in a line."""

    where: str
    does: str


COMMANDS = {
    "demo": Entry("streams.cli.demo:demo", "Play a day of outreach here, without any server, and show what is decided."),
    "up": Entry("streams.cli.up:up", "The same stack, staying up: Kafka, Redis, a worker, the console."),
    "worker": Entry("streams.cli.worker:worker", "Run the stream processor against your Kafka and Redis."),
    "serve": Entry("streams.cli.serve:serve", "Serve the HTTP API and the console."),
    "check": Entry("streams.cli.check:check", "May this rep write to this person now? Allow, warn or block."),
    "locks": Entry("streams.cli.locks:locks", "Who owns it, why, until when, and how it came to that."),
    "simulate": Entry("streams.cli.simulate:simulate", "Play a file of events without any server; compare two policies."),
    "match": Entry("streams.cli.match:match", "Which account each lead of a list belongs to."),
    "explain": Entry("streams.cli.explain:explain", "Why a lead goes to whom: every rule that was tried."),
    "import": Entry("streams.cli.import_lists:import_lists", "Publish the CRM's accounts or reps from a file."),
    "policy": Entry("streams.cli.policy:policy", "Check the rules of engagement: faults, or effective values."),
    "replay-dead-letters": Entry("streams.cli.replay_dead_letters:replay_dead_letters", "Put back what could not be read, after a fix."),
    "audit": Entry("streams.cli.audit:audit", "The weekly audit: eight questions, and the commands that mend."),
    "doctor": Entry("streams.cli.doctor:doctor", "Try the settings against Kafka and Redis: causes and cures."),
}
"""Imported when called, so that neither `leadlock policy check` nor `leadlock --help` waits for Kafka's client."""


class Commands(click.Group):
    """Finds a command by its name and turns our own errors into one clear line and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = COMMANDS.get(cmd_name)
        if found is None:
            near = nearest(cmd_name, COMMANDS)
            hint = f"the nearest is {near!r}" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"There is no command {cmd_name!r}; {hint}.")
        module, name = found.where.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.does) for name, one in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (LeadlockError, ContractError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="leadlock")
def main() -> None:
    """leadlock: one voice to every prospect."""
