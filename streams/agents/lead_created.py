"""`lead-created`: people who asked or were imported, to be routed."""

from streams.agents.reading import Parts, agent, answer


@agent("lead-created")
async def lead_created(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
