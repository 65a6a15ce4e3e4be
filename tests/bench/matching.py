"""How well, how fast and in how much memory leads are matched: the tables of docs/matching.md.

    python -m tests.bench.matching [--speed ACCOUNTS ...] [--halves] [--split]

Reads the public collections in `data/` of LEADLOCK_SHARED (default `../shared`); `--speed` needs none of them.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import NamedTuple

from cleanco import basename
from rapidfuzz import fuzz, process, utils

from schemas.policy import Policy
from streams.matching.accounts import AccountFacts, Index
from streams.matching.resolve import LeadFacts, resolve
from streams.matching.words import KINDS, PLACES

SETS = ("affiliations", "listed", "registry", "contributors", "subsidiaries")
FOLDER = Path(os.environ.get("LEADLOCK_SHARED") or Path(__file__).parents[3] / "shared") / "data"
POLICY = Policy().matching
Row = dict[str, str]


class Quality(NamedTuple):
    """Of the links made by themselves, and how many of those that a person is asked about are right."""

    precision: float
    recall: float
    asked: int
    asked_right: int

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def collection(name: str, folder: Path = FOLDER) -> tuple[list[Row], list[Row]]:
    """The accounts and leads of one public collection."""
    return rows(folder / name / "accounts.csv"), rows(folder / name / "leads.csv")


def halved(accounts: list[Row], leads: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """A random half of the accounts; the leads of the others belong to none."""
    kept = {row["account_id"] for row in accounts if random.Random(f"{seed}:{row['account_id']}").random() < 0.5}
    truth = [row | {"truth": row["truth"] if row["truth"] in kept else ""} for row in leads]
    return [row for row in accounts if row["account_id"] in kept], truth


def side(name: str, lead: Row) -> str:
    """Which of two halves of a collection's companies a lead is of, by a hash of the account that it belongs to, else of the first word
    that it says: rules were developed on the `first` and only confirmed on the `second`."""
    words = re.sub(r"[^\w ]", "", lead["company"].lower()).split() or lead["email"].rpartition("@")[2].split(".")
    return ("first", "second")[sha256(f"{name}{lead['truth'] or words[0]}".encode()).digest()[0] & 1]


def quality(leads: list[Row], links: Iterable[tuple[str | None, str]]) -> Quality:
    """`links`: account and verdict of each lead, in order."""
    auto = right = asked = asked_right = 0
    for row, (account_id, verdict) in zip(leads, links, strict=True):
        true = bool(row["truth"]) and account_id == row["truth"]
        auto, right = auto + (verdict == "auto"), right + (true and verdict == "auto")
        asked, asked_right = asked + (verdict == "confirm"), asked_right + (true and verdict == "confirm")
    belonging = sum(row["truth"] != "" for row in leads)
    return Quality(right / max(1, auto), right / max(1, belonging), asked, asked_right)


def ours(accounts: list[Row], leads: list[Row], name: str = "", half: str = "") -> Quality:
    """This matching, with the default policy; `half`: of the leads of one half of the collection's companies."""
    facts = (AccountFacts(row["account_id"], row["name"], (), tuple(row["domains"].split()), (), row["country"]) for row in accounts)
    known = Index(facts)
    leads = [row for row in leads if not half or side(name, row) == half]
    found = (resolve(LeadFacts(row["company"], row["email"], "", row["country"]), known, POLICY) for row in leads)
    return quality(leads, [(one.account_id, one.verdict) for one in found])


def plain(accounts: list[Row], leads: list[Row], scorer: Callable[..., float]) -> Quality:
    """A rapidfuzz scorer over cleanco's names at 80 and 70, after exact domains; the first of equally good accounts."""
    domains = {domain: row["account_id"] for row in reversed(accounts) for domain in row["domains"].split()}
    names = [clean(row["name"]) for row in accounts]
    links: list[tuple[str | None, str]] = []
    for row in leads:
        owner = domains.get(row["email"].rpartition("@")[2])
        best = process.extractOne(clean(row["company"]), names, scorer=scorer, score_cutoff=70) if row["company"] else None
        if owner:
            links.append((owner, "auto"))
        elif best:
            links.append((accounts[best[2]]["account_id"], "auto" if best[1] > 80 else "confirm"))
        else:
            links.append((None, "none"))
    return quality(leads, links)


def clean(name: str) -> str:
    """cleanco's and rapidfuzz's normalisation."""
    return str(utils.default_process(basename(name)))


def sorted_or_set(one: str, other: str, *, score_cutoff: float = 0.0, **_: object) -> float:
    """max(token_sort_ratio, 0.95 x token_set_ratio)."""
    score = max(fuzz.token_sort_ratio(one, other), 0.95 * fuzz.token_set_ratio(one, other))
    return score if score >= score_cutoff else 0.0


PLAIN: dict[str, Callable[..., float]] = {
    "token_sort_ratio": fuzz.token_sort_ratio,
    "token_set_ratio": fuzz.token_set_ratio,
    "WRatio": fuzz.WRatio,
    "max(sort, .95 set)": sorted_or_set,
}


def shown(name: str, scorer: str, found: Quality) -> str:
    """One row of the table in docs/matching.md."""
    cells = (f"{found.precision:.3f}", f"{found.recall:.3f}", f"{found.f1:.3f}", f"{found.asked_right} of {found.asked}")
    return f"| {name} | {scorer} | {' | '.join(cells)} |"


def invented(count: int, seed: int = 7) -> list[str]:
    """Company names as directories have them: a coined word or two, words of trades and places, a legal form."""
    chance = random.Random(seed)
    starts = [*"bcdfghklmnprstvw", "br", "ch", "cr", "dr", "fl", "gr", "pl", "sh", "st", "tr"]
    syllables = [start + vowel for start in starts for vowel in (*"aeiou", "ai", "ea", "io", "ou")]

    def coined() -> str:
        return (
            "".join(chance.choices(syllables, k=chance.randint(1, 3))) + chance.choice(["", "n", "r", "s", "x", "l", "t", "nd"])
        ).title()

    pool = [coined() for _ in range(max(2000, count // 3))]
    sorts, places = sorted(KINDS), sorted(PLACES)
    chance.shuffle(sorts)
    common = [1 / (rank + 1) ** 0.7 for rank in range(len(sorts))]
    made = []
    for _ in range(count):
        words = chance.choices(pool, k=2 if chance.random() < 0.3 else 1)
        words += [word.title() for word in chance.choices(sorts, common, k=chance.choice([0, 1, 1, 2]))]
        words += [chance.choice(places).title()] if chance.random() < 0.15 else []
        made.append(" ".join([*words, chance.choice(["Inc.", "LLC", "Ltd", "GmbH", "S.A.", "Corp", "Co., Ltd.", "B.V.", "", ""])]).strip())
    return made


def slipped(name: str, chance: random.Random) -> str:
    """The name with one letter left out or one too many."""
    at = chance.randrange(1, len(name))
    return name[:at] + ("" if chance.random() < 0.5 else chance.choice("aeiourst")) + name[at + (chance.random() < 0.5) :]


def resident() -> float:
    """MiB of memory that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def speed(count: int) -> str:
    """How long one account takes to load, what it takes in memory, and how much CPU a misspelt name takes to resolve."""
    names = invented(count)
    gc.collect()
    before, began = resident(), time.process_time()
    known = Index(AccountFacts(f"account-{number}", name, (), (), (), "US") for number, name in enumerate(names))
    loaded, held = time.process_time() - began, resident() - before
    chance = random.Random(11)
    asked = [slipped(chance.choice(names), chance) for _ in range(400)]
    took = []
    for name in asked:
        start = time.process_time()
        resolve(LeadFacts(name), known, POLICY)
        took.append((time.process_time() - start) * 1e3)
    took.sort()
    times = f"median {median(took):.2f} ms, 95% within {took[len(took) * 95 // 100]:.2f} ms"
    return f"{count:,} accounts: loaded in {loaded:.1f} s of CPU, index and ids {held:.0f} MiB; a misspelt name: {times}"


def yardstick() -> float:
    """Nanoseconds that one turn of a plain loop takes here and now: machines, and hours of one, are compared by it."""
    began, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - began) * 1e3


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=int, nargs="*", metavar="ACCOUNTS", help="speed and memory with so many accounts, instead")
    parser.add_argument("--halves", action="store_true", help="also with random halves of the accounts, as a check against over-fitting")
    parser.add_argument("--split", action="store_true", help="also for the halves that rules were developed and confirmed on")
    asked = parser.parse_args(arguments)
    if asked.speed is not None:
        for count in asked.speed or [100_000]:
            print(speed(count), f"(a turn of a plain loop: {yardstick():.0f} ns)")
        return
    if not FOLDER.is_dir():
        sys.exit(f"no folder {FOLDER}: set LEADLOCK_SHARED")
    print("| set | scorer | precision | recall | F1 | asked, right |\n|---|---|---|---|---|---|")
    for name in SETS:
        accounts, leads = collection(name)
        print(shown(name, "**leadlock**", ours(accounts, leads)))
        for part in ("first", "second") if asked.split else ():
            print(shown(name, f"leadlock, {part} half", ours(accounts, leads, name, part)))
        for half in range(4 if asked.halves else 0):
            print(shown(name, f"leadlock, half {half}", ours(*halved(accounts, leads, half))))
        for scorer, function in PLAIN.items():
            print(shown(name, scorer, plain(accounts, leads, function)), flush=True)


if __name__ == "__main__":
    main()
