"""Hand-offs that are under way (rule 8)."""

from __future__ import annotations

from msgspec import Struct, field

from streams.state.locks import Change


class HandOff(Struct, array_like=True, gc=False):
    """One hand-off that is under way (rule 8). `event`, `topic`: its cause; `at`: when that arrived, and when each of its decisions was
    made. `to`: empty for a rep who left. `contact`, `account`: all that is handed off, if not everything; `countries`, `regions`,
    `segments`: the territory; `named`: the territory by one of these. `after`: the last lock looked at.
    `moved`: how many have moved. `heir`, `rule`: who takes over (empty: nobody) and by which rule, once that is settled."""

    event: str
    topic: str
    at: int
    to: str = ""
    by: str = ""
    note: str = ""
    contact: str = ""
    account: str = ""
    countries: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    named: str = ""
    after: str = ""
    moved: int = 0
    heir: str = ""
    rule: str = ""


class HandOffs(Struct, array_like=True, gc=False):
    """What a rep still has to hand off, earliest first; one that is to come has its time in the future."""

    waiting: list[HandOff] = field(default_factory=list)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)
