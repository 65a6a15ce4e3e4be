"""Of accounts that a lead fits equally well: the one with most between us (rule 19)."""

from __future__ import annotations

from streams.rules.world import World
from streams.state import Company


def first(world: World, tied: tuple[str, ...]) -> str:
    """Of accounts that are as likely: the customer, then the one with an open opportunity, then the one last active; empty when that
    leaves several."""
    if len(tied) < 2:
        return ""
    accounts = world.directory.accounts
    ranks = {one: (accounts[one].status == "customer", bool(accounts[one].open_opportunities)) for one in tied if one in accounts}
    best = max(ranks.values(), default=(False, False))
    left = [one for one, rank in ranks.items() if rank == best]
    if len(left) > 1:
        active = {one: _last_active(world.company(f"account:{one}")) for one in left}
        newest = max(active.values())
        left = [one for one, at in active.items() if at == newest] if newest else left
    return left[0] if len(left) == 1 else ""


def _last_active(company: Company) -> int:
    times = [one.at for one in company.touched.values()]
    times += [one.since for one in company.conversations.values()]
    # The lock that a deal brings tells when the CRM told of the deal, which is no activity there.
    times += [company.lock.last] if company.lock is not None and company.lock.reason != "open_opportunity" else []
    times += [company.heard.at, company.heard.replied] if company.heard is not None else []
    return max(times, default=0)
