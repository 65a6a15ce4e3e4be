"""The lock tables in Redis: one script commits, plain commands read. `keys` says where everything is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha1
from importlib.resources import files
from secrets import token_hex
from typing import Any, Final

from redis.cluster import RedisCluster
from redis.exceptions import NoScriptError

from streams.errors import BadSettings
from streams.tables.change_log import WHOLE_PAGE, ChangeLog
from streams.tables.checks import check
from streams.tables.commit import of_offsets, packed
from streams.tables.connect import Client
from streams.tables.contract import ABSENT, Committed, Document, Fact, Group, Moved
from streams.tables.failures import answered
from streams.tables.figures import Figures, read
from streams.tables.joined import join
from streams.tables.keys import DEFAULT_PREFIX, Keys, member, target_of

COMMIT: Final = files("streams.tables").joinpath("lua/commit.lua").read_text(encoding="utf-8")
_COMMIT_SHA: Final = sha1(COMMIT.encode(), usedforsecurity=False).hexdigest()
# 1,000 documents of 300 bytes are 0.3 MB and about 0.3 ms of the server's one thread: nobody else waits longer for it.
READ_AT_ONCE: Final = 1_000


class RedisTables:
    """`contract.Tables` in Redis 6.2 or later, single or cluster. `client` answers in bytes (`connect` makes such a one);
    `log_limit`: how many directory changes are kept at least. Raises BadSettings for a client that decodes, or a bad prefix."""

    def __init__(self, client: Client, prefix: str = DEFAULT_PREFIX, log_limit: int = 1_000_000) -> None:
        if client.get_encoder().decode_responses:
            raise BadSettings(field="client.decode_responses", value=True, problem="documents are bytes, it must be False")
        # Any: redis-py types one client's answers as those of the synchronous and of the asynchronous one.
        self._client: Any = client
        self._clustered = isinstance(client, RedisCluster)
        self._keys = Keys(prefix)
        self._log = ChangeLog(client, self._keys)
        self._log_limit = log_limit

    def load(self, keys: Sequence[str]) -> list[Document]:
        documents: list[Document] = []
        with answered("load"):
            for start in range(0, len(keys), READ_AT_ONCE):
                names = [self._keys.document(key) for key in keys[start : start + READ_AT_ONCE]]
                documents += map(_document, self._read(names))
        return documents

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        check(groups)
        stored: dict[str, int] = {}
        while True:
            batch, conflicts = join(groups, stored)
            if stored and len(conflicts) == len(groups):
                return Committed(conflicts, None, False)
            known, moves = of_offsets(offsets or {}, not conflicts)
            rewound, outbox_id, moved = self._run(packed(self._keys, batch, known, moves, token_hex(8), self._log_limit))
            if not moved:
                return Committed(() if rewound else conflicts, outbox_id.decode() or None, bool(rewound))
            # Nothing was written. The groups that still fit are written without the others; whoever is faster again is met again.
            compared = batch.compared()
            stored |= {compared[at]: int.from_bytes(version, "big") for at, version in zip(moved[::2], moved[1::2], strict=True)}

    def _run(self, batch: Sequence[bytes]) -> Any:
        names = self._keys.of_commit()
        with answered("commit"):
            try:
                return self._client.evalsha(_COMMIT_SHA, len(names), *names, *batch)
            except NoScriptError:  # a server that was restarted or promoted
                return self._client.eval(COMMIT, len(names), *names, *batch)

    def due(self, until: int, limit: int) -> list[tuple[str, int]]:
        with answered("due"):
            found = self._client.zrangebyscore(self._keys.due, "-inf", until, start=0, num=limit, withscores=True)
        return [(target_of(one), int(at)) for one, at in found]

    def next_due(self) -> int | None:
        with answered("next_due"):
            found = self._client.zrange(self._keys.due, 0, 0, withscores=True)
        return int(found[0][1]) if found else None

    def offsets(self) -> dict[str, int]:
        with answered("offsets"):
            stored = self._client.hgetall(self._keys.offsets)
        return {name.decode(): int(offset) for name, offset in stored.items()}

    def forget_offsets(self, keys: Sequence[str]) -> None:
        if keys:
            with answered("forget_offsets"):
                self._client.hdel(self._keys.offsets, *keys)

    def outbox(self, limit: int) -> list[tuple[str, bytes]]:
        if limit <= 0:
            return []
        with answered("outbox"):
            entries = self._client.xrange(self._keys.outbox, count=limit)
        return [(entry_id.decode(), fields[b"b"]) for entry_id, fields in entries]

    def published(self, ids: Sequence[str]) -> None:
        with answered("published"):
            for start in range(0, len(ids), READ_AT_ONCE):
                self._client.xdel(self._keys.outbox, *ids[start : start + READ_AT_ONCE])

    def history(self, key: str) -> list[bytes]:
        with answered("history"):
            entries: list[bytes] = self._client.lrange(self._keys.history(key), 0, -1)
        return entries

    def held(self, holder: str, after: str, limit: int) -> list[str]:
        if limit <= 0:
            return []
        first = b"(" + member(after) if after else b"-"
        with answered("held"):
            found = self._client.zrangebylex(self._keys.held_by(holder), first, b"+", start=0, num=limit)
        return [target_of(one) for one in found]

    def scan(self, prefix: str) -> Iterator[tuple[str, Document]]:
        pattern = self._keys.documents_matching(prefix)
        with answered("scan"):
            # A cluster client would scan every node; the keys are all on one, and a cursor means something to that one only.
            server = self._client.get_redis_connection(self._node()) if self._clustered else self._client
        cursor = None
        while cursor != 0:
            with answered("scan"):
                cursor, names = server.scan(cursor or 0, match=pattern, count=READ_AT_ONCE)
                values = self._read(names) if names else []
            for name, value in zip(names, values, strict=True):
                document = _document(value)
                if document.body:
                    yield self._keys.target(name), document

    def directory(self) -> tuple[str, list[Fact]]:
        return self._log.directory()

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        return self._log.changes(position)

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        # A cluster client cannot pipeline what has many keys.
        if not self._clustered and 0 < len(keys) <= READ_AT_ONCE:
            with answered("look"):
                pipe = self._client.pipeline(transaction=False)
                self._log.ask(pipe, position)
                pipe.execute_command("MGET", *map(self._keys.document, keys))
                entries, logged, values = pipe.execute()
            changed = self._log.answer(position, entries, logged)
            if changed is not WHOLE_PAGE:
                return changed, list(map(_document, values))
        return self.changes(position), self.load(keys)

    def figures(self, now: int) -> Figures:
        with answered("figures"):
            return read(self._client, self._node() if self._clustered else None, self._keys, now)

    def _read(self, names: Sequence[bytes]) -> list[bytes | None]:
        # A cluster client left to find the node would compute the slot of every single key, in Python.
        target = {"target_nodes": self._node()} if self._clustered else {}
        values: list[bytes | None] = self._client.execute_command("MGET", *names, **target)
        return values

    def _node(self) -> Any:
        return self._client.get_node_from_key(self._keys.meta)


def _document(value: bytes | None) -> Document:
    return ABSENT if value is None else Document(int.from_bytes(value[:8], "big"), value[8:])
