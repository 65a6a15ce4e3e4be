"""What is known of each target, as it lies in the lock tables: contacts, companies, leads.

Plain data, no behaviour: `streams.rules` changes it, `streams.tables` stores it. Structs are arrays on the wire, so a field may
only be added at the end of its struct, with a default. They are trees, never cycles, so Python's collector need not look at them
(`gc=False`). All times are integer microseconds since the epoch, UTC; 0 means never.
"""

from __future__ import annotations

from streams.state.codec import Record, as_stored, decode, encode, entry, freeze, kept, thaw
from streams.state.companies import Company, Conversation, Permit, Point, Touched, Whole
from streams.state.contacts import Awaited, Contact, ContactRecord, Entry, Heard, Odd, Step, Undo, Unlike
from streams.state.hand_offs import HandOff, HandOffs
from streams.state.leads import Bearer, Enquiry, Identity, Inflow, Lead, Person, Prior, Suspect, Turns
from streams.state.locks import ORDINARY, PENDING, SHORT, Change, Flag, Lock, Outbound, Place, Release, Sequence
from streams.state.reviews import Dispute, Review, Ruling

__all__ = [
    "ORDINARY",
    "PENDING",
    "SHORT",
    "Awaited",
    "Bearer",
    "Change",
    "Company",
    "Contact",
    "ContactRecord",
    "Conversation",
    "Dispute",
    "Enquiry",
    "Entry",
    "Flag",
    "HandOff",
    "HandOffs",
    "Heard",
    "Identity",
    "Inflow",
    "Lead",
    "Lock",
    "Odd",
    "Outbound",
    "Permit",
    "Person",
    "Place",
    "Point",
    "Prior",
    "Record",
    "Release",
    "Review",
    "Ruling",
    "Sequence",
    "Step",
    "Suspect",
    "Touched",
    "Turns",
    "Undo",
    "Unlike",
    "Whole",
    "as_stored",
    "decode",
    "encode",
    "entry",
    "freeze",
    "kept",
    "thaw",
]
