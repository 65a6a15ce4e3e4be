"""*Who owns*: what somebody means who looks an owner up, and how the index of names comes to be without stopping anybody."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from schemas.policy import Policy
from streams import state
from streams.directory.directory import Account, Directory, Rep
from streams.tables.contract import Document, Tables
from streams.web.searching import SLICE, Meant, index_names, meant
from streams.web.service import Service

POLICY = Policy.parse('[matching.aliases]\n"NWL" = "Northwind Logistics"\n')
ACCOUNTS = (
    Account("nw", name="Northwind Logistics", domains=["northwind-logistics.com"], aliases=["Boreal Freight"]),
    Account("zx-1", name="Zorvex Industries", domains=["zorvex.com"]),
    Account("zx-2", name="Zorvex Foods", domains=["zorvex-foods.com"]),
    Account("bk", name="Booking.com", domains=["booking.example"]),
    Account("sam-co", name="Sam", domains=["sam.example"]),
)
REPS = (
    Rep("sam", name="Sam", email="sam@ours.example"),
    Rep("p.shah", name="Priya Shah", email="priya@ours.example"),
    Rep("m1", name="Alex Kim"),
    Rep("m2", name="Alex Kim"),
)


class OfLeads:
    """Tables that know one lead."""

    def load(self, keys: list[str]) -> list[Document]:
        lead = state.Lead("L-7", rule="territory")
        return [Document(1, state.encode(lead)) if key == "lead:L-7" else Document(0, b"") for key in keys]


@pytest.fixture(scope="module")
def directory() -> Directory:
    found = Directory()
    for account in ACCOUNTS:
        found.put_account(account)
    for rep in REPS:
        found.put_rep(rep)
    found.accounts.take_in(100)
    return found


@pytest.fixture
def look(directory: Directory) -> Any:
    return lambda asked: meant(asked, directory, cast(Tables, OfLeads()), POLICY)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("OPS@Northwind-Logistics.com", "contact:ops@northwind-logistics.com"),
        ("www.northwind-logistics.com", "domain:northwind-logistics.com"),
        ("nw", "account:nw"),
        ("account:nw", "account:nw"),
        ("L-7", "lead:L-7"),
        ("lead:L-7", "lead:L-7"),
        ("Northwind", "account:nw"),
        ("nortwind logistcs", "account:nw"),
        ("boreal", "account:nw"),
        ("NWL", "account:nw"),
        ("zorvex ind", "account:zx-1"),
    ],
)
def test_one_record_is_meant(look: Any, asked: str, key: str) -> None:
    assert (look(asked).key, look(asked).problem) == (key, "")


@pytest.mark.parametrize(("asked", "rep"), [("priya shah", "p.shah"), ("p.shah", "p.shah"), ("priya@ours.example", "p.shah")])
def test_a_rep_is_known_by_id_name_and_address(look: Any, asked: str, rep: str) -> None:
    assert look(asked).rep.rep == rep


def hits(found: Meant) -> list[str]:
    return [one.account_id for one in found.hits]


def test_several_companies_are_offered_and_a_rep_of_that_name_with_them(look: Any) -> None:
    assert (hits(look("zorvex")), look("zorvex").sure) == (["zx-2", "zx-1"], True)
    assert (hits(look("sam")), [one.rep for one in look("sam").reps]) == (["sam-co"], ["sam"])


def test_where_nothing_has_it_the_nearest_companies_ids_and_reps_are_offered(look: Any) -> None:
    near = look("zorvecks")
    assert (near.key, near.rep, near.sure) == ("", None, False)
    assert "zx-1" in hits(near)
    assert hits(look("zx-3"))[-1:] in (["zx-1"], ["zx-2"])
    assert {one.rep for one in look("alex kimm").reps} == {"m1", "m2"}


def test_a_domain_nobody_lists_offers_the_company_whose_name_is_in_it(look: Any) -> None:
    found = look("zorvexfoods.io")
    assert (found.key, hits(found)) == ("domain:zorvexfoods.io", ["zx-2"])
    assert hits(look("zorvex.com")) == []


def test_a_mistyped_address_says_what_is_wrong_with_it(look: Any) -> None:
    assert "@" in look("sam@").problem
    assert "begins with no known kind" in look("acount:nw@x").problem


def test_names_are_indexed_in_slices_and_a_search_need_not_wait_for_all_of_them() -> None:
    accounts = Directory().accounts
    for number in range(3 * SLICE):
        accounts.set(Account(f"a{number}", name=f"Zorvex {number}"), b"{}")
    slices: list[int] = []

    class Decider:
        engine = SimpleNamespace(directory=SimpleNamespace(accounts=accounts))

        async def call(self, work: Any) -> Any:
            slices.append(accounts.take_in(0))
            return work()

    async def played() -> tuple[int, int]:
        service = cast(Service, SimpleNamespace(decider=Decider(), pages={}))
        return await index_names(service, 0), await index_names(service, None)

    left, after = asyncio.run(played())
    assert (0 < left <= 3 * SLICE, after) == (True, 0)
    assert all(one - other <= SLICE for one, other in pairwise(slices))
    assert len(accounts.named.names) == 3 * SLICE
