"""General knowledge of the words in organisations' names, from `words.toml`: kinds of organisation and trade, places, which words are one.

They tell what a company is and where; only what is in none of these lists tells which one it is.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """The tables of `words.toml`, as they stand there: lists of words are text with blanks between."""
    tables: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
    return tables


def listed(table: str, name: str) -> frozenset[str]:
    """One list of words of `words.toml`."""
    return frozenset(vocabulary()[table][name].split())


STOP = listed("words", "stop")
"""Words without any meaning of their own."""

CANONICAL = {form: one for table in ("stems", "same_place") for one, forms in vocabulary()[table].items() for form in forms.split()}
"""A form of an everyday word or a place -> the one form that names are compared in."""

KINDS = listed("words", "kinds") | frozenset(vocabulary()["stems"])
"""Kinds of organisation, trades and filling words."""

PLACES = listed("words", "places")
"""Countries, their adjectives, large cities."""

TRADES = tuple(frozenset(words.split()) for words in vocabulary()["trades"].values())
"""Everyday words that companies of one trade have in turn."""


def one_trade(words: set[str]) -> bool:
    """Whether one trade has all of these words: a company of pharmaceuticals is also one of biotechnology."""
    return any(words <= trade for trade in TRADES)
