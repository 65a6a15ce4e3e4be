"""The demo's summary tells every rule in words, about nobody in particular."""

from __future__ import annotations

import pytest

from streams.cli.demo_view import plain
from streams.rules.reasons import SENTENCES


@pytest.mark.parametrize("rule", sorted(SENTENCES))
def test_every_rule_can_be_told_of_nobody_in_particular(rule: str) -> None:
    told = plain(rule)
    assert told and "{" not in told
