"""`touch-logged`: calls, meetings, notes and intent signals."""

from streams.agents.reading import Parts, agent, answer


@agent("touch-logged")
async def touch_logged(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
