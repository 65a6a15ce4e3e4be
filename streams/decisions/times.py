"""Times as decisions carry them."""

from __future__ import annotations

from schemas.times import rfc3339
from streams.known import Known


def moment(micros: int) -> str | None:
    """Microseconds as `schemas.times.rfc3339` writes them; None for 0, which means never."""
    if not micros:
        return None
    second, fraction = divmod(micros, 1_000_000)
    return f"{_seconds[second]}.{fraction:06}Z" if fraction else f"{_seconds[second]}Z"


_seconds = Known[int, str](lambda second: rfc3339(second * 1_000_000)[:19], 10_000)
"""A batch's times are of few seconds."""
