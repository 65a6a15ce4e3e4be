"""How soon a lead is to be answered (rule 21)."""

from __future__ import annotations

from streams.business_time import Hours
from streams.routing.seniority import seniority_of
from streams.rules.world import World
from streams.state import Enquiry


def priority(said: Enquiry) -> str:
    """`hot` for C-level and VPs, economic buyers and demo requests, else `normal`."""
    senior = seniority_of(said.seniority, said.title) in ("c_level", "vp")
    return "hot" if senior or said.buying_role == "economic_buyer" or said.intent == "demo_request" else "normal"


def respond_by(world: World, rep: str, urgency: str) -> int:
    """Until when the rep is to answer a lead that arrives now, microseconds: in their own business time, or by the clock."""
    sla = world.policy.sla
    span = sla.hot if urgency == "hot" else sla.normal
    if sla.clock == "always":
        return world.at + span
    known = world.directory.reps.get(rep)
    return Hours.of(world.policy.business_hours, known.timezone if known else "").after(world.at, span)
