"""Rules of competitors and partners (rule 20)."""

from __future__ import annotations

from streams.routing.asked import Answer, Asked
from streams.routing.people import of_partner

NO_COMPETITOR = Answer("the company is no competitor")
NO_PARTNER = Answer("the company is no partner of ours")
NO_PART = Answer("no partner has a part in it")
"""What the rules mostly answer."""


def competitor(asked: Asked) -> Answer:
    """A competitor's lead goes to its queue, or nowhere."""
    if asked.account is None or not asked.account.competitor:
        return NO_COMPETITOR
    routing = asked.policy.routing
    if routing.competitor == "disqualify":
        return Answer("the company is a competitor", disqualified=True)
    queue = routing.competitor_queue
    return Answer(f"the company is a competitor, whose leads go to the queue of {queue}", team=queue, fixed=True)


def partner_company(asked: Asked) -> Answer:
    """A partner's own people are their partner manager's."""
    manager = asked.account.partner_manager if asked.account else ""
    if not manager:
        return NO_PARTNER
    return Answer(f"the company is a partner, whom {manager} looks after", rep=manager, fixed=True)


def partner_sourced(asked: Asked) -> Answer:
    """What a partner brought goes back to the partner; where one is only involved the account's owner has it, the partner hears of it."""
    account = asked.account
    sourced, involved = (account.sourced_by_partner, account.partner_involved) if account else ("", "")
    brought = asked.lead.partner_id if asked.lead.origin in ("", "partner") else ""
    if not sourced and brought:
        # A lead that a partner sends us from a company that is ours already: the relationship comes first.
        if account is None or not (account.owner or account.open_opportunities):
            sourced = brought
        else:
            involved = involved or brought
    if sourced:
        speaker = of_partner(sourced, asked.directory, asked.at)
        saw = f"the partner {sourced} brought it"
        return Answer(saw, rep=speaker, fixed=True) if speaker else Answer(saw, team=sourced, fixed=True)
    if not involved:
        return NO_PART
    speaker = of_partner(involved, asked.directory, asked.at)
    told = ((speaker or involved, "partner_involved", not speaker),)
    return Answer(f"the partner {involved} is involved", rep=account.owner if account else "", notify=told)
