"""Where contacts and companies are, as their leads said: what a territory is told by (rule 8)."""

from __future__ import annotations

from streams.state import Company, ContactRecord, Enquiry, Place


def note(said: Enquiry, record: ContactRecord | None, company: Company) -> None:
    """Keep with a contact and a company what a lead says of its place."""
    if said.country or said.region or said.segment:
        company.place = Place(said.country, said.region, said.segment)
        if record is not None:
            record.place = company.place
