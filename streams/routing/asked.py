"""What a routing rule is asked, and what it answers."""

from __future__ import annotations

from typing import NamedTuple

from schemas.policy import Policy
from streams.directory.directory import Account, Directory
from streams.routing.turns import Turn
from streams.state import Company, Enquiry, Lock


class Asked(NamedTuple):
    """What routing looks at: what the lead says, the lock of its contact (or of the lead itself, where it has no address), the account, the
    company's record, and that of the company whose lock covers it (rule 7), which mostly is the same. `at`: the lead's arrival,
    microseconds. `without`: reps who let it wait too long and are not asked again."""

    lead: Enquiry
    lock: Lock | None
    account: Account | None
    company: Company
    cover: Company
    directory: Directory
    policy: Policy
    at: int
    without: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """What one rule says. `saw`: what it looked at, a clause for people. `rep` or `team`: who is to have the lead; neither: the next rule
    is tried. `copied`: reps who are copied. `notify`: (who, why, whether that is a team). `turn`: taken where reps take turns. `fixed`:
    it is this one's, whatever department asks (no specialist steps in). `disqualified`: nobody is to have it."""

    saw: str
    rep: str = ""
    team: str = ""
    copied: tuple[str, ...] = ()
    notify: tuple[tuple[str, str, bool], ...] = ()
    turn: Turn | None = None
    fixed: bool = False
    disqualified: bool = False

    @property
    def names(self) -> bool:
        """Whether the rule has decided."""
        return bool(self.rep or self.team or self.turn or self.disqualified)
