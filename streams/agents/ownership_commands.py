"""`ownership-commands`: what people say about ownership: claims, transfers, reviews, suppressions."""

from streams.agents.reading import Parts, agent, answer


@agent("ownership-commands")
async def ownership_commands(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
