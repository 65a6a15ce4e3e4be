"""Keys: one slot an installation, and prefixes that could leave it are refused."""

from __future__ import annotations

import pytest
from redis.crc import key_slot

from streams.errors import BadSettings
from streams.tables.keys import Keys


def test_all_keys_of_an_installation_are_in_one_slot() -> None:
    keys = Keys("sales.emea")
    every = [*keys.of_commit(), keys.document("contact:{other}@x.example"), keys.history("account:}{")]
    assert {key_slot(key) for key in every} == {key_slot(b"sales.emea")}
    assert len(set(every)) == len(every)


def test_a_documents_key_can_be_undone() -> None:
    keys = Keys()
    assert keys.target(keys.document("contact:zoë@x.example")) == "contact:zoë@x.example"


@pytest.mark.parametrize("prefix", ["", "a b", "{a}", "a:b", "a*", "x" * 65, "é"])
def test_other_prefixes_are_refused(prefix: str) -> None:
    with pytest.raises(BadSettings, match=r"Setting prefix is .*such as 'leadlock'"):
        Keys(prefix)
