"""From what the rules say to the records that others consume: `routing-decisions` and `lock-changes` (see `schemas.decisions`,
`schemas.locks`). A new kind of decision is a function in `kinds`."""

from streams.decisions.kinds import KINDS
from streams.decisions.renderer import DECISIONS, LOCKS, Renderer

__all__ = ["DECISIONS", "KINDS", "LOCKS", "Renderer"]
