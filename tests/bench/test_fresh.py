"""The shorter way of a lead of whom nothing is known gives the same bytes as the long one."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.rules.events import TOPICS
from streams.rules.lead import fresh
from tests.bench.ways import Day, Event, days, play
from tests.play import Played, at

LONG = TOPICS["lead-created"]._replace(fresh=None)
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "c", "name": "Contoso", "domains": ["contoso.com"], "status": "customer", "owner": "ana", "csm": "kim", "health": 10},
    {"account_id": "f", "name": "Fabrikam Industries", "domains": ["fabrikam.com"], "segment": "enterprise", "specialists": {"it": "bob"}},
    {"account_id": "i", "name": "Initech", "domains": ["initech.com"], "open_opportunities": [{"id": "d", "owner": "ana"}]},
    {"account_id": "r", "name": "Rival", "domains": ["rival.com"], "competitor": True},
    {"account_id": "l", "name": "Little", "domains": ["little.com"], "parent_id": "c", "owner": "cyd"},
]
REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "ae"},
    "bob": {"team": "west", "role": "revops"},
    "cyd": {"team": "west", "role": "ae", "active": False},
    "dan": {"team": "in", "role": "sdr", "timezone": "America/New_York", "territories": [{"countries": ["US"]}]},
    "eve": {"team": "in", "role": "sdr"},
    "fay": {"team": "in", "role": "sdr", "weight": 2},
}
BEGIN: list[Event] = [
    *(("account-updated", account) for account in ACCOUNTS),
    *(("rep-updated", {"rep": name, **facts}) for name, facts in REPS.items()),
]
DOMAINS = ["contoso.com", "contoso.com", "new.org", "mail.new.org", "fabrikam.com", "initech.com", "rival.com", "little.com", "gmail.com"]
PEOPLE = ["pat", "pat+news", "kim", "lee", "ann", "joe", "sue", "tom"]
POLICIES = [
    "",
    '[ownership]\nlevel = "account"\n',
    '[ownership]\nfamily = "parent"\n',
    "[routing]\nhigh_activity = 2\n",
    '[routing]\nauto_account = 2\n[sla]\non_miss = "reassign"\n',
    '[[named_accounts]]\ncompany = "Fabrikam"\nowner = "eve"\n[routing]\ndefault = ["territory", "weighted"]\n',
]

leads = st.builds(
    lambda lead_id, person, domain, said: ("lead-created", {"lead_id": lead_id, "email": f"{person}@{domain}", **said}),
    st.sampled_from([f"l{number}" for number in range(20)]),
    st.sampled_from(PEOPLE),
    st.sampled_from(DOMAINS),
    st.fixed_dictionaries(
        {},
        optional={
            "phone": st.sampled_from(["+1 212 555 0123", "+1 212 555 0199"]),
            "company": st.sampled_from(["Contoso", "Fabrikam", "Fabrikam Works", "Brand New", "none"]),
            "website": st.sampled_from(["https://fabrikam.com", "other.org"]),
            "first_name": st.sampled_from(["Pat", "Patricia"]),
            "last_name": st.just("Lee"),
            "title": st.sampled_from(["CEO", "Engineer"]),
            "department": st.just("it"),
            "country": st.sampled_from(["US", "MX"]),
            "product": st.sampled_from(["core", "more"]),
            "intent": st.just("demo_request"),
        },
    ),
)
others = st.builds(
    lambda topic, person, domain, rep: (
        topic,
        {
            "email-sent": {"message_id": "m", "contact": f"{person}@{domain}", "rep": rep, "sequence_id": "one"},
            "touch-logged": {"kind": "call", "contact": f"{person}@{domain}", "rep": rep},
            "reply-classified": {"contact": f"{person}@{domain}", "class": "interested", "rep": rep},
            "ownership-commands": {"command": "suppress", "flag": "legal", "by": "bob", "domain": domain},
        }[topic],
    ),
    st.sampled_from(["email-sent", "touch-logged", "reply-classified", "ownership-commands"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(DOMAINS[:6]),
    st.sampled_from(["ana", "eve"]),
)
commands = st.builds(
    lambda lead_id, command: ("ownership-commands", {**command, "by": "bob", "lead_id": lead_id}),
    st.sampled_from(["l0", "l1", "l2"]),
    st.sampled_from(
        [
            {"command": "link_account", "account_id": "f"},
            {"command": "verify_duplicate", "original_lead_id": "l0", "verdict": "merge"},
            {"command": "verify_duplicate", "original_lead_id": "l0", "verdict": "separate"},
        ]
    ),
)
facts = st.sampled_from(
    [
        ("account-updated", {**ACCOUNTS[0], "open_opportunities": [{"id": "d", "owner": "eve"}]}),
        ("account-updated", {"account_id": "n", "name": "New", "domains": ["new.org"], "owner": "ana"}),
        ("rep-updated", {"rep": "eve", **REPS["eve"], "active": False, "successor": "fay"}),
        ("ownership-commands", {"command": "claim", "by": "eve", "domain": "new.org"}),
    ]
)


MANY: Day = [(60, 0, ("lead-created", {"lead_id": f"l{number}", "email": f"p{number}@new.org", "country": "US"})) for number in range(5)]


@settings(max_examples=400, deadline=None)
@example(MANY, [5], POLICIES[0])
@example(MANY, [2], POLICIES[4])
@given(
    days(st.one_of(leads, leads, leads, leads, leads, others, commands, facts)),
    st.lists(st.integers(1, 8), min_size=1, max_size=3),
    st.sampled_from(POLICIES),
)
def test_both_ways_say_and_store_the_same(day: Day, batches: list[int], policy: str) -> None:
    short = play(day, batches, policy, BEGIN, list(REPS))
    with patch.dict(TOPICS, {"lead-created": LONG}):
        assert play(day, batches, policy, BEGIN, list(REPS)) == short


def test_a_lead_of_whom_nothing_is_known_is_fresh_and_no_other_is() -> None:
    taken: list[bool] = []

    def watched(*given: Any) -> bool:
        taken.append(fresh.lead_created(*given))
        return taken[-1]

    def tried(world: Played, **said: Any) -> list[bool]:
        taken.clear()
        world.send("lead-created", said, at(minutes=5))
        return list(taken)

    with patch.dict(TOPICS, {"lead-created": LONG._replace(fresh=watched)}):
        world = Played(reps=REPS, accounts=ACCOUNTS)
        assert tried(world, lead_id="l0", email="pat@contoso.com", company="Contoso") == [True]
        assert tried(world, lead_id="l1", email="pat@new.org") == [True]
        assert tried(world, lead_id="l0", email="pat@contoso.com", title="CEO") == [], "the same lead again"
        assert tried(world, lead_id="l2", email="pat@contoso.com") == [], "the same person"
        assert tried(world, lead_id="l3", email="kim@initech.com") == [False], "a deal is open there"
        assert tried(world, lead_id="l4", email="kim@rival.com") == [False], "a competitor"
        assert tried(world, lead_id="l5", email="kim@gmail.com", company="Contoso") == [], "found by its name"
        assert tried(world, lead_id="l6", email="lee@contoso.com") == [False], "many in a day"
