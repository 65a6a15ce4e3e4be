"""What somebody means who looks up an owner: an address, a domain, a company however it is written, a lead, a rep; else the nearest."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from schemas.policy import Policy
from streams.directory.directory import Directory, Rep
from streams.matching.search import Hit, in_domain, search
from streams.state import Lead, decode
from streams.tables.contract import Tables
from streams.web.problems import Problem
from streams.web.service import Service
from streams.web.targets import KINDS, key_of

SLICE: Final = 200
"""Accounts whose names are indexed in one turn of the engine's thread: 4 ms, so that a check that comes meanwhile waits no longer."""
WAIT_S: Final = 1.0
"""How long a search waits for the index; with more accounts than are indexed by then it answers from what is."""
NEAREST: Final = 3
LIKE: Final = 75.0


class Meant(NamedTuple):
    """`key`: the one record that is meant; then `hits` are companies of a like name. `rep`: whose locks are meant. `hits`: else companies
    to choose from; with `sure` they have what was asked in their names, or are much like it, else they are the nearest. `reps`: as `hits`.
    `more`: whether further companies have it too."""

    key: str = ""
    rep: Rep | None = None
    hits: tuple[Hit, ...] = ()
    sure: bool = True
    more: bool = False
    reps: tuple[Rep, ...] = ()
    problem: str = ""


async def index_names(service: Service, within_s: float | None = WAIT_S) -> int:
    """Let the index of names take in what it lacks, a slice at a time, for so long at most; how many accounts it still lacks. It goes on
    by itself."""
    accounts = service.decider.engine.directory.accounts
    task = service.pages.get("names")
    if task is None or task.done():
        task = service.pages["names"] = asyncio.create_task(_indexed(service))
    await asyncio.wait({task}, timeout=within_s)
    return await service.decider.call(lambda: accounts.take_in(0))


async def _indexed(service: Service) -> None:
    accounts = service.decider.engine.directory.accounts
    try:
        while await service.decider.call(lambda: accounts.take_in(SLICE)):
            await asyncio.sleep(0)
    except RuntimeError:
        return  # the engine's thread has ended: nobody searches any more


def meant(asked: str, directory: Directory, tables: Tables, policy: Policy) -> Meant:
    """What `asked`, not empty, means. Engine's thread. Raises StoreUnavailable."""
    kind, colon, _ = asked.partition(":")
    if "@" in asked or (colon and kind in KINDS):
        rep = _rep(asked, directory)
        return Meant(rep=rep) if rep is not None and not colon else _named(asked, directory)
    if asked in directory.accounts:
        return Meant(f"account:{asked}")
    if " " not in asked and _is_lead(asked, tables):
        return Meant(f"lead:{asked}")
    rep, accounts, matching = _rep(asked, directory), directory.accounts.named, policy.matching
    if rep is None and "." in asked and " " not in asked:
        found = _named(asked, directory)
        if found.key:
            domain = found.key.partition(":")[2]
            near = in_domain(domain, accounts, matching.aliases, matching.confirm) if not directory.owners(domain) else []
            return found._replace(hits=tuple(near))
    hits = search(asked, accounts, matching.aliases, matching.confirm)
    if hits.sure:
        only, *others = hits.found
        if rep is None and not any(one.holds for one in others) and (only.holds or not others):
            return Meant(f"account:{only.account_id}", hits=tuple(others))
        return Meant(hits=tuple(hits.found), more=hits.more, reps=(rep,) if rep else ())
    return Meant(rep=rep) if rep is not None else _nearest(asked, hits.found, directory)


def _named(asked: str, directory: Directory) -> Meant:
    """A target written as targets are."""
    try:
        key = key_of(asked, directory)
    except Problem as problem:
        return Meant(problem=problem.detail)
    return Meant(key)


def _is_lead(asked: str, tables: Tables) -> bool:
    lead = decode(f"lead:{asked}", tables.load([f"lead:{asked}"])[0].body)
    return isinstance(lead, Lead) and bool(lead.rule or lead.status)


def _rep(asked: str, directory: Directory) -> Rep | None:
    """The one rep with this id, name or address."""
    wanted = asked.casefold()
    found = [one for one in directory.reps.values() if wanted in (one.rep.casefold(), one.name.casefold(), one.email.casefold())]
    return found[0] if len(found) == 1 else None


def _nearest(asked: str, hits: list[Hit], directory: Directory) -> Meant:
    by_id = directory.nearest_account(asked) if " " not in asked else ""
    if by_id and by_id not in [one.account_id for one in hits]:
        hits = [*hits, Hit(by_id, directory.accounts[by_id].name, 0, False, False, "its id is like it")]
    names = {one.rep: (one.name or one.rep).casefold() for one in directory.reps.values()}
    close = process.extract(asked.casefold(), names, scorer=fuzz.WRatio, score_cutoff=LIKE, limit=NEAREST)
    return Meant(hits=tuple(hits), sure=False, reps=tuple(directory.reps[rep] for _, _, rep in close))
