"""`reply-classified`: what prospects answered, bounces and complaints included."""

from streams.agents.reading import Parts, agent, answer


@agent("reply-classified")
async def reply_classified(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
