"""What was most likely meant by a value of the wrong type or sort: the nearest valid one, as a policy's file would have it."""

from __future__ import annotations

import json
import re
from typing import Any

from schemas.durations import PATTERN

_YES, _NO = frozenset(("yes", "y", "on", "true", "1")), frozenset(("no", "n", "off", "false", "0", "none"))


def default_of(defaults: dict[str, Any], loc: tuple[int | str, ...]) -> Any:
    """The default of the key at `loc`, of an item of a list the list's first; None where there is none."""
    found: Any = defaults
    for part in loc:
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and isinstance(part, int):
            found = found[0] if found else None
        else:
            return None
    return found


def likely(found: object, default: Any) -> str | None:
    """The valid value nearest to one of another type than `default`, the key's own; None where nothing is near."""
    if isinstance(default, bool):
        word = str(found).strip().casefold()
        return "true" if word in _YES else "false" if word in _NO else None
    if isinstance(default, int | float):
        return _number(found)
    if isinstance(default, list):
        return json.dumps([found], ensure_ascii=False) if isinstance(found, str) and found else None
    if isinstance(default, str) and isinstance(found, int | float) and not isinstance(found, bool):
        return f"{found:g}{default[-1]}" if re.fullmatch(PATTERN, default) and found == int(found) > 0 else None
    return None


def _number(found: object) -> str | None:
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    text = str(found).strip().replace(",", "").replace("_", "").removeprefix("$")
    read = re.fullmatch(r"([0-9]{1,15})(\.[0-9]+)?%?", text)
    return read[1] if read and int(read[1]) else None
