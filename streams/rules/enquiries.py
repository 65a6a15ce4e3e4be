"""What a lead says of itself, as it is kept with the lead."""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.state import Enquiry


def enquiry_of(event: LeadCreated) -> Enquiry:
    """The event's fields, blanks around them gone, empty where it says nothing."""
    return Enquiry(**{name: str(value).strip() for name in Enquiry.__struct_fields__ if (value := getattr(event, name)) is not None})
