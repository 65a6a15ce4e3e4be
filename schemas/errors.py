"""What the contract refuses, one shallow tree. A class's docstring is its message, filled in with what was found.

`str(error)` may show a person's address, as what was found does; `without_values()` never does, and is what a log line may carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

SHOWN = 80
"""How many characters of a found value a message shows: enough to recognise it, too few to flood a header or a log line."""


def shown(value: object) -> str:
    """The value as a message shows it: its representation, never more than `SHOWN` characters."""
    # Slicing first: the representation of a megabyte would be built only to be cut.
    text = repr(value[:SHOWN]) if isinstance(value, str | bytes) else repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def nearest(value: object, valid: Iterable[str]) -> str | None:
    """The valid word most like `value` whatever its case, or None when nothing is like it."""
    if not isinstance(value, str):
        return None
    # Matching is quadratic in the length; nobody mistypes a word by more than this.
    folded = {word.casefold(): word for word in valid}
    close = get_close_matches(value[:SHOWN].casefold(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else None


class ContractError(Exception):
    """the contract refuses this"""

    def without_values(self) -> str:
        """The message without anything that was found: safe for logs."""
        return str(self)


class Unreadable(ContractError):
    """cannot read the record: {where}{reason}{found}{hint}

    `reason`: what is wrong. `field`: its path in the value (`proof.kind`, `domains.0`), None when it is the record as a whole.
    `value`: what was found there, already shortened for people, or None. `nearest`: the valid word or field most like it, or None.
    """

    def __init__(self, reason: str, field: str | None = None, value: str | None = None, nearest: str | None = None) -> None:
        super().__init__(reason, field, value, nearest)
        self.reason = reason
        self.field = field
        self.value = value if value is None or len(value) <= SHOWN else value[: SHOWN - 1] + "…"
        self.nearest = nearest

    def __str__(self) -> str:
        return self._message(self.value)

    def without_values(self) -> str:
        return self._message(None)

    def _message(self, value: str | None) -> str:
        template = (type(self).__doc__ or "").partition("\n")[0]
        return template.format(
            where=f"`{self.field}` " if self.field else "",
            reason=self.reason,
            found=f", found {value}" if value is not None else "",
            hint=f"; the nearest valid one is `{self.nearest}`" if self.nearest else "",
        )


class Fault(NamedTuple):
    """One thing wrong with a policy. `path`: the key, dotted (`windows.review`); `value`: what was found, shortened, or None;
    `nearest`: the valid key or value most like it, or None."""

    path: str
    reason: str
    value: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        found = f", found {self.value}" if self.value is not None else ""
        hint = f"; the nearest valid one is `{self.nearest}`" if self.nearest else ""
        return f"`{self.path}` {self.reason}{found}{hint}"


class BadPolicy(ContractError):
    """the policy has {count}:{faults}"""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return (type(self).__doc__ or "").format(count=count, faults="".join(f"\n  {fault}" for fault in self.faults))
