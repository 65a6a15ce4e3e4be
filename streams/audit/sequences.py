"""Sequences that should not run: to customers and lost deals, and to people who must not be written to."""

from __future__ import annotations

from collections.abc import Iterator

from streams.audit.finding import Base, Finding, Group, Mend, Seen, many
from streams.rules.contact.touches import MAIL
from streams.state import ContactRecord

FINAL = ("complaint", "unsubscribed", "bounced")
"""Flags after which no mail may go, the worst first."""


class WrongSequences:
    """Customers, and accounts whose deal was lost, with contacts in somebody's sequence. Whoever is on the account's team may."""

    name = "wrong_sequences"
    title = "Customers and closed-lost that entered sequences"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._groups: dict[tuple[str, str, str], Group] = {}

    def see(self, seen: Seen) -> None:
        record, account = seen.record, seen.account
        if account is None or not isinstance(record, ContactRecord) or record.state.sequence is None:
            return
        running = record.state.sequence
        customer, lost = account.status == "customer", account.closed_lost is not None and not account.open_opportunities
        if not (customer or lost) or running.rep in account.named():
            return
        if running.stepped + self._base.windows.sequence_idle <= self._base.now:
            return
        group = self._groups.setdefault((account.account_id, running.rep, running.id), Group())
        group.add(f"contact:{seen.name}", record.state.lock.claimed_at if record.state.lock is not None else running.stepped)
        group.extra = "a customer" if customer else "closed lost"

    def findings(self) -> Iterator[Finding]:
        for (account_id, rep, sequence), group in self._groups.items():
            account = self._base.directory.accounts[account_id]
            what = f"{many(group.count, 'contact')} of {account.name}, {group.extra}, in {sequence}"
            if group.extra == "a customer":
                mend = Mend({"command": "suppress", "account_id": account_id, "flag": "existing_customer", "note": "in a sequence"})
            else:
                owner = account.closed_lost.owner if account.closed_lost is not None else ""
                to = {"to": owner} if owner and owner != rep else {}
                verb = "hand_off" if to else "request_review"
                scope = {"from": rep, **to, "scope": {"account_id": account_id}} if to else {"account_id": account_id}
                mend = Mend({"command": verb, **scope, "note": "closed lost"})
            yield Finding((rep,), what, group.since, mend, group.count, group.examples())


class Suppressed:
    """Contacts that bounced, unsubscribed or complained, and are still mailed."""

    name = "suppressed_in_sequence"
    title = "Bounced or unsubscribed contacts still in a running sequence"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._groups: dict[tuple[str, str], Group] = {}

    def see(self, seen: Seen) -> None:
        record = seen.record
        if not isinstance(record, ContactRecord) or not record.state.flags:
            return
        flag = next((name for name in FINAL if name in record.state.flags), None)
        if flag is None:
            return
        since = record.state.flags[flag].since
        for rep, last in record.state.sent.items():
            if last.kind == MAIL and last.at > since and last.at >= self._base.since:
                group = self._groups.setdefault((rep, flag), Group())
                group.add(f"contact:{seen.name}", since)
                group.extra = last.mailbox

    def findings(self) -> Iterator[Finding]:
        for (rep, flag), group in self._groups.items():
            what = f"{many(group.count, f'{flag} contact')} still mailed" + (f" from {group.extra}" if group.extra else "")
            known = self._base.directory.reps.get(rep)
            text = f"take {'it' if group.count == 1 else 'them'} out of {rep}'s sequence"
            mend = Mend(text=text)
            if known is not None and not known.active:
                mend = Mend(text=f"stop {rep}'s sequences: {rep} has left")
            yield Finding((rep,), what, group.since, mend, group.count, group.examples())
