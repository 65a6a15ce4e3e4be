"""Keys: one slot an installation, and prefixes that could leave it are refused."""

from __future__ import annotations

import pytest
from redis.crc import key_slot

from streams.errors import BadSettings
from streams.tables.keys import Keys, member, target_of


def test_all_keys_of_an_installation_are_in_one_slot() -> None:
    keys = Keys("sales.emea")
    fixed = [name for name in vars(keys).values() if name not in (keys.documents, keys.histories, keys.holdings)]
    assert set(keys.of_commit()) < set(fixed)
    every = [*fixed, keys.document("contact:{other}@x.example"), keys.history("account:}{"), keys.held_by("}{")]
    assert {key_slot(key) for key in every} == {key_slot(b"sales.emea")}
    assert len(set(every)) == len(every)


def test_a_documents_key_can_be_undone() -> None:
    keys = Keys()
    assert keys.target(keys.document("contact:zoë@x.example")) == "contact:zoë@x.example"


TARGETS = ["account:a", "account:z", "contact:a@x.example", "contact:zoë@x.example", "domain:x.example", "hand_off:ann", "lead:1", "lead:é"]


@pytest.mark.parametrize("target", [*TARGETS, "contact", "contact:", "", "leads:domain:x.example", "turns:é", "other:c"])
def test_a_member_can_be_undone(target: str) -> None:
    assert target_of(member(target)) == target


def test_members_sort_as_their_targets_do() -> None:
    assert sorted(map(member, TARGETS)) == [member(target) for target in sorted(TARGETS, key=str.encode)]


@pytest.mark.parametrize("prefix", ["", "a b", "{a}", "a:b", "a*", "x" * 65, "é"])
def test_other_prefixes_are_refused(prefix: str) -> None:
    with pytest.raises(BadSettings, match=r"Setting prefix is .*such as 'leadlock'"):
        Keys(prefix)
