"""An account's lock and a domain's: what they follow from, how they end (rules 5, 6, 14)."""

from __future__ import annotations

from schemas.policy import Policy, Windows
from streams.directory.directory import Account
from streams.rules import remembered, suppression
from streams.rules.company import at_work
from streams.rules.contact import heard, locks
from streams.rules.contact.locks import DERIVED
from streams.rules.said import LockView, Out, Said
from streams.state import ORDINARY, PENDING, Company, Lock


def until(company: Company, lock: Lock, windows: Windows) -> int:
    """When an account or domain lock ends of itself: never by the clock for a deal (0), with the last conversation, or as a claim does."""
    if lock.reason == "open_opportunity":
        return 0
    if lock.reason == "live_conversation":
        return max((one.until for one in company.conversations.values()), default=0)
    return lock.ends if lock.phase else lock.last + windows.review


def view(company: Company, kind: str, lock: Lock, windows: Windows) -> LockView:
    """An account or domain lock as decisions show it."""
    return LockView(kind, lock, until(company, lock, windows))


def settle(company: Company, key: str, account: Account | None, at: int, cause: str, policy: Policy, out: Out, ended: str = "") -> None:
    """Work out anew who holds the account: the open opportunity's owner, else a standing claim, else the holder of the contact whose live
    conversation began first. `ended`: the rule by which an explicit lock has just ended, if it has."""
    if account is None:
        return
    windows, lock = policy.windows, company.lock
    deal = next(iter(account.dealing()), "")
    if company.gone:
        company.gone, deal = (company.gone, "") if deal == company.gone else ("", deal)
    changed, company.opportunity = deal != company.opportunity, deal
    explicit = lock is not None and lock.reason not in DERIVED
    handed_on = lock is not None and lock.rule == "transfer" and not changed and bool(deal)
    if handed_on or (explicit and not deal):
        return
    if deal:
        owner, reason, since = deal, "open_opportunity", at
    elif company.conversations:
        contact = min(company.conversations, key=lambda one: (company.conversations[one].since, one))
        first = company.conversations[contact]
        owner, reason, since = first.holder, "live_conversation", first.since
    else:
        owner, reason, since = "", "", 0
    if not owner:
        if lock is not None:
            rule = "opportunity_closed" if lock.reason == "open_opportunity" else "conversation_ended"
            end(company, key, "account", lock, "ownership_released", ended or rule, at, cause, windows, out)
        return
    if lock is not None and lock.owner == owner:
        if reason == "live_conversation" or lock.reason != reason:
            lock.reason = lock.rule = reason
            lock.claimed_at = lock.first = lock.last = lock.heard = since
        return
    # Nothing of a derived lock may tell which event made it: the same conversations give the same lock in any order of arrival.
    new = Lock(owner, reason, reason, since, since, "", last=since, heard=since)
    company.lock, company.via = new, ""
    shown = view(company, "account", new, windows)
    if lock is None:
        out.append(Said("claim_granted", reason, at, cause, key, {"owner": owner, "until": shown.until, "lock": shown}))
    else:
        drop_permits(company, lock)
        out.append(locks.moved(lock, shown, reason, key, at, cause, at_work.latest(company)))


def end(company: Company, key: str, kind: str, lock: Lock, said: str, rule: str, at: int, cause: str, windows: Windows, out: Out) -> None:
    """End an account or domain lock; permits that came from it end with it (rule 7)."""
    shown = view(company, kind, lock, windows)
    fields = {"previous": lock.owner, "lock": shown, "notify": [(lock.owner, rule)], "last_outbound": at_work.latest(company)}
    if kind == "account":
        company.lock, company.via, company.collaborators = None, "", []
        target = key
    else:
        target = next(f"domain:{name}" for name, held in company.domains.items() if held is lock)
        del company.domains[target[7:]]
    drop_permits(company, lock)
    out.append(Said(said, rule, at, cause, target, fields))


def drop_permits(company: Company, lock: Lock) -> None:
    """Permits end with the lock that they came from."""
    company.permits = [permit for permit in company.permits if not permit.token or permit.token != lock.token]


def tick(company: Company, key: str, account: Account | None, now: int, policy: Policy, out: Out) -> None:
    """Account and domain claims, and suppressions, that have come to their end by `now`."""
    windows = policy.windows
    suppression.run_out(company.flags, key, now, out)
    ending = [("account", key, company.lock)] if company.lock is not None else []
    ending += [("domain", f"domain:{name}", lock) for name, lock in company.domains.items()]
    due = [(until(company, lock, windows), kind, target, lock) for kind, target, lock in ending if lock.reason not in DERIVED]
    for at, kind, target, lock in sorted(due, key=lambda one: (one[0], one[2])):
        if at > now:
            continue
        rule = "no_activity" if lock.phase == ORDINARY else "activation_window" if lock.phase == PENDING else "short_lock"
        cause = f"deadline:{rule}:{target}"
        end(company, key, kind, lock, "ownership_expired", rule, at, cause, windows, out)
        if kind == "account":
            settle(company, key, account, at, cause, policy, out)


def next_due(company: Company, windows: Windows) -> int:
    """When time alone next changes a claim or a suppression of the company; conversations age out with their contacts. 0: never."""
    if company.lock is None and not company.domains and not company.flags:
        return 0
    ends = [
        until(company, lock, windows)
        for lock in (company.lock, *company.domains.values())
        if lock is not None and lock.reason not in DERIVED
    ]
    ends += [flag.until for flags in company.flags.values() for flag in flags.values() if flag.until]
    return min(ends, default=0)


def absorb(company: Company, other: Company, domain: str) -> None:
    """Take over what was recorded under a domain that now belongs to this account."""
    for rep, one in other.touched.items():
        for when, contact, kind in at_work.acts(one):
            at_work.touched(company, rep, contact, domain, when, kind)
    company.conversations |= other.conversations
    for rep, count in other.holders.items():
        company.holders[rep] = company.holders.get(rep, 0) + count
    company.domains |= {name: lock for name, lock in other.domains.items() if name not in company.domains}
    for scope, flags in other.flags.items():
        company.flags.setdefault(scope, {}).update(flags)
    company.permits += other.permits
    company.place = company.place or other.place
    company.held |= other.held
    company.disputes |= {scope: one for scope, one in other.disputes.items() if scope not in company.disputes}
    heard.join(company, other)
    company.collaborators += [one for one in other.collaborators if one not in company.collaborators]
    company.tokens = max(company.tokens, other.tokens)
    if other.seen:
        company.seen = remembered.both(company.seen, other.seen)
    company.history = sorted([*company.history, *other.history], key=lambda change: change.at)
