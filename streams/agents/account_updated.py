"""`account-updated`: the CRM's view of companies."""

from streams.agents.reading import Parts, agent, answer


@agent("account-updated")
async def account_updated(parts: Parts) -> None:
    """Hands each part of a batch to the turn."""
    async for part in parts:
        answer(part)
