"""Holding what an installation did against the model."""

from __future__ import annotations

from typing import Any

from streams.topics import DEAD_LETTERS
from tests.integration.model import Expected, decoded, differing
from tests.integration.stack import Installation


def same(installation: Installation, want: Expected) -> None:
    """The tables' every document, and the set of decisions with all their fields, are the undisturbed run's; no dead letters."""
    alike(decoded(installation.documents()), decoded(want.documents), "documents")
    alike(installation.decisions(), want.decisions, "decisions")
    assert installation.read(DEAD_LETTERS) == []


def alike(got: dict[str, Any], want: dict[str, Any], what: str) -> None:
    """Fails with the first few differences, field by field."""
    found = differing(got, want)
    shown = [f"{key}: {_fields(*both)}" for key, both in list(found.items())[:5]]
    assert not found, f"{len(found)} of {len(want)} {what} differ (got, wanted):\n" + "\n".join(shown)


def _fields(got: Any, want: Any) -> Any:
    if isinstance(got, dict) and isinstance(want, dict):
        return differing(got, want)
    names = getattr(got, "__struct_fields__", ()) if type(got) is type(want) else ()
    unlike = {name: (getattr(got, name), getattr(want, name)) for name in names if getattr(got, name) != getattr(want, name)}
    return unlike or (got, want)
