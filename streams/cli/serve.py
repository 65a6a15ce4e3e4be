"""`leadlock serve`: the HTTP API and the console."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from streams.cli.common import err, policy_of, policy_option
from streams.cli.logs import configure
from streams.settings.settings import Settings
from streams.tables.connect import connect, verify
from streams.web.access import SCOPES

log = logging.getLogger(__name__)

ENTRY = """\
[[keys]]
name = "{name}"
hash = "{hash}"
scopes = [{scopes}]"""


@click.command()
@click.option("--new-key", "name", metavar="NAME", help="Make an API key instead: its entry for web.keys_file, the key on standard error.")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, help="What the new key may; several times for several.")
@policy_option
def serve(name: str | None, scopes: tuple[str, ...], policy_file: Path | None) -> None:
    """Serve the HTTP API and the console against the configured Kafka and Redis, until SIGTERM or SIGINT.

    Where, and for whom, is in the settings' group [web]. Workers must run beside it: they decide what is published and what time brings.

    \b
    Examples:
      leadlock serve --new-key outreach --scope check >> keys.toml
      LEADLOCK_WEB_KEYS_FILE=keys.toml leadlock serve
    """
    if name is not None:
        _new_key(name, scopes)
        return
    if scopes:
        raise click.UsageError("--scope is for --new-key NAME")
    settings = Settings()
    configure(settings.log)
    policy = policy_of(policy_file, settings)
    # Here, so that making a key does not wait for Kafka's client.
    from streams.web.running import Bound
    from streams.web.service import SHORT_S, Service

    with connect(**settings.redis_options(), timeout=SHORT_S, connect_timeout=SHORT_S) as client:
        verify(client)
        bound = Bound(Service(settings, policy, client))
        log.info("policy %s, kafka %s, redis %s", policy.hash, settings.kafka.bootstrap_servers, settings.redis.url)
        click.echo(f"leadlock serves {bound.url}")
        if settings.web.keys_file is None and settings.web.login == "none":
            err().print("note: nobody can use it yet: set web.keys_file for machines, web.login for people", style="yellow", soft_wrap=True)
        bound.run_alone()


def _new_key(name: str, scopes: tuple[str, ...]) -> None:
    from streams.web.keys import NAME, hashed, new_key

    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r} is not 1 to 64 letters, digits, '.', '_' or '-'; nearest: 'outreach'", param_hint="--new-key")
    if not scopes:
        raise click.UsageError(f"--scope is missing: one or more of {', '.join(SCOPES)}")
    key = new_key()
    click.echo(ENTRY.format(name=name, hash=hashed(key), scopes=", ".join(f'"{scope}"' for scope in dict.fromkeys(scopes))))
    click.echo(f"The key, shown this once: {key}", err=True)
