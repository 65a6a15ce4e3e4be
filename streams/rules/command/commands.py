"""Commands: which record each is about, whether its speaker may give it, and what it does (rules 1, 3, 7, 8, 13, 27)."""

from __future__ import annotations

from collections.abc import Callable

from schemas.events import OwnershipCommand
from schemas.events.ownership_commands import MisreadCommand, missing
from streams.matching.domains import is_ending, registrable
from streams.rules.command import authority, company_commands, contact_commands, lead_commands, link_commands, permit_commands
from streams.rules.company import standings, whole
from streams.rules.hand_off import hand_offs
from streams.rules.said import Said
from streams.rules.world import World


def decide(world: World, event: OwnershipCommand) -> None:
    """Carry out one command, or answer `command_refused` with what is missing."""
    lack = event.fault if isinstance(event, MisreadCommand) else missing(event)
    if lack is not None:
        refuse(world, event, "incomplete_command", lack)
        return
    verb, link = VERBS.get(event.command), link_commands.VERBS.get(event.command)
    lead = lead_of(event)
    if verb is None and link is None and not (lead and event.command in lead_commands.VERBS):
        refuse(world, event, "not_possible", f"command: {event.command!r} is not carried out by this version")
        return
    own = event.command == "hand_off" or link is not None  # these look at what they name themselves
    lack = authority.known(world.directory, event.by) or (None if own else _unknown_target(world, event))
    if lack is not None:
        refuse(world, event, "not_allowed" if lack.startswith("by") else "not_possible", lack)
        return
    if event.command == "hand_off":
        refused = hand_offs.begin(world, event)
        if refused is not None:
            refuse(world, event, *refused)
        return
    if link is not None:
        refused = link(world, event)
        if refused is not None:
            refuse(world, event, *refused)
        return
    if lead:
        refused = lead_commands.VERBS[event.command](world, event)
        if refused is not None:
            refuse(world, event, *refused)
        return
    assert verb is not None, "a command that names no lead has been looked up"
    on_contact, on_company = verb
    address = "" if event.command in OF_COMPANIES else event.contact or ""
    if address and event.command == "claim":
        contact_commands.claim(world, event)
        return
    before = standings.standing(world.contact(address).state, world.policy.windows) if address else standings.NOBODY
    refused = on_contact(world, event) if address else on_company(world, event)
    if refused is not None:
        refuse(world, event, refused[0], refused[1])
    elif not address and world.company_key:
        whole.checkpoint(world.company(), world.at)
    elif address:
        contact_commands.settled(world, address, before)
        if event.command == "release":
            contact_commands.released(world, before.holder)


def refuse(world: World, event: OwnershipCommand, rule: str, sentence: str) -> None:
    """Say what is missing to whoever gave the command."""
    fields = {"command": event.command, "what": sentence, "rep": event.by, "notify": [(event.by, rule)] if event.by else []}
    world.out.append(Said("command_refused", rule, world.at, world.cause, target_of(event), fields))


def lead_of(event: OwnershipCommand) -> str:
    """The lead that a command is about; empty for none. Beside another target a lead is told by the way, but for what is of leads alone."""
    if event.command in OF_LEADS or not (event.contact or event.account_id or event.domain):
        return event.lead_id or ""
    return ""


def target_of(event: OwnershipCommand) -> str:
    """The key of what a command is about; empty when it names nothing."""
    if lead := lead_of(event):
        return f"lead:{lead}"
    if event.contact and event.command not in OF_COMPANIES:
        return f"contact:{event.contact}"
    if event.account_id:
        return f"account:{event.account_id}"
    if event.domain:
        return f"domain:{registrable(event.domain)}"
    return ""


def _unknown_target(world: World, event: OwnershipCommand) -> str | None:
    named = lead_of(event) == ""
    if named and event.account_id and event.account_id not in world.directory.accounts:
        near = world.directory.nearest_account(event.account_id)
        return f"account_id: no account {event.account_id!r}" + (f"; did you mean {near!r}?" if near else "")
    if named and event.domain and (is_ending(event.domain) or not world.company_key):
        whose = "has domains of anyone under it" if is_ending(event.domain) else "gives mailboxes to anyone"
        return f"domain: {event.domain!r} {whose} and belongs to no company"
    if event.to and event.command in ("transfer", "permit", "exception"):
        return authority.known(world.directory, event.to, "to")
    return None


OF_LEADS = frozenset({*link_commands.VERBS, "verify_duplicate"})
"""Commands that are about a lead wherever they name one."""

OF_COMPANIES = frozenset({"permit", "exception"})
"""Commands whose target is an account or domain even where they name a contact there."""

Refusal = tuple[str, str] | None
Act = Callable[[World, OwnershipCommand], Refusal]
VERBS: dict[str, tuple[Act, Act]] = {
    "claim": (contact_commands.claim, company_commands.claim),
    "renew": (contact_commands.renew, company_commands.renew),
    "release": (contact_commands.release, company_commands.release),
    "transfer": (contact_commands.transfer, company_commands.transfer),
    "permit": (permit_commands.permit, permit_commands.permit),
    "exception": (permit_commands.exception, permit_commands.exception),
    "request_review": (contact_commands.request_review, company_commands.request_review),
    "decide_review": (contact_commands.decide_review, company_commands.decide_review),
    "suppress": (contact_commands.suppress, company_commands.suppress),
    "unsuppress": (contact_commands.unsuppress, company_commands.unsuppress),
    "hand_off": (hand_offs.begin, hand_offs.begin),
}
"""Command -> (what it does to a contact, what it does to an account or domain)."""
