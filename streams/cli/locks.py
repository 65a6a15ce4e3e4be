"""`leadlock locks`: who owns what, why, until when, and how it came to that."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click
from rich.text import Text

from streams.cli.common import err, json_option, out, policy_of, policy_option, put_json, reading, table, when, whose
from streams.cli.targets import REP, resolve
from streams.on_record.as_json import record, row
from streams.on_record.history import told as as_told
from streams.on_record.history import words
from streams.on_record.view import Held, Known, all_held, directory_of, held_by, known
from streams.rules.lead.duplicates import HELD, MERGED
from streams.settings.settings import Settings
from streams.state import Lead

NOBODY = "nobody"
ENDLESS = "its reason ends"


@click.command()
@click.argument("target", required=False)
@click.option("--limit", type=click.IntRange(min=0), default=200, show_default=True, help="Rows of the table of locks; 0 for all.")
@click.option("--rep", help="Only the locks that this rep holds.")
@policy_option
@json_option
def locks(target: str | None, rep: str | None, limit: int, policy_file: Path | None, as_json: bool) -> None:
    """List all locks, or tell all that is on record of TARGET: owner, backup, status, reason, end, next step, sequence, mailbox,
    suppressions, history.

    TARGET is an address, account:ID, domain:NAME, lead:ID, or a bare domain or account id; a rep's id lists that rep's locks. With --json
    a list is one object a line.

    \b
    Examples:
      leadlock locks
      leadlock locks ops@northwind-logistics.com
      leadlock locks account:nw
      leadlock locks --rep sam
    """
    if target and rep:
        raise click.UsageError("give either TARGET or --rep, not both")
    settings = Settings()
    policy = policy_of(policy_file, settings)
    with reading(settings) as tables:
        directory = directory_of(tables, policy.matching.free_domains, policy.matching.personal_domains)
        key = resolve(target, directory, lambda: {one.owner for one in all_held(tables, directory, policy.windows)}) if target else ""
        if key and not key.startswith(REP):
            found = known(tables, directory, policy.windows, key)
            put_json(record(found)) if as_json else show(found)
            return
        rep = rep or key.removeprefix(REP)
        if rep and rep not in directory.reps:
            near = directory.nearest_rep(rep)
            hint = f"; the nearest known one is {near!r}" if near else ""
            err().print(f"note: rep: {rep!r} is not known{hint}", style="yellow", soft_wrap=True)
        held = held_by(tables, directory, policy.windows, rep) if rep else all_held(tables, directory, policy.windows)
        if as_json:
            for one in held:
                put_json(row(one))
        else:
            _table(held, limit)


def show(found: Known) -> None:
    """All that is on record of a target, for a person."""
    told = table("", "")
    told.show_header = False
    for name, text in _facts(found):
        told.add_row(Text(name, style="bold"), Text(text))
    console = out()
    console.print(told)
    if not found.history:
        console.print("\nNothing was ever decided about it.")
        return
    lines = table("when", "what happened", "said by", "note", title="\nHistory")
    for one in as_told(found.history):
        lines.add_row(when(one.at), Text(one.what), Text(one.by), Text(one.note))
    console.print(lines)


def _facts(found: Known) -> Iterable[tuple[str, str]]:
    yield "target", found.target
    if found.account and found.target != f"account:{found.account.account_id}":
        yield "account", f"{found.account.name} ({found.account.account_id})"
    elif found.account:
        yield "name", found.account.name
    if found.lead:
        yield from _of_lead(found.lead)
        if found.lead.contact:  # a lead has a lock of its own only where it has no address
            yield "lock", f"the contact's: leadlock locks {found.lead.contact}"
            return
    held = found.held
    yield "status", words(found.status) + (f", only {found.sender} sends" if found.sender else "")
    if held is None:
        yield "owner", NOBODY
    else:
        lock = held.view.lock
        yield "owner", whose(lock.owner, held.team)
        yield "why", f"{words(lock.reason)} (rule {words(lock.rule)}{', ' + held.phase if held.phase != 'ordinary' else ''})"
        yield "since", when(lock.claimed_at)
        yield "until", when(held.until) if held.until else ENDLESS
        if lock.note:
            yield "note", lock.note
    if found.backup:
        yield "backup", found.backup
    if found.collaborators:
        yield "with", ", ".join(found.collaborators)
    if found.outbound:
        at, rep, kind = found.outbound
        yield "last outbound", f"{when(at)} by {rep}" + (f" ({words(kind)})" if kind != "touch" else "")
    if found.step:
        yield "next step", f"{f'by {when(found.step.at)}' if found.step.at else 'now'}: {found.step.what}"
    if found.sequence:
        more = [part for part in (found.sequence.tool, found.sequence.campaign) if part]
        yield "sequence", f"{found.sequence.id} of {found.sequence.rep}" + (f" ({', '.join(more)})" if more else "")
    if found.mailbox:
        yield "mailbox", found.mailbox
    for rep, sent in sorted(found.sent.items(), key=lambda item: item[1].at):
        if found.outbound is None or rep != found.outbound[1]:
            yield "also touched", f"{when(sent.at)} by {rep} ({words(sent.kind)})"
    for one in found.suppressed:
        scope = "" if one.scope == found.target else f" ({one.scope})"
        until = f"until {when(one.until)}" if one.until else "for good"
        yield "suppressed", f"{words(one.flag)} since {when(one.since)} {until}{scope}"
    if found.paused_until:
        yield "paused", f"until {when(found.paused_until)}"
    for permit in found.permits:
        yield "permit", f"{permit.to} by {permit.by} since {when(permit.at)}" + (f" for {permit.contact}" if permit.contact else "")


def _of_lead(lead: Lead) -> Iterable[tuple[str, str]]:
    if lead.contact:
        yield "contact", lead.contact
    if lead.status == HELD:
        yield "lead", "held until somebody says whether it is a duplicate"
    elif lead.status == MERGED:
        yield "lead", f"merged into {lead.original}, out of circulation"
    if lead.rule:
        yield "routed to", f"{lead.owner or 'no rep'} (rule {words(lead.rule)}, {lead.priority})"
    elif lead.owner:
        yield "routed to", lead.owner
    for one in lead.suspects:
        product = ", another product" if one.product_differs else ""
        yield "may be", f"{one.lead_id} (same {' and '.join(one.same)}{product})"
    if lead.merged:
        yield "duplicates", ", ".join(lead.merged)
    if lead.respond_by:
        yield "respond by", when(lead.respond_by) + ("" if lead.waits else ", over or answered")


def _table(held: Iterable[Held], limit: int) -> None:
    rows = iter(held)
    first = list(islice(rows, limit)) if limit else list(rows)
    shown = table("target", "owner", "why", "until", "account")
    for one in sorted(first, key=lambda each: each.target):
        why = words(one.view.lock.reason) + (f", {one.phase}" if one.phase != "ordinary" else "")
        why += ", under review" if one.status == "under_review" else ""
        account = one.account.name if one.account else ""
        until = when(one.until) if one.until else ENDLESS
        shown.add_row(Text(one.target), Text(whose(one.owner, one.team)), why, until, Text(account))
    if not first:
        err().print("There are no locks.")
        return
    out().print(shown)
    if more := sum(1 for _ in rows):
        err().print(f"... and {more} more: --limit 0 shows all, --json streams them.")
