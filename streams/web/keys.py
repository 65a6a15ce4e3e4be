"""API keys of machines: random, shown once, kept as a hash. The file is read again when it changes.

    [[keys]]
    name = "outreach"
    hash = "9f86d081…"
    scopes = ["check"]

A key has 256 random bits, so that a plain SHA-256 of it can be reversed by nobody and a slow hash would add nothing.
"""

from __future__ import annotations

import logging
import re
import time
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from streams.errors import BadSettings
from streams.web.access import Caller, Scope

log = logging.getLogger(__name__)

PREFIX: Final = "ll_"
"""What a key begins with, so that scanners for leaked secrets find it."""

LOOK_S: Final = 2.0
NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _Key(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    scopes: Annotated[list[Scope], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    keys: list[_Key] = Field(default_factory=list)


def hashed(key: str) -> str:
    """A key as it is kept."""
    return sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A new key; only its hash is to be kept."""
    return PREFIX + token_urlsafe(32)


def read(path: Path) -> dict[str, Caller]:
    """Hash -> caller. Raises BadSettings naming the first fault."""
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"web.keys_file: {path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadSettings(f"web.keys_file: {path}: {where}: {first['msg']}") from None
    names = [one.name for one in found.keys]
    for name in names:
        if names.count(name) > 1:
            raise BadSettings(f"web.keys_file: {path}: two keys are named {name!r}")
    return {one.hash: Caller(one.name, frozenset(one.scopes), shown=one.name) for one in found.keys}


class Keys:
    """The keys of `path`, or none. Raises BadSettings when the file is not valid at the start; one that becomes invalid later leaves the
    keys as they were, and is complained of in the log."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._callers: Mapping[str, Caller] = read(path) if path else {}
        self._stamp, self._looked = self._now(), time.monotonic()

    def caller(self, key: str) -> Caller | None:
        """Whose key it is; None for none of ours. What is looked up is a hash, so that time tells nothing of the key."""
        if self._path is not None and time.monotonic() - self._looked > LOOK_S:
            self._look(self._path)
        return self._callers.get(hashed(key))

    def _look(self, path: Path) -> None:
        self._looked = time.monotonic()
        if (stamp := self._now()) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._callers = read(path)
            log.info("the API keys were read again: %d", len(self._callers))
        except BadSettings as error:
            log.error("the API keys stay as they were: %s", error)

    def _now(self) -> int:
        try:
            return self._path.stat().st_mtime_ns if self._path else 0
        except OSError:
            return 0
