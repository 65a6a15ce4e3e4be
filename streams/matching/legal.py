"""Legal forms of companies in many countries: part of a registered name, no part of what people call a company.

They are cleanco's collection (of Wikipedia's "List of legal entity types by country") and a few in `words.toml` that it lacks.
"""

from __future__ import annotations

import re
import unicodedata

from cleanco import termdata

from streams.matching.words import listed


def _joined(term: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", term.casefold()) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]", "", plain)


_TERMS = (*termdata.terms_by_type.values(), *termdata.terms_by_country.values())
_CLEANCO = frozenset(_joined(term) for terms in _TERMS for term in terms if term.isascii()) - {""}

LEGAL = (_CLEANCO - listed("legal", "never")) | listed("legal", "also")
"""Forms as they stand at the end of a name, with neither blanks nor signs: `sp z o o` is `spzoo`."""

LEGAL_ANYWHERE = listed("legal", "anywhere")
"""Forms that are nothing else wherever they stand: `Ericsson GmbH Eurolab`."""

LEGAL_FIRST = listed("legal", "first")
"""Forms that stand before the name."""

LEGAL_ENDS = frozenset(form[at:] for form in LEGAL for at in range(len(form)))
"""Every ending of a form: a last word that is none of them ends no form."""

LONGEST_FORM = 5
"""Words of the longest form, as in `gmbh and co kg aa`."""

_NATIVE = "|".join(map(re.escape, sorted(listed("legal", "native"), key=lambda form: (-len(form), form))))
_NATIVE_WORDS = "|".join(sorted(listed("legal", "native_words")))
LEGAL_NATIVE = re.compile(rf"{_NATIVE}|\b(?:{_NATIVE_WORDS})(?!\w)")
"""Forms in their own scripts."""
