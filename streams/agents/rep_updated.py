"""`rep-updated`: who sells, in which team and territory, and who has left."""

from streams.agents.reading import Parts, agent, answer


@agent("rep-updated")
async def rep_updated(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
