"""`send-requested`: the pre-send check through Kafka."""

from streams.agents.reading import Parts, agent, answer


@agent("send-requested")
async def send_requested(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
