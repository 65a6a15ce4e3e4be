"""What all agents have in common: how they are found, and how they make events of records."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable

from schemas.errors import Unreadable
from streams.event_of import event_of
from streams.parts import Part
from streams.path import Arrived, Record
from streams.plain import email_sent

_arrived = Arrived._make
Parts = AsyncIterable[Part]
Agent = Callable[[Parts], Awaitable[None]]

AGENTS: dict[str, Agent] = {}
"""Inbound topic -> the agent that reads it, filled by `agent`."""


def agent(topic: str) -> Callable[[Agent], Agent]:
    """Make a coroutine function the agent of a topic. Raises ValueError when the topic has one already."""

    def register(fun: Agent) -> Agent:
        if topic in AGENTS:
            raise ValueError(f"topic {topic} has two agents: {AGENTS[topic].__module__} and {fun.__module__}")
        AGENTS[topic] = fun
        return fun

    return register


def arrived(records: Iterable[Record]) -> list[Arrived]:
    """The records' events; a record that cannot be read keeps its error."""
    found: list[Arrived] = []
    for record in records:
        if record.topic == "email-sent" and record.value is not None and not record.headers:
            plain = email_sent(record.value)
            if plain is not None:
                found.append(_arrived((record, plain, None)))
                continue
        try:
            found.append(Arrived(record, event_of(record), None))
        except Unreadable as error:
            found.append(Arrived(record, None, error))
    return found


def answer(part: Part) -> None:
    """Read a part and hand it to the turn. Never raises: Faust would restart the agent and forget the part."""
    try:
        part.hand_over(arrived(part.records))
    except Exception as error:
        part.failed(error)
