"""Every Redis key of an installation, in one place.

All of them share the hash tag `{prefix}`, hence one slot: one script can commit any set of documents, on a single server as in Redis
Cluster (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags), and several installations can share one.

| key | type | holds |
|---|---|---|
| `{prefix}d:<target>` | string | 8 bytes of version, big-endian, and the document's body; no body is a tombstone |
| `{prefix}h:<target>` | list | history entries that have left the document, oldest first |
| `{prefix}o:<holder>` | sorted set | the members of the locks that a holder has, all of score 0, hence in the order of their bytes |
| `{prefix}due` | sorted set | member of a target -> microseconds of its next deadline |
| `{prefix}offsets` | hash | `topic:partition` -> next offset to read |
| `{prefix}outbox` | stream | field `b`: the outboxes of one commit, concatenated |
| `{prefix}accounts`, `{prefix}reps`, `{prefix}matters`, `{prefix}links` | hash | the directory's records, JSON |
| `{prefix}directory` | stream | the directory's change log: fields `kind`, `key`, `body`, `commit` (a random token of the commit) |
| `{prefix}meta` | hash | `logged`: how many changes were ever added to the change log |

A *member* is a target with a letter for its kind, as `cpat@contoso.com` of `contact:pat@contoso.com`: a sorted set has millions of them.
"""

from __future__ import annotations

import re
from typing import Final

from streams.errors import BadSettings

DEFAULT_PREFIX: Final = "leadlock"
_PREFIX: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_LETTERS: Final = {kind: kind[0] for kind in ("account", "contact", "domain", "hand_off", "lead")}
"""Kinds of targets that have deadlines or are held. Their letters have the order of their names, so members sort as targets do."""

_KINDS: Final = {letter: f"{kind}:" for kind, letter in _LETTERS.items()}
_OTHER: Final = "~"
"""Before a target of another kind, which stays whole and comes after all those."""

_GLOB: Final = re.compile(rb"([\\*?\[\]])")


class Keys:
    """The keys under one prefix. Raises BadSettings for a prefix that is not 1-64 letters, digits, `_`, `.` or `-`."""

    def __init__(self, prefix: str = DEFAULT_PREFIX) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise BadSettings(
                field="prefix",
                value=repr(prefix),
                problem=f"1 to 64 letters, digits, `_`, `.` or `-` are needed, such as {DEFAULT_PREFIX!r}",
            )
        tag = f"{{{prefix}}}".encode()
        self.documents: Final = tag + b"d:"
        self.histories: Final = tag + b"h:"
        self.holdings: Final = tag + b"o:"
        self.due: Final = tag + b"due"
        self.offsets: Final = tag + b"offsets"
        self.outbox: Final = tag + b"outbox"
        self.accounts: Final = tag + b"accounts"
        self.reps: Final = tag + b"reps"
        self.matters: Final = tag + b"matters"
        self.links: Final = tag + b"links"
        self.directory: Final = tag + b"directory"
        self.meta: Final = tag + b"meta"

    def document(self, target: str) -> bytes:
        """Where a target's document is."""
        return self.documents + target.encode()

    def target(self, document: bytes) -> str:
        """The target of a document's key: `document` undone."""
        return document[len(self.documents) :].decode()

    def history(self, target: str) -> bytes:
        """Where a target's history is."""
        return self.histories + target.encode()

    def held_by(self, holder: str) -> bytes:
        """Where the locks of a holder are listed."""
        return self.holdings + holder.encode()

    def documents_matching(self, prefix: str) -> bytes:
        """The SCAN pattern for documents whose target starts with `prefix`, taken literally."""
        return _GLOB.sub(rb"\\\1", self.document(prefix)) + b"*"

    def of_commit(self) -> tuple[bytes, ...]:
        """KEYS of `lua/commit.lua`, in its order."""
        return (self.offsets, self.outbox)


def member(target: str) -> bytes:
    """A target as sorted sets have it."""
    kind, colon, name = target.partition(":")
    letter = _LETTERS.get(kind)
    return (f"{letter}{name}" if letter and colon else f"{_OTHER}{target}").encode()


def target_of(member: bytes) -> str:
    """The target of a member: `member` undone."""
    text = member.decode()
    return _KINDS.get(text[0], "") + text[1:]
