"""E-mail addresses and domains in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
PLAIN_LENGTH = 64
"""Up to here an address needs no look at its parts: no label can be longer than 63 (RFC 1035 2.3.4)."""
# No two hyphens in a row: what may be an encoded label (`xn--`) is looked at in full. pydantic-core's regex engine takes the same text.
PLAIN = rf"^{_ATEXT}(?:\.{_ATEXT})*@(?:[a-z0-9](?:-?[a-z0-9])*\.)+[a-z](?:-?[a-z0-9])*$"
_plain_address = re.compile(PLAIN.removeprefix("^").removesuffix("$")).fullmatch
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_plain_domain = re.compile(rf"(?:(?!xn--){_LABEL}\.)+(?!xn--|[0-9]+$){_LABEL}").fullmatch
_dotted = re.compile(r"(?:[^\W_]|-)+(?:\.(?:[^\W_]|-)+)+").search

_GMAIL = frozenset({"gmail.com", "googlemail.com"})


def normalise(address: str) -> str:
    """The address as it is compared: no surrounding blanks, lower case, the domain in ASCII (IDNA, UTS 46). Normalising again changes
    nothing. Raises ValueError, saying what is wrong, when it is not one bare e-mail address."""
    text = address.strip().lower()
    if len(text) <= PLAIN_LENGTH and _plain_address(text):
        return text
    return _normalise_unusual(address.strip())


def _normalise_unusual(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError("is not an e-mail address: it has no @")
    if address.endswith(">"):
        raise ValueError("is not a bare e-mail address: leave out the name and the angle brackets")
    try:
        host = normalise_domain(domain)
    except ValueError as error:
        raise ValueError(f"is not an e-mail address: what follows the @ {error}") from error
    if domain.endswith("."):
        raise ValueError("is not an e-mail address: it ends with a dot")
    try:
        # Only the local part is judged here: of domains the library refuses reserved names, which test systems send from.
        parts = validate_email(f"{local}@domain.com", allow_smtputf8=True, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"is not an e-mail address: {error}") from error
    # Lower case can undo the composed form (İ), so the form is made again after it.
    folded = unicodedata.normalize("NFC", parts.local_part.lower())
    whole = f"{folded}@{host}"
    if len(whole.encode()) > 254:
        raise ValueError("is not an e-mail address: it is longer than 254 bytes")
    return whole


def normalise_domain(domain: str) -> str:
    """The domain as it is compared: no surrounding blanks, no trailing dot, lower case, in ASCII (IDNA, UTS 46); `www.` stays.
    Raises ValueError, saying what is wrong, when it is not a domain with at least two labels."""
    text = domain.strip().lower()
    # The encoder's time grows with the square of the length, so the limit of RFC 1035 is applied before it.
    if len(text) > 254:
        raise ValueError("is not a domain: it is longer than 253 characters")
    text = text.removesuffix(".")
    if len(text) <= 253 and _plain_domain(text):
        return text
    try:
        ascii_text = idna.encode(text, uts46=True).decode("ascii").removesuffix(".")
    except idna.IDNAError as error:
        raise ValueError(f"is not a domain: {error}") from error
    if "." not in ascii_text:
        raise ValueError("is not a domain: it has only one label")
    if ascii_text.rpartition(".")[2].isdigit():
        raise ValueError("is not a domain: its last label is a number")
    if len(ascii_text) > 253:
        raise ValueError("is not a domain: it is longer than 253 characters")
    return ascii_text


def domain_inside(text: str) -> str:
    """The domain, as it is compared, of a web or e-mail address that somebody gave for one; empty where there is none in it."""
    found = _dotted(text.rpartition("@")[2])
    try:
        return normalise_domain(found[0]) if found else ""
    except ValueError:
        return ""


def domain_of(address: str) -> str:
    """The domain of a normalised address."""
    return address.rpartition("@")[2]


def deduplication_key(address: str) -> str:
    """What two addresses of one mailbox have in common, for finding duplicates only, never for comparing contacts: without `+tag`;
    at Gmail also without dots, and googlemail.com as gmail.com (Gmail Help, "Dots don't matter in Gmail addresses").
    Raises ValueError as `normalise` does."""
    return mailbox_of(normalise(address))


def mailbox_of(address: str) -> str:
    """As `deduplication_key`, of an address that is normalised already."""
    local, _, domain = address.rpartition("@")
    # An address that is all tag (`+a@…`) is nobody else's.
    base = local.partition("+")[0] or local
    if domain not in _GMAIL:
        return f"{base}@{domain}"
    return f"{base.replace('.', '') or base}@gmail.com"
