"""The list of what each rep holds is what the records say, whatever happens."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams import state
from streams.engine.held import locks_in
from tests.play import Played, at
from tests.property.test_fold import CONTACTS, REPS, SHORT_WINDOWS, anything

commands = st.builds(
    lambda command, by, target, to: ("ownership-commands", {"command": command, "by": by, **target, "to": to, "note": "n"}),
    st.sampled_from(["transfer", "release", "claim"]),
    st.sampled_from([*sorted(REPS), "rita"]),
    st.sampled_from(
        [{"contact": CONTACTS[0]}, {"account_id": "c"}, {"domain": "contoso.com"}, {"domain": "fabrikam.com"}, {"lead_id": "l"}]
    ),
    st.sampled_from(sorted(REPS)),
)
leads = st.builds(
    lambda email: ("lead-created", {"lead_id": "l", **({"email": email} if email else {"phone": "+15550100"})}),
    st.sampled_from([*CONTACTS, None]),
)
accounts = st.builds(
    lambda domains, owner: (
        "account-updated",
        {"account_id": "c", "name": "C", "domains": domains, "open_opportunities": [{"id": "o", "owner": owner}] if owner else []},
    ),
    st.lists(st.sampled_from(["contoso.com", "fabrikam.com"]), unique=True),
    st.sampled_from([None, *sorted(REPS)]),
)
days = st.lists(st.tuples(st.integers(0, 600), st.one_of(anything, anything, commands, commands, leads, accounts)), min_size=3, max_size=14)


def held(played: Played) -> dict[str, list[str]]:
    """Rep -> the keys of the locks that the records give to the rep."""
    found: dict[str, list[str]] = {rep: [] for rep in [*REPS, "rita"]}
    for key, document in played.simulation.tables.scan(""):
        for target, lock in locks_in(key, state.decode(key, document.body)).items():
            if not lock.is_team:
                found[lock.owner].append(target)
    return {rep: sorted(targets) for rep, targets in found.items()}


@settings(max_examples=300, deadline=None)
@given(days)
def test_what_a_rep_holds_is_listed(day: list[tuple[int, Any]]) -> None:
    played = Played({**{rep: {"team": team} for rep, team in REPS.items()}, "rita": {"role": "revops"}}, [], SHORT_WINDOWS)
    minute = 0
    for wait, (topic, value) in day:
        minute += wait // 60
        played.send(topic, value, at(minutes=minute))
        lists = {rep: played.simulation.tables.held(rep, "", 100) for rep in [*REPS, "rita"]}
        assert lists == held(played)
