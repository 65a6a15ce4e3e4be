"""Which answers of Redis pass by themselves."""

from __future__ import annotations

import pytest
from redis import exceptions as raised

from streams.errors import StoreRefused, StoreUnavailable
from streams.tables.failures import answered


@pytest.mark.parametrize(
    "error",
    [
        raised.ConnectionError("Connection closed by server."),
        raised.TimeoutError("Timeout reading from socket"),
        raised.BusyLoadingError("Redis is loading the dataset in memory"),
        raised.ReadOnlyError("You can't write against a read only replica."),
        raised.ClusterDownError("CLUSTERDOWN The cluster is down"),
        raised.MasterDownError("Link with MASTER is down"),
        raised.TryAgainError("Multiple keys request during rehashing of slot"),
        raised.MovedError("1234 127.0.0.1:6380"),
        raised.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        raised.RedisClusterException("Redis Cluster cannot be connected."),
        raised.SlotNotCoveredError('Slot "1" not covered by the cluster.'),
        raised.ResponseError("BUSY Redis is busy running a script."),
        raised.ResponseError("MISCONF Redis is configured to save RDB snapshots"),
        raised.ResponseError("NOREPLICAS Not enough good replicas to write."),
        raised.ResponseError("Error running script (call to f_x): @user_script:9: @user_script: 9: -READONLY You can't write"),
        raised.ResponseError("Error running script (call to f_x): @user_script:9: @user_script: 9: -OOM command not allowed"),
    ],
    ids=lambda error: f"{type(error).__name__}-{str(error)[:12]}",
)
def test_what_passes_by_itself_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match="did not answer load") as unavailable, answered("load"):
        raise error
    assert unavailable.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [raised.AuthenticationError("invalid password"), raised.NoPermissionError("no permissions to run 'evalsha'")]
)
def test_what_somebody_must_cure_is_refused(error: Exception) -> None:
    with pytest.raises(StoreRefused, match="Check the username, the password and the user's ACL"), answered("load"):
        raise error


@pytest.mark.parametrize("message", ["WRONGTYPE Operation against a key", "BUSYGROUP name already exists", "unknown command 'OOMPH x'"])
def test_what_is_a_defect_passes_as_it_is(message: str) -> None:
    with pytest.raises(raised.ResponseError, match=message), answered("load"):
        raise raised.ResponseError(message)
