"""The demo's days: the same for the same seed, in order, readable, and with everything in them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from schemas.policy import Policy
from schemas.reading import read
from streams.cli.demo import START
from streams.day import lists, northwind, traffic
from streams.day.csv_lists import BadList, read_accounts, read_leads
from streams.day.people import Account, Lead
from streams.day.planned import Planned
from streams.day.playing import lines
from streams.simulation import Simulation

DAY = 86_400_000_000
ACCOUNTS = [Account(f"a{number}", f"Company {number}", (f"c{number}.example",), "US") for number in range(20)]
LEADS = [Lead(f"l{number}", f"Company {number % 20}", f"p{number}@c{number % 20}.example") for number in range(300)]
PHONED = [Lead("l-phone", "Company 1", "", "", "+15550000001")]


def check_a_day(planned: list[Planned]) -> None:
    assert [one.at for one in planned] == sorted({one.at // 1000 * 1000 for one in planned})
    assert planned[0].at >= START
    assert planned[-1].at < START + DAY
    for one in planned:
        assert read(one.topic, one.body).event_id
        assert one.key


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_is_what_its_seed_says(seed: int) -> None:
    planned = traffic.events(1500, seed, START)
    assert len(planned) == 1500
    check_a_day(planned)
    assert planned == traffic.events(1500, seed, START)
    assert planned != traffic.events(1500, seed + 1, START)


def test_a_day_has_everything_in_it() -> None:
    planned = traffic.events(5000, 1, START)
    classes = Counter(one.value["class"] for one in planned if one.topic == "reply-classified")
    assert set(classes) == {
        "interested", "not_interested", "out_of_office", "bounce", "unsubscribe", "complaint", "replied", "meeting_booked"
    }  # fmt: skip
    commands = Counter(one.value["command"] for one in planned if one.topic == "ownership-commands")
    assert {"claim", "transfer", "release", "renew", "suppress", "permit"} <= set(commands)
    ids = Counter((one.topic, one.value["event_id"]) for one in planned)
    assert max(ids.values()) == 2, "some events are delivered twice"
    assert all(count > 10 for count in Counter(one.topic for one in planned).values())
    simulation = Simulation(Policy())
    kinds = Counter(orjson.loads(one)["kind"] for one in simulation.play(lines(planned)))
    assert not simulation.dead
    assert {"overlap_detected", "ownership_transferred", "ownership_expired", "suppression_violated", "outreach_resumed"} <= set(kinds)


def test_northwinds_story_is_told_as_it_happens() -> None:
    planned = traffic.events(300, 5, START)
    told = [(decision, northwind.line(decision)) for decision in map(orjson.loads, Simulation(Policy()).play(lines(planned)))]
    story = [(decision["kind"], decision["rule"], line) for decision, line in told if line is not None]
    wanted = [(*said, line) for beat in northwind.BEATS for said, line in beat.told.items()]
    assert story == wanted, "each line explains a decision that is really made, and each decision has its line"


def test_under_another_policy_the_story_is_told_in_the_decisions_own_words() -> None:
    planned = traffic.events(300, 5, START)
    policy = Policy.parse('[sends]\naccount_overlap = "block"\n[windows]\nlate_touch = "0s"\n')
    told = [(one, northwind.line(one)) for one in map(orjson.loads, Simulation(policy).play(lines(planned)))]
    assert all(line for one, line in told if (one["account"] or {}).get("id") == "nw" and str(one["event_id"]).startswith("northwind-"))


def test_too_few_events_make_no_day() -> None:
    with pytest.raises(ValueError, match="nearest: 200"):
        traffic.events(10, 1, START)


def test_lists_are_played_whole() -> None:
    planned = list(lists.events(ACCOUNTS, LEADS + PHONED, 7, START))
    check_a_day(planned)
    assert planned == list(lists.events(ACCOUNTS, LEADS + PHONED, 7, START))
    assert {one.value["account_id"] for one in planned if one.topic == "account-updated"} == {one.account_id for one in ACCOUNTS}
    assert {one.value["lead_id"] for one in planned if one.topic == "lead-created"} == {one.lead_id for one in LEADS + PHONED}
    classes = {one.value["class"] for one in planned if one.topic == "reply-classified"}
    assert {"interested", "bounce", "unsubscribe"} <= classes
    mailed: dict[str, set[str]] = {}
    for one in planned:
        if one.topic == "email-sent":
            mailed.setdefault(one.value["contact"], set()).add(one.value["tool"])
    assert sum(len(tools) == 2 for tools in mailed.values()) > len(LEADS) / 3, "two teams mail the same people"


def test_csv_lists_are_read_and_what_cannot_be_used_is_noted(tmp_path: Path) -> None:
    accounts, leads = tmp_path / "accounts.csv", tmp_path / "leads.csv"
    accounts.write_text("\ufeffaccount_id,name,domains,country,extra\na1,Acme,acme.example ACME.test,us,x\na2,Beta,nonsense,Germany,\n")
    leads.write_text("lead_id,company,email,country\nl1,Acme,Ann@Acme.example,US\nl2,Beta,not-an-address,\nl3,Beta,,DE\n")
    known, odd = read_accounts(accounts)
    assert known == [Account("a1", "Acme", ("acme.example", "acme.test"), "US"), Account("a2", "Beta", (), "")]
    assert [note.split(": ")[1] for note in odd] == ["domains", "country"]
    people, odd = read_leads(leads)
    assert people[0] == Lead("l1", "Acme", "ann@acme.example", "US")
    assert [bool(one.phone) for one in people] == [False, True, True]
    assert people[1].phone != people[2].phone
    assert len(odd) == 1
    assert "line 3" in odd[0]
    check_a_day(list(lists.events(known, people, 1, START)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lead_id,company,e_mail,country\n", "column 'email' is missing; the nearest column it has is 'e_mail'"),
        ("", "column 'lead_id' is missing"),
        ("lead_id,company,email,country\n,Acme,,\n", "line 2: lead_id is empty"),
        ("lead_id,company,email,country\nl1,A,,\nl1,B,,\n", "line 3: lead_id 'l1' is there twice"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(text)
    with pytest.raises(BadList, match=said):
        read_leads(file)
