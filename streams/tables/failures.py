"""redis-py's exceptions as this project's: what passes by itself is StoreUnavailable, what somebody must cure is StoreRefused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from redis import exceptions as raised

from streams.errors import StoreRefused, StoreUnavailable

_REFUSED: Final = (
    raised.AuthenticationError,
    raised.AuthenticationWrongNumberOfArgsError,
    raised.AuthorizationError,
    raised.NoPermissionError,
)
_UNAVAILABLE: Final = (
    raised.ConnectionError,
    raised.TimeoutError,
    raised.ReadOnlyError,
    raised.TryAgainError,
    raised.OutOfMemoryError,
    raised.ClusterError,
    raised.AskError,
    raised.RedisClusterException,
)
# Codes without a class of their own, and those that a server before 7.0 wraps in its "Error running script" message
# (https://github.com/redis/redis/blob/7.0.0/src/server.c, shared.*err).
_PASSING: Final = re.compile(r"(?:^|-)(?:BUSY|LOADING|MISCONF|NOREPLICAS|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNBLOCKED) ")


@contextmanager
def answered(operation: str) -> Iterator[None]:
    """Runs a call of redis-py. Raises StoreUnavailable while Redis is away, loading, full, failing over or cut off, StoreRefused when it
    refuses the credentials or their permissions; other errors are defects and pass as they are."""
    try:
        yield
    except _REFUSED as error:
        raise StoreRefused(
            setting="access",
            value=f"refused for {operation}: {error}",
            needed="a user that may run it",
            cure="Check the username, the password and the user's ACL",
        ) from error
    except _UNAVAILABLE as error:
        raise StoreUnavailable(operation=operation, error=f"{type(error).__name__}: {error}") from error
    except raised.ResponseError as error:
        if not _PASSING.search(str(error)):
            raise
        raise StoreUnavailable(operation=operation, error=error) from error
