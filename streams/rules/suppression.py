"""Who must not be written to: flags on a contact, a domain or an account, set and lifted (rules 10, 12, 13)."""

from __future__ import annotations

from schemas.policy import Policy
from streams.rules.contact import locks
from streams.rules.said import Out, Said
from streams.state import Contact, Entry, Flag

TERMINAL = frozenset({"unsubscribed", "complaint"})
"""Only `unsuppress` by a team lead or RevOps ends these (rule 13)."""

RELEASES = {"unsubscribed": "unsubscribe", "complaint": "complaint", "bounced": "bounce", "not_interested": "not_interested"}
"""Flag -> the rule by which it ends ownership; any other flag that a command sets ends it by `suppressed_by_command`."""


def suppress(
    state: Contact,
    flag: str,
    rule: str,
    since: int,
    target: str,
    decided: int,
    cause: str,
    policy: Policy,
    out: Out,
    rep: str = "",
    note: str = "",
) -> None:
    """Set a flag (or bring an earlier one forward), end ownership and the sequence. A flag that stands already is not said again."""
    until = since + policy.windows.not_interested if flag == "not_interested" else 0
    if flag != "existing_customer":
        place = len(out)
        locks.release(state, "ownership_released", rule, target, since, decided, cause, policy.windows, out)
        for said in out[place:] if rep else ():
            said.fields.update(rep=rep, note=note)  # the rule's sentence says who
        state.sequence = None
        state.positive, state.talker, state.talking_since = 0, "", 0
    _set(state, flag, rule, since, until, target, decided, cause, out, rep, note)


def declined(state: Contact, since: int, target: str, decided: int, cause: str, policy: Policy, out: Out) -> None:
    """`not_interested` as it is set by a reply that may change no owner."""
    state.sequence = None
    until = since + policy.windows.not_interested
    _set(state, "not_interested", "not_interested", since, until, target, decided, cause, out)


def _set(
    state: Contact,
    flag: str,
    rule: str,
    since: int,
    until: int,
    target: str,
    decided: int,
    cause: str,
    out: Out,
    rep: str = "",
    note: str = "",
) -> None:
    standing = state.flags.get(flag)
    if standing is not None:
        standing.again = max(standing.again, standing.since, since)
        standing.since = min(standing.since, since)
        if until <= standing.until or standing.until == 0:
            return
        standing.until = until
    else:
        state.flags[flag] = Flag(since, until, cause)
    fields = {"flag": flag, "scope": "contact", "until": until, "rep": rep, "note": note, "what": flag}
    out.append(Said("contact_suppressed", rule, decided, cause, target, fields))


def lift(state: Contact, flag: str, rule: str, target: str, decided: int, cause: str, out: Out, rep: str = "", note: str = "") -> None:
    """Take a flag away and say so."""
    del state.flags[flag]
    fields = {"flag": flag, "scope": "contact", "rep": rep, "note": note, "what": flag}
    out.append(Said("suppression_lifted", rule, decided, cause, target, fields))


def run_out(scopes: dict[str, dict[str, Flag]], key: str, now: int, out: Out) -> None:
    """Lift what was set on a company for a time that is over by `now`, as rule 10 has it for a contact. `key`: of the company."""
    due = [(flag.until, scope, name) for scope, flags in scopes.items() for name, flag in flags.items() if 0 < flag.until <= now]
    for until, scope, name in sorted(due):
        del scopes[scope][name]
        if not scopes[scope]:
            del scopes[scope]
        kind, target = ("account", key) if scope == "account" else ("domain", f"domain:{scope}")
        cause = f"deadline:not_interested_over:{target}"
        out.append(Said("suppression_lifted", "not_interested_over", until, cause, target, {"flag": name, "scope": kind, "what": name}))


def strongest(flags: dict[str, Flag]) -> tuple[str, Flag] | None:
    """The flag to name when there are several: one for good before one that ends, then the one that ends last."""
    if not flags:
        return None
    name = max(flags, key=lambda flag: (flag in TERMINAL, flags[flag].until == 0, flags[flag].until, flag))
    return name, flags[name]


def report_violation(state: Contact, entry: Entry, target: str, decided: int, out: Out) -> None:
    """Rule 13: an e-mail later than a suppression is reported, and changes nothing."""
    broken = {name: flag for name, flag in state.flags.items() if flag.since < entry.occurred}
    named = strongest(broken)
    if entry.what != "email" or (named is None and (not entry.barred or entry.occurred <= entry.number)):
        return
    flag, since = (named[0], named[1].since) if named else (entry.barred, entry.number)
    fields = {"flag": flag, "suppressed_at": since, "rep": entry.rep, "notify": [(entry.rep, "mailed_while_suppressed")]}
    out.append(Said("suppression_violated", "mailed_while_suppressed", decided, entry.id, target, fields))
