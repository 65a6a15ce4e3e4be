"""What a lead says of itself, as it is kept with the lead."""

from __future__ import annotations

from collections.abc import Set

from schemas.events import LeadCreated
from streams.matching.domains import domain_of, is_free
from streams.state import Enquiry

NAMES = Enquiry.__struct_fields__


def enquiry_of(event: LeadCreated) -> Enquiry:
    """The event's fields, blanks around them gone, empty where it says nothing."""
    # Of the model's own dictionary: nineteen attributes asked for one by one cost twice as much.
    said = event.__dict__
    return Enquiry(*[str(value).strip() if (value := said[name]) is not None else "" for name in NAMES])


def updated(known: Enquiry, event: LeadCreated, late: bool) -> Enquiry:
    """What is known of a lead after another word on it: what that does not speak of stays, what it gives as null is gone. `late`: something
    newer has been heard, so that it only fills what nobody has said since."""
    said = enquiry_of(event)
    if late:
        return _over(known, {name for name in NAMES if getattr(known, name)}, said)
    return _over(said, event.model_fields_set, known)


def _over(newer: Enquiry, told: Set[str], older: Enquiry) -> Enquiry:
    """`told`: the fields that the newer one speaks of. An address at another company's domain ends the word on the old
    company, a title that on its seniority."""
    parted = set[str]()
    domain = domain_of(newer.email) if "email" in told and newer.email and older.email else ""
    if domain and domain != domain_of(older.email) and not is_free(domain):
        parted = {"company", "website"}
    if "title" in told and newer.title != older.title:
        parted |= {"seniority"}
    return Enquiry(*[getattr(newer if name in told or name in parted else older, name) for name in NAMES])
