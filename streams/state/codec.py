"""The stored form of records: msgpack arrays, by the kind of target that the key names."""

from __future__ import annotations

from msgspec import msgpack

from streams.state import brief
from streams.state.companies import Company
from streams.state.contacts import Contact, ContactRecord, Entry
from streams.state.hand_offs import HandOffs
from streams.state.leads import Identity, Inflow, Lead, Turns

Record = ContactRecord | Company | Lead | Turns | HandOffs | Identity | Inflow
_encoder = msgpack.Encoder()
_contact_record = msgpack.Decoder(ContactRecord)
_company = msgpack.Decoder(Company)
_lead = msgpack.Decoder(Lead)
_turns = msgpack.Decoder(Turns)
_hand_offs = msgpack.Decoder(HandOffs)
_identity = msgpack.Decoder(Identity)
_inflow = msgpack.Decoder(Inflow)
encode = _encoder.encode


def decode(key: str, body: bytes) -> Record:
    """The record under `key` (`contact:…`, `lead:…`, `turns:…`, `hand_off:…`, `email:…`, `phone:…`, `leads:<company>`, and the companies'
    `account:…` and `domain:…`); an empty body is a target that nothing is known of yet."""
    record = as_stored(key, body)
    if record.__class__ is ContactRecord and record.left:
        brief.fill_in(record)
    return record


def as_stored(key: str, body: bytes) -> Record:
    """As `decode`, but a contact's record may leave out what the rest of it says (see `streams.state.brief`)."""
    kind = key[:5]
    if kind == "conta":
        return _contact_record.decode(body) if body else ContactRecord(Contact())
    if kind == "lead:":
        return _lead.decode(body) if body else Lead(key[5:])
    if kind == "turns":
        return _turns.decode(body) if body else Turns()
    if kind == "hand_":
        return _hand_offs.decode(body) if body else HandOffs()
    if kind == "email" or kind == "phone":
        return _identity.decode(body) if body else Identity()
    if kind == "leads":
        return _inflow.decode(body) if body else Inflow()
    return _company.decode(body) if body else Company()


def freeze(contact: Contact) -> bytes:
    """A contact's folded state as bytes, for a checkpoint. What was last published of its lock is no part of it: a fold changes nothing of
    that."""
    lock = contact.lock
    if lock is None:
        return _encoder.encode(contact)
    told, lock.told = lock.told, 0
    body = _encoder.encode(contact)
    lock.told = told
    return body


def thaw(base: bytes) -> Contact:
    """The state that `freeze` kept, as an object of its own; blank for empty bytes."""
    return _contact.decode(base) if base else Contact()


def kept(entry: Entry) -> bytes:
    """An entry as a window holds it: most are never looked at again, and bytes cost nothing to store with the record."""
    return _encoder.encode(entry)


def entry(held: bytes) -> Entry:
    """The entry that `kept` made bytes of."""
    return _entry.decode(held)


_contact = msgpack.Decoder(Contact)
_entry = msgpack.Decoder(Entry)
