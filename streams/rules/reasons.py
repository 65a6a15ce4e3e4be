"""Every rule's name, once, with the sentence that a decision says it in (rule 24).

A sentence may use `{owner}`, `{previous}`, `{rep}`, `{by}`, `{until}`, `{what}` and `{note}`; what a decision lacks reads
as `nobody` or `unknown`, and a sentence without its note ends before it.
"""

from __future__ import annotations

from typing import Final

from schemas.policy_tables import RULES

SENTENCES: Final[dict[str, str]] = {
    # claims and locks (rules 1-8)
    "claim": "{owner} claimed this before touching it and holds it until {until} unless a touch comes first.",
    "short_lock": "A short lock, as it was asked for: it simply ends at its time.",
    "activation_window": "{previous} claimed this and did not touch it within the activation window.",
    "first_touch": "{owner} touched first; the first logged touch holds the contact until {until}.",
    "known_late": "What happened earlier came to be known late: {previous} does not have this after all.",
    "no_activity": "Nothing happened with {previous} for a whole review window.",
    "no_reply": "{previous} had no reply, call or proof for too long; mail alone does not keep a contact.",
    "renewed_with_proof": "Proof was shown ({note}); {owner} keeps this until {until}.",
    "live_thread": "{owner} has the live thread with this person.",
    "live_conversation": "{owner} has the live conversation that began first at this account.",
    "conversation_ended": "The last live conversation at this account has ended.",
    "open_opportunity": "{owner} has the open opportunity at this account.",
    "account_merged": "The account is another one's now; {previous} holds nothing of it there.",
    "account_gone": "The CRM has the account no more.",
    "opportunity_closed": "The open opportunity that held this account has closed.",
    "released": "{by} gave it back: {note}",
    "transfer": "Handed to {owner} with a note: {note}",
    "hand_off": "{previous}'s goes to {owner}: {note}",
    "successor": "{previous} has left; {owner} is the successor.",
    "manager": "{previous} has left without a successor who is here; it goes to {owner}, the manager.",
    "left": "{previous} has left, and neither a successor nor a manager is here: it is free.",
    "permit": "{by} lets {what}: {note}",
    "exception": "A recorded exception lets {what}: {note}",
    # replies (rules 9-14)
    "manual_reply_replaces_sequence": "The prospect answered; a person goes on, every running sequence stops.",
    "not_interested": "The prospect is not interested; nobody writes to them for a while.",
    "not_interested_over": "The pause that a `not interested` asks for is over.",
    "positive_reply": "The prospect wrote again and is interested.",
    "out_of_office": "The prospect is away until {until}; outreach waits.",
    "returned": "The prospect is back; outreach may go on.",
    "bounce": "The address does not take mail.",
    "unsubscribe": "The prospect unsubscribed; no team writes to them again.",
    "complaint": "The prospect complained; no team writes to them again.",
    "suppressed_by_command": "{rep} suppressed it: {note}",
    "suppressed_too_soon": "What came to be known late shows that there was nothing to suppress ({what}).",
    "lifted_by_command": "{rep} lifted it: {note}",
    "mailed_while_suppressed": "{rep} wrote to a suppressed address.",
    # the pre-send check (rule 15)
    "suppressed": "Outreach here is suppressed ({what}).",
    "existing_customer": "This is a customer; only the account's team writes to them.",
    "open_deal": "A deal is open here; it belongs to {owner} and the account's team.",
    "contact_locked": "{owner} holds this contact until {until} ({what}).",
    "domain_locked": "{owner} holds this whole domain until {until}.",
    "active_sequence": "The contact is in another running sequence of {owner}.",
    "replied_recently": "The contact is in a live conversation; a sequence would talk over it.",
    "other_mailbox": "The contact hears from another mailbox of ours.",
    "account_owned": "{owner} owns this account; others need a permit, an exception or a collaborator's place.",
    "paused": "Outreach to this contact is paused until {until}.",
    "no_owner": "Nobody owns this contact and the launch claims nothing.",
    "account_overlap": "{owner} is at work at this company.",
    "near_duplicate": "{owner} is at work at a similar or related account.",
    "free": "Nobody holds this contact.",
    "own_lock": "This is {owner}'s own.",
    # ownership reviews (rules 17, 18)
    "under_review": "{owner} alone sends here until the review is decided; its next step is due {until}.",
    "request_review": "{rep} asks who owns this; {owner} alone sends until it is decided.",
    "rep_to_rep": "The two reps did not agree in time; the team lead decides.",
    "team_lead": "The team lead did not decide in time; RevOps decides.",
    "decided": "{by} decided: {note}",
    "most_recent_positive_signal": "Nobody decided in time; {owner} had the most recent positive signal and sends.",
    "owner_keeps": "Nobody decided in time; {owner} keeps it.",
    "recheck": "Today {owner} and whoever asked for the review are to look at this again.",
    "review_pause_over": "The pause that came with the review's end is over.",
    # when it happened anyway (rule 16)
    "overlap": "{owner} was there first and stays the one voice; {rep} stops.",
    # leads (rules 20-23)
    "contact_owner": "{owner} already holds this very contact.",
    "competitor": "A competitor's lead: {what}.",
    "partner_company": "{owner} looks after this partner.",
    "partner_sourced": "A partner has a part in this, and {owner} answers.",
    "strategic_customer": "{owner} answers for this strategic customer, and its team is copied.",
    "named_account": "The policy names {owner} for this company.",
    "customer_owner": "{owner} answers for this customer.",
    "open_opportunity_owner": "{owner} has the open opportunity there.",
    "closed_lost_owner": "{owner} had the deal that was lost there.",
    "churned_owner": "{owner} is to win this former customer back.",
    "profile_owner": "{owner} holds this company.",
    "territory": "Nobody has a relationship there yet, so it is {owner}'s.",
    "match_confirmation": "Which account it belongs to is a person's to say: {what}.",
    "unassigned": "No rule names a rep; RevOps decides.",
    "routed_anew": "The lead that {previous} had this claim for has gone elsewhere, or has another address.",
    "original_owner": "{owner} has the lead that this may be a duplicate of.",
    "sla_missed": "It was not answered in time and waits for {owner}.",
    "sla_reassigned": "It was not answered in time and goes to somebody else.",
    "high_activity": "Many leads of this company came in today; all of them are {owner}'s.",
    "auto_account": "So many leads of {what} came in that they make an account, which is {owner}'s.",
    "duplicate_suspected": "It may be a duplicate: {what}. Somebody is to say whether it is.",
    "duplicate_merged": "It is a duplicate of lead {what}, whose owner has both.",
    "duplicate_separated": "It is no duplicate of lead {what}.",
    # commands (rule 27)
    "incomplete_command": "{what}",
    "not_allowed": "{what}",
    "not_possible": "{what}",
}
"""Rule name -> sentence. A rule that is not here cannot be said: rendering raises KeyError."""

NOTED: Final = ": {note}"
"""How a sentence ends that tells what somebody noted, where they did."""

ROUTES: Final = frozenset({*RULES, "original_owner", "sla_reassigned", "high_activity", "duplicate_merged"})
"""Rules by which a lead is routed: a pending lock by one of them is moved when the lead, or another of the same person, is routed again."""


def sentence(rule: str, **facts: str) -> str:
    """The rule's sentence with what is known of it filled in."""
    said = SENTENCES[rule]
    return (said if facts.get("note") else said.replace(NOTED, ".")).format_map(_Facts(facts))


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        if key == "by":  # what nobody else is said to have done its holder did
            return self.get("previous") or self["owner"]
        return "unknown" if key in ("until", "what") else "nobody"
