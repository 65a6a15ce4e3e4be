"""A company's running summaries, and the account lock that follows from them (rules 5, 6, 14)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.policy import Policy, Windows
from streams.directory.directory import Account
from streams.rules import heard, locks, remembered, suppression
from streams.rules.said import LockView, Out, Said
from streams.state import ORDINARY, PENDING, Company, Contact, Conversation, Lock, Touched
from streams.state.brief import MAIL

DERIVED = frozenset({"open_opportunity", "live_conversation"})
"""Reasons of an account lock that last as long as what they derive from; any other is a claim or a hand-on with a time of its own."""

TOUCHED_LATELY = 30 * 86_400_000_000
"""Rule 15, `account_overlap`: another rep touched another contact there in 30 days. Microseconds."""


class Standing(NamedTuple):
    """What a company keeps of one contact: its holder, since and until when the holder's live conversation is, and since when the holder
    has it."""

    holder: str
    since: int
    until: int
    gained: int = 0


NOBODY = Standing("", 0, 0)

HELD = 64
"""Held contacts that a company knows by name, those that came last: what a review needs to find who is most at work there, and far above
what one company is usually written to. Bounds the document."""


def standing(state: Contact, windows: Windows) -> Standing:
    """The contact as its company sees it."""
    lock = state.lock
    if lock is None or lock.is_team:
        return NOBODY
    if state.positive and state.talker == lock.owner:
        return Standing(lock.owner, state.talking_since, state.positive + windows.replied_recently, lock.claimed_at)
    return Standing(lock.owner, 0, 0, lock.claimed_at)


def follow(company: Company, contact: str, before: Standing, after: Standing) -> None:
    """Bring the summaries up to what one contact now is."""
    if before.holder != after.holder:
        if before.holder:
            left = company.holders.get(before.holder, 0) - 1
            if left > 0:
                company.holders[before.holder] = left
            else:
                company.holders.pop(before.holder, None)
                _sends_on(company, before.holder, after.holder)
        if after.holder:
            company.holders[after.holder] = company.holders.get(after.holder, 0) + 1
        _index(company, contact, after)
    if after.until:
        company.conversations[contact] = Conversation(after.holder, after.since, after.until)
    else:
        company.conversations.pop(contact, None)


def _sends_on(company: Company, was: str, now: str) -> None:
    """Who alone was to send by a review, and has nothing there any more, is followed by who has it instead (rule 17)."""
    for dispute in company.disputes.values():
        if now and dispute.review is not None and dispute.review.sender == was:
            dispute.review.sender = now


def _index(company: Company, contact: str, after: Standing) -> None:
    company.held.pop(contact, None)
    if after.holder:
        company.held[contact] = after.gained
        if len(company.held) > HELD:
            del company.held[min(company.held, key=lambda one: (company.held[one], one))]


def touched(company: Company, rep: str, contact: str, domain: str, at: int, kind: str = "") -> None:
    """A rep's touch at the company: remembered for 30 days, and the sign of life that a captain's claim waits for (rules 3, 6). `kind`:
    empty for an e-mail."""
    known = company.touched.get(rep)
    if known is None:
        company.touched[rep] = Touched(at, contact, kind=kind)
        stale = [name for name, one in company.touched.items() if one.at < at - TOUCHED_LATELY]
        for name in stale:
            del company.touched[name]
    elif contact == known.contact:
        if (at, kind) > (known.at, known.kind):
            known.at, known.kind = at, kind
    elif (at, contact) > (known.at, known.contact):
        known.other_at, known.other, known.other_kind = known.at, known.contact, known.kind
        known.at, known.contact, known.kind = at, contact, kind
    elif (at, contact) > (known.other_at, known.other):
        known.other_at, known.other, known.other_kind = at, contact, kind
    if company.lock is not None or company.domains:
        active(company.lock, rep, at, company.via)
        active(company.domains.get(domain), rep, at)


def kind_of(touch: str) -> str:
    """A touch's kind as it is kept: nearly all are e-mails."""
    return "" if touch == MAIL else touch


def acts(one: Touched) -> list[tuple[int, str, str]]:
    """(when, to whom, kind) of what is known of a rep's touches, the newest last."""
    found = [(one.other_at, one.other, one.other_kind), (one.at, one.contact, one.kind)]
    return [act for act in found if act[0]]


def active(lock: Lock | None, rep: str, at: int, via: str = "") -> None:
    """The holder's activity there keeps an account's or a domain's claim alive. What happened before a claim does not activate it, unless
    it came along with a contact (`via`), which is the holder's from the earlier touch on."""
    if lock is not None and lock.owner == rep and lock.reason not in DERIVED and (via or lock.phase == ORDINARY or at >= lock.claimed_at):
        lock.phase, lock.last = ORDINARY, max(lock.last, at)


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
        out.append(locks.moved(lock, shown, reason, key, at, cause, latest(company)))


def end(company: Company, key: str, kind: str, lock: Lock, said: str, rule: str, at: int, cause: str, windows: Windows, out: Out) -> None:
    """End an account or domain lock; permits that came from it end with it (rule 7)."""
    shown = view(company, kind, lock, windows)
    fields = {"previous": lock.owner, "lock": shown, "notify": [(lock.owner, rule)], "last_outbound": latest(company)}
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


def latest(company: Company) -> tuple[int, str, str] | None:
    """(when, rep, kind) of the newest outbound there."""
    found = ((one.at, rep, one.kind or MAIL) for rep, one in company.touched.items())
    return max(found, default=None)


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
        for when, contact, kind in acts(one):
            touched(company, rep, contact, domain, when, kind)
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
