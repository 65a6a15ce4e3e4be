"""What a weekly audit finds: who, what, since when, and the command that mends it. Pure; times in microseconds since the epoch, UTC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from schemas.policy import Windows
from streams.directory.directory import Account, Directory
from streams.state import Record

EXAMPLES = 5
"""Targets that a finding names; of the others it says how many."""


class Base(NamedTuple):
    """What the records are looked at with. `since`: from when on things count as new."""

    now: int
    since: int
    windows: Windows
    directory: Directory


class Seen(NamedTuple):
    """One record. `name`: what comes after the kind in its key. `company`: the key of the company that it belongs to, empty for a contact
    alone."""

    kind: str
    name: str
    record: Record
    company: str
    account: Account | None

    @property
    def place(self) -> str:
        """The company as people call it; for a contact alone its address."""
        return self.account.name if self.account is not None else self.company.partition(":")[2] or self.name


class Mend(NamedTuple):
    """`command`: an `ownership-commands` value without its envelope and `by`, None where no command helps. `text`: what to do then."""

    command: dict[str, Any] | None = None
    text: str = ""

    def __str__(self) -> str:
        if self.command is None:
            return self.text
        given = {**self.command, **self.command.get("scope", {})}
        fields = " ".join(f"{name}={value}" for name, value in given.items() if name not in ("command", "scope", "note"))
        return f"{self.command['command']} {fields}"


class Finding(NamedTuple):
    """`who`: reps, or whoever it is about. `what`: one sentence. `since`: when it began. `number`: how many targets it is about, of which
    `examples` are some."""

    who: tuple[str, ...]
    what: str
    since: int
    mend: Mend
    number: int = 1
    examples: tuple[str, ...] = ()


class Check(Protocol):
    """One question of the audit. It sees every record once, in no particular order, and tells in the end what it found."""

    name: str
    title: str

    def see(self, seen: Seen) -> None: ...

    def findings(self) -> Iterator[Finding]: ...


class Group:
    """Targets that make one finding together. `targets`: target -> since when."""

    __slots__ = ("count", "extra", "since", "targets")

    def __init__(self) -> None:
        self.count = 0
        self.since = 1 << 62
        self.targets: dict[str, int] = {}
        self.extra = ""

    def add(self, target: str, since: int) -> None:
        """One more. The oldest are kept as examples, of equal age the first by name."""
        self.count += 1
        self.since = min(self.since, since)
        self.targets[target] = since
        if len(self.targets) > 4 * EXAMPLES:
            self.targets = dict(self._oldest())

    def examples(self) -> tuple[str, ...]:
        """Some of the targets, the oldest first."""
        return tuple(target for target, _ in self._oldest())

    def _oldest(self) -> list[tuple[str, int]]:
        return sorted(self.targets.items(), key=lambda item: (item[1], item[0]))[:EXAMPLES]


def many(count: int, one: str, more: str = "") -> str:
    """`1 contact`, `3 contacts`."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"
