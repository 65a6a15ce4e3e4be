"""*Waiting for me*: what was missed is gathered, and nothing is hidden by it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.web.pages.waiting import grouped, owner_of
from streams.web.rendering import Page

OWNER = st.fixed_dictionaries({"rep": st.sampled_from(["sam", "priya", None]), "team": st.sampled_from(["inbound", None])})
OWNERS = st.one_of(st.none(), OWNER)
ACCOUNTS = st.one_of(st.none(), st.fixed_dictionaries({"name": st.sampled_from(["Northwind", "Zorvex"])}))
CONTACTS = st.sampled_from([None, "ops@zorvex.example", "x@gmail.com"])
DECISIONS = st.fixed_dictionaries({"owner": OWNERS, "account": ACCOUNTS, "contact": CONTACTS})
MATTERS = st.lists(
    st.tuples(DECISIONS, st.one_of(st.none(), st.integers(0, 9).map(lambda hour: f"2026-03-02T0{hour}:00:00Z"))), max_size=30
).map(lambda given: [{"key": f"sla:lead:L-{at}", "due": due, "decision": decision} for at, (decision, due) in enumerate(given)])


def in_order(found: list[dict[str, Any]]) -> bool:
    times = [one["oldest"] or "9" for one in found]
    return times == sorted(times)


@given(MATTERS)
def test_every_missed_lead_is_in_one_group_and_the_counts_and_oldest_are_true(missed: list[dict[str, Any]]) -> None:
    groups = grouped(missed)
    found = [one["key"] for group in groups for company in group["companies"] for one in company["matters"]]
    assert sorted(found) == sorted(one["key"] for one in missed)
    assert len({group["owner"] for group in groups}) == len(groups)
    assert in_order(groups)
    for group in groups:
        mine = [one for one in missed if owner_of(one) == group["owner"]]
        assert (group["count"], group["oldest"]) == (len(mine), min((one["due"] for one in mine if one["due"]), default=""))
        assert in_order(group["companies"])


@given(st.integers(0, 50), st.integers(1, 9), st.integers(-3, 99))
def test_the_pages_of_a_list_have_each_item_once_and_any_number_is_a_page(count: int, most: int, number: int) -> None:
    every = list(range(count))
    pages = Page.of(every, 1, most).pages
    assert [item for at in range(1, pages + 1) for item in Page.of(every, at, most).items] == every
    assert 1 <= Page.of(every, number, most).number <= pages
