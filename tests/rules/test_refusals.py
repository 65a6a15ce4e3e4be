"""A refusal says whom it is about, and names the nearest valid value (contract, section 1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at

REPS = {"ana": {"team": "east"}, "rita": {"team": "ops", "role": "revops"}}
ACCOUNTS = [{"account_id": "acme", "name": "Acme", "domains": ["acme.com"]}]


def refused(by: str = "ana", **fields: Any) -> dict[str, Any]:
    (said,) = Played(REPS, ACCOUNTS).send("ownership-commands", {"by": by, **fields}, at())
    assert said["kind"] == "command_refused", said
    return said


@pytest.mark.parametrize(
    "fields",
    [
        {"command": "link_account", "account_id": "acme"},
        {"command": "confirm_match", "account_id": "acme", "accept": True},
        {"command": "confirm_match", "account_id": "acme", "accept": "perhaps"},
        {"command": "verify_duplicate", "original_lead_id": "l2", "verdict": "merge"},
        {"command": "verify_duplicate", "original_lead_id": "l2", "verdict": "join"},
        {"command": "transfer", "to": "rita", "note": "n"},
        {"command": "release", "note": 5},
    ],
    ids=lambda fields: "-".join(str(one) for one in fields.values()),
)
def test_a_refusal_of_a_command_about_a_lead_names_the_lead(fields: dict[str, Any]) -> None:
    said = refused(lead_id="l1", **fields)
    assert (said["lead_id"], said["account"], said["command"]) == ("l1", None, fields["command"])
