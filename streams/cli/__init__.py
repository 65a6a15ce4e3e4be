"""The command line: one file a command beside this one. Standard output is data, standard error is talk."""

from __future__ import annotations

from importlib import import_module

import click

from schemas.errors import ContractError, nearest
from streams.errors import LeadlockError

COMMANDS = {
    "demo": "streams.cli.demo:demo",
    "up": "streams.cli.up:up",
    "worker": "streams.cli.worker:worker",
    "serve": "streams.cli.serve:serve",
    "check": "streams.cli.check:check",
    "locks": "streams.cli.locks:locks",
    "simulate": "streams.cli.simulate:simulate",
    "match": "streams.cli.match:match",
    "explain": "streams.cli.explain:explain",
    "import": "streams.cli.import_lists:import_lists",
    "policy": "streams.cli.policy:policy",
    "replay-dead-letters": "streams.cli.replay_dead_letters:replay_dead_letters",
    "audit": "streams.cli.audit:audit",
    "doctor": "streams.cli.doctor:doctor",
}
"""Command -> where it is. Imported when called, so that `leadlock policy check` does not wait for Kafka's client."""


class Commands(click.Group):
    """Finds a command by its name and turns our own errors into one clear line and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = COMMANDS.get(cmd_name)
        if where is None:
            near = nearest(cmd_name, COMMANDS)
            hint = f"the nearest is {near!r}" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"There is no command {cmd_name!r}; {hint}.")
        module, name = where.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (LeadlockError, ContractError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="leadlock")
def main() -> None:
    """leadlock: one voice to every prospect."""
