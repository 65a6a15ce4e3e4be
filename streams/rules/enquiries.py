"""What a lead says of itself, as it is kept with the lead."""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.state import Enquiry


def enquiry_of(event: LeadCreated) -> Enquiry:
    """The event's fields, blanks around them gone, empty where it says nothing."""
    # Of the model's own dictionary: nineteen attributes asked for one by one cost twice as much.
    said = event.__dict__
    return Enquiry(*[str(value).strip() if (value := said[name]) is not None else "" for name in Enquiry.__struct_fields__])
