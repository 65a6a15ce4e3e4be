"""Clients, and the servers that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.connection import SSLConnection

from streams.errors import BadSettings, StoreRefused, StoreUnavailable
from streams.tables.connect import Client, connect, verify
from streams.tables.contract import ABSENT, Group
from streams.tables.failures import answered
from streams.tables.redis import RedisTables
from tests.tables.servers import free_port, running


class Told(Redis):
    """A server that tells what a test gives it."""

    def __init__(self, config: dict[str, str] | None = None, **told: str) -> None:
        super().__init__()
        self._told = {"redis_version": "7.2.4", "redis_mode": "standalone", "role": "master", "maxmemory_policy": "noeviction"} | told
        self._config = config or {}

    def info(self, section: str | None = None, *args: Any, **kwargs: Any) -> Any:
        return {name: value for name, value in self._told.items() if value}

    def config_get(self, pattern: Any = "*", *args: Any, **kwargs: Any) -> Any:
        return self._config


@pytest.mark.redis
def test_a_fresh_server_is_accepted(redis_client: Client) -> None:
    verify(redis_client)


@pytest.mark.redis
def test_a_cluster_is_accepted_by_a_cluster_client_only(cluster_client: Client, cluster_url: str) -> None:
    verify(cluster_client)
    with pytest.raises(StoreRefused, match=r"redis_mode is cluster, needed is a cluster client. Set `cluster` to true"):
        verify(connect(cluster_url))


@pytest.mark.redis
def test_a_server_that_evicts_or_follows_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, "--maxmemory-policy", "allkeys-lru") as port:
        client: Any = connect(f"redis://127.0.0.1:{port}")
        with pytest.raises(StoreRefused, match=r"maxmemory-policy is allkeys-lru, needed is noeviction.*CONFIG SET"):
            verify(client)
        client.config_set("maxmemory-policy", "noeviction")
        verify(client)
        client.replicaof("127.0.0.1", free_port())
        with pytest.raises(StoreRefused, match=r"role is slave, needed is master. Point the URL at the primary"):
            verify(client)


@pytest.mark.redis
def test_credentials_are_used_and_refused_without_being_shown(tmp_path: Path) -> None:
    with running(tmp_path) as port:
        url = f"redis://127.0.0.1:{port}"
        admin: Any = connect(url)
        admin.config_set("requirepass", "right")
        verify(connect(url, password="right"))
        verify(connect(f"redis://:wrong@127.0.0.1:{port}", username="default", password="right"))
        for password in ("wrong-secret", None):
            with pytest.raises(StoreRefused, match="access is refused for verify") as refused:
                verify(connect(url, password=password))
            assert "wrong-secret" not in str(refused.value)


@pytest.mark.redis
def test_permissions_that_lack_are_refused(tmp_path: Path) -> None:
    with running(tmp_path) as port:
        url = f"redis://127.0.0.1:{port}"
        admin: Any = connect(url)
        admin.acl_setuser("reader", enabled=True, passwords=["+pw"], keys=["*"], categories=["+@read"])
        tables = RedisTables(connect(url, username="reader", password="pw"))
        assert tables.load(["a"]) == [ABSENT]
        with pytest.raises(StoreRefused, match="refused for commit"):
            tables.commit([Group()])


@pytest.mark.parametrize(
    "version, accepted", [("6.2.0", True), ("7.0.15", True), ("10.1", True), ("6.0.16", False), ("5.0.7", False), ("unknown", False)]
)
def test_old_servers_are_refused(version: str, accepted: bool) -> None:
    if accepted:
        verify(Told(redis_version=version))
    else:
        with pytest.raises(StoreRefused, match=f"redis_version is {version}, needed is 6.2 or later"):
            verify(Told(redis_version=version))


@pytest.mark.parametrize(
    "config, accepted", [({"maxmemory-policy": "noeviction"}, True), ({"maxmemory-policy": "volatile-ttl"}, False), ({}, False)]
)
def test_config_is_asked_where_info_is_silent(config: dict[str, str], accepted: bool) -> None:
    if accepted:
        verify(Told(config, maxmemory_policy=""))
    else:
        with pytest.raises(StoreRefused, match=r"maxmemory-policy is (volatile-ttl|unknown)"):
            verify(Told(config, maxmemory_policy=""))


@pytest.mark.parametrize("cluster", [False, True])
def test_a_server_that_is_away_is_unavailable(cluster: bool) -> None:
    with pytest.raises(StoreUnavailable):
        verify(connect(f"redis://127.0.0.1:{free_port()}", cluster=cluster))


@pytest.mark.parametrize(
    "url, options, problem",
    [
        ("http://user:secret@host", {}, "of scheme 'http': valid are redis, rediss, unix"),
        ("localhost", {}, "of scheme ''"),
        ("redis://:secret/half@host", {}, "not a URL: the port must be a number, and reserved characters of a password percent-encoded"),
        ("redis://:secret@host", {"tls_ca": "ca.pem"}, "TLS options need 'rediss'"),
        ("redis://:secret@host", {"tls_verify": False}, "TLS options need 'rediss'"),
        ("unix:///run/redis.sock?password=secret", {"cluster": True}, "a cluster needs 'redis' or 'rediss'"),
    ],
)
def test_urls_that_do_not_fit_are_refused_without_being_shown(url: str, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadSettings, match=r"redis url is (of scheme|not shown)") as refused:
        connect(url, **options)
    assert problem in str(refused.value)
    assert "secret" not in str(refused.value)


def test_tls_options_reach_the_connection() -> None:
    client: Any = connect("rediss://host:6380/2", username="u", password="p", tls_ca="ca.pem", tls_certificate="c.pem", tls_key="k.pem")
    pool = client.connection_pool
    assert issubclass(pool.connection_class, SSLConnection)
    told = pool.connection_kwargs
    assert (told["host"], told["port"], told["db"], told["username"], told["password"]) == ("host", 6380, 2, "u", "p")
    assert (told["ssl_ca_certs"], told["ssl_certfile"], told["ssl_keyfile"]) == ("ca.pem", "c.pem", "k.pem")
    assert (told["ssl_cert_reqs"], told["ssl_check_hostname"]) == ("required", True)
    unchecked: Any = connect("rediss://host", tls_verify=False)
    assert unchecked.connection_pool.connection_kwargs["ssl_cert_reqs"] == "none"


@pytest.mark.parametrize(
    "url, given, expected",
    [
        ("redis://u:p%2F@host", {}, ("u", "p/")),
        ("redis://u:p@host", {"password": "@:/%"}, ("u", "@:/%")),
        ("redis://u:p@host", {"username": "me"}, ("me", "p")),
        ("redis://host", {"password": "x"}, (None, "x")),
        ("unix:///run/redis.sock", {"username": "me", "password": "x"}, ("me", "x")),
    ],
)
def test_given_credentials_go_before_those_of_the_url(url: str, given: dict[str, Any], expected: tuple[str | None, str]) -> None:
    client: Any = connect(url, **given)
    told = client.connection_pool.connection_kwargs
    assert (told.get("username"), told["password"]) == expected
    assert told.get("host", told.get("path")) in ("host", "/run/redis.sock")


def test_no_call_is_repeated_by_the_client() -> None:
    client: Any = connect("unix:///run/redis.sock", timeout=2.5, connect_timeout=1.5)
    told = client.connection_pool.connection_kwargs
    assert told["retry"].get_retries() == 0
    assert (told["socket_timeout"], told["socket_connect_timeout"], told["path"]) == (2.5, 1.5, "/run/redis.sock")


def test_defects_are_not_taken_for_an_outage() -> None:
    with pytest.raises(ZeroDivisionError), answered("load"):
        _ = 1 // 0
