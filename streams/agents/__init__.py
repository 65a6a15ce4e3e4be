"""One ordinary Faust agent a topic, one file each: an event type is added by adding a file here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from streams.agents.reading import AGENTS, Agent


def discover() -> Mapping[str, Agent]:
    """Import every file here; inbound topic -> its agent."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return MappingProxyType(AGENTS)
