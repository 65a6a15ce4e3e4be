"""`email-sent`: what outreach tools have sent, the touches that claims are made and kept by."""

from streams.agents.reading import Parts, agent, answer


@agent("email-sent")
async def email_sent(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
