"""The documents of the project, and what is written in them as code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def text(name: str) -> str:
    """A page by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def fences(page: str, language: str = "") -> list[str]:
    """The contents of a page's fenced blocks of one language."""
    return [body for found, body in _FENCE.findall(page) if found == language]


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page)


def words(page: str) -> set[str]:
    """What a page names in backticks outside of fenced blocks, whole, and each word of it."""
    spans = _CODE.findall(prose(page))
    return {word for span in spans for word in (span, *re.findall(r"[\w.-]+", span))}


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level. There must be such a heading."""
    found = re.search(rf"^(#+) {re.escape(heading)}$\n(.*?)(?=^\1 |^#{{1,2}} |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no heading {heading!r}"
    return found[2]


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings: lower case, punctuation dropped, blanks as hyphens."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
