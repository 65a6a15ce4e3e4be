"""`ownership-commands`: what reps say about who owns whom.

One model for all commands: a command that lacks a field can still be read, so that whoever gave it is answered with `command_refused`
rather than left waiting for a dead letter. What each command needs is in `NEEDS`; `missing` compares.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.errors import nearest, shown
from schemas.events.base import Event
from schemas.events.rep_updated import Territory
from schemas.fields import Address, Domain, Flag, Note, Part, Text, Texts, Time, present

TARGET = ("contact", "account_id", "domain")
LOCKED = (*TARGET, "lead_id")
"""A lead without an address is locked too, under its id; it can be given back, but there is nothing to claim before it is routed."""


class Proof(Part):
    """What shows that a renewal is earned. `ref`: the meeting's or the deal's id."""

    kind: Literal["meeting", "deal_stage"] | None = None
    ref: Text | None = None


class Scope(Part):
    """What is handed off: exactly one of a contact, an account and a territory, the latter described or named."""

    contact: Address | None = None
    account_id: Text | None = None
    territory: Territory | Text | None = None

    model_config = ConfigDict(json_schema_extra={"oneOf": present("contact", "account_id", "territory")})

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.contact, self.account_id, self.territory)) != 1:
            raise PydanticCustomError("needed", "must have exactly one of `contact`, `account_id` and `territory`")
        return self


class OwnershipCommand(Event):
    """`by`: the rep who says it. `hours`: how long a short lock lasts. `scope` "all": everything of `from`."""

    command: Text
    by: Text
    contact: Address | None = None
    account_id: Text | None = None
    domain: Domain | None = None
    lead_id: Text | None = None
    note: Note = None
    reason: Literal["prospecting", "research", "active_sequence", "meeting_booked"] | None = None
    hours: Annotated[float, Field(gt=0, le=8760)] | None = None
    proof: Proof | None = None
    to: Text | None = None
    approved_by: Text | None = None
    evidence: Texts = Field(default_factory=list)
    sender: Text | None = None
    pause: Texts = Field(default_factory=list)
    transfer_to: Text | None = None
    transfer_by: Time | None = None
    collaborators: Texts = Field(default_factory=list)
    thread_id: str | None = None
    recheck_at: Time | None = None
    flag: Flag | None = None
    company_pattern: Text | None = None
    accept: bool | None = None
    original_lead_id: Text | None = None
    verdict: Literal["merge", "separate"] | None = None
    from_: Text | None = Field(default=None, alias="from")
    scope: Scope | Literal["all"] | None = None


class MisreadCommand(OwnershipCommand):
    """A command of which only who gives it, and about what, can be read. `by`: empty where that is missing. `fault`: what is wrong with the
    rest, in a sentence for whoever gave it. It comes of no topic as such (`schemas.reading.misread`)."""

    by: str = ""
    fault: str = ""


class Needs(NamedTuple):
    """What a command needs: exactly one of `one_of`, and each of `all_of`."""

    one_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()


NEEDS: dict[str, Needs] = {
    "claim": Needs(TARGET),
    "renew": Needs(LOCKED, ("proof",)),
    "release": Needs(LOCKED),
    "transfer": Needs(LOCKED, ("to", "note")),
    # `contact` narrows these two: it is not what they are about.
    "permit": Needs(("account_id", "domain"), ("to",)),
    "exception": Needs(("account_id", "domain"), ("to", "approved_by")),
    "request_review": Needs(LOCKED, ("note",)),
    "decide_review": Needs(LOCKED, ("sender", "note")),
    "suppress": Needs(TARGET, ("flag",)),
    "unsuppress": Needs(TARGET, ("flag",)),
    "link_account": Needs(("lead_id", "company_pattern", "domain"), ("account_id",)),
    "confirm_match": Needs((), ("lead_id", "account_id", "accept")),
    "verify_duplicate": Needs((), ("lead_id", "original_lead_id", "verdict")),
    "hand_off": Needs((), ("from", "to", "note")),
}
"""Command -> what it needs, as the contract's table of commands has it."""


def missing(command: OwnershipCommand) -> str | None:
    """One sentence that says which fields the command lacks, or None when it has all that it needs. An unknown command lacks a known
    name; the nearest is said."""
    needs = NEEDS.get(command.command)
    if needs is None:
        near = nearest(command.command, NEEDS)
        hint = f"the nearest is `{near}`" if near else f"there are {_listed(tuple(NEEDS), 'and')}"
        return f"There is no command {shown(command.command)}; {hint}."
    lacks = [f"`{name}`" for name in needs.all_of if _blank(command, name)]
    if command.command == "renew" and command.proof is not None:
        lacks += [f"`proof.{name}`" for name in ("kind", "ref") if not (getattr(command.proof, name) or "").strip()]
    given = [name for name in needs.one_of if not _blank(command, name)]
    if needs.one_of and not given:
        lacks.insert(0, f"a target ({_listed(needs.one_of, 'or')})")
    if lacks:
        return f"`{command.command}` lacks {' and '.join(lacks)}."
    if len(given) > 1:
        return f"`{command.command}` needs exactly one target, but has {_listed(tuple(given), 'and')}."
    return None


def target(command: OwnershipCommand) -> tuple[str, str] | None:
    """What the command is about, as (`contact`, `account`, `domain`, `lead` or `company_pattern`, its value); None where `missing` says
    that it names no one target, and for a `hand_off`, which has a scope."""
    needs = NEEDS.get(command.command)
    names = needs.one_of or ("lead_id",) if needs is not None else ()
    given = [(name.removesuffix("_id"), getattr(command, name)) for name in names if not _blank(command, name)]
    return given[0] if len(given) == 1 else None


def _blank(command: OwnershipCommand, name: str) -> bool:
    value = getattr(command, "from_" if name == "from" else name)
    return value is None or (isinstance(value, str) and not value.strip())


def _listed(names: tuple[str, ...], word: str) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
