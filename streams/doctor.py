"""What `leadlock doctor` finds: is everything there that a worker needs, and if not, why, and what cures it. Findings are data;
the command line prints them. Nothing is changed anywhere."""

from __future__ import annotations

from typing import Any, NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from redis.exceptions import RedisError

from schemas.errors import BadPolicy
from schemas.policy import Policy
from streams.clock import now_us
from streams.errors import BadSettings, BrokerUnavailable, StoreRefused, StoreUnavailable
from streams.settings.settings import Settings
from streams.tables.connect import Client, connect, verify
from streams.topics import describe

KAFKA_SECONDS = 10.0
# Deadlines come by the worker's clock, arrivals by the broker's: a person notices a second's difference, NTP keeps within milliseconds.
CLOCK_LIMIT = 1_000_000


class Finding(NamedTuple):
    """`ok` False comes with a cause and a cure; with `warning` it does not keep a worker from starting."""

    name: str
    ok: bool
    seen: str
    cause: str = ""
    cure: str = ""
    warning: bool = False


def examine(settings: Settings) -> list[Finding]:
    """Everything that a worker with these settings needs, in the order in which it would need it. Takes up to some tens of
    seconds when servers do not answer; raises nothing for what is merely wrong."""
    return [*_kafka(settings), *_redis(settings), _policy(settings)]


def _kafka(settings: Settings) -> list[Finding]:
    said: list[str] = []
    try:
        # librdkafka tells why it cannot connect only through this callback; the call itself just times out.
        told: dict[str, Any] = {"error_cb": lambda error: said.append(error.str()), "log_level": 0}
        admin = AdminClient(settings.kafka_options("admin") | told)
    except KafkaException as error:
        cure = "Correct it in [kafka], or in kafka.options; names and values are in librdkafka's CONFIGURATION.md."
        return [Finding("brokers", False, "no client", error.args[0].str(), cure)]
    try:
        cluster = admin.list_topics(timeout=KAFKA_SECONDS)
    except KafkaException as error:
        admin.poll(0)
        cause = said[-1] if said else error.args[0].str()
        return [Finding("brokers", False, f"no answer from {settings.kafka.bootstrap_servers}", cause, _reach(said))]
    brokers = ", ".join(f"{broker.host}:{broker.port}" for broker in cluster.brokers.values())
    return [Finding("brokers", True, f"cluster {cluster.cluster_id}: {brokers}"), *_topics(settings, admin), _broker_clock()]


def _reach(said: list[str]) -> str:
    words = " ".join(said).lower()
    if "authentication" in words or "sasl" in words:
        return "Check kafka.sasl_mechanism, kafka.sasl_username and kafka.sasl_password against the broker's users."
    if "ssl" in words or "certificate" in words:
        return "Check kafka.security_protocol and kafka.ca_file, which must hold the authority that signed the broker's certificate."
    if "resolve" in words:
        return "Check the host names in kafka.bootstrap_servers (LEADLOCK_KAFKA_BOOTSTRAP_SERVERS)."
    return "Check that the broker runs and that kafka.bootstrap_servers (LEADLOCK_KAFKA_BOOTSTRAP_SERVERS) names its listener."


def _topics(settings: Settings, admin: AdminClient) -> list[Finding]:
    try:
        found = describe(settings, admin)
    except BrokerUnavailable as error:
        return [Finding("topics", False, "not told", str(error), "Allow the worker's user to describe the topics and their configuration.")]
    bad = []
    for fault in (fault for topic in found for fault in topic.faults):
        seen, cause = f"{fault.setting} is {fault.found}", f"needed is {fault.wanted}"
        bad.append(Finding(f"topic {fault.topic}", False, seen, cause, fault.cure, warning=fault.found == "missing"))
    return bad or [Finding("topics", True, f"{len(found)} as configured")]


def _broker_clock() -> Finding:
    return Finding("broker clock", True, "not compared: Kafka tells its time only to who writes a record, and doctor writes nothing")


def _redis(settings: Settings) -> list[Finding]:
    where = settings.redis.url
    try:
        with connect(**settings.redis_options()) as client:
            verify(client)
            server = _one(client.info("server"))
            version = Finding("redis", True, f"{where}: version {server['redis_version']}, noeviction")
            return [version, _persistence(client), _redis_clock(client)]
    except StoreUnavailable as error:
        cure = "Check that Redis runs and that redis.url (LEADLOCK_REDIS_URL) is its address; rediss:// where it wants TLS."
        return [Finding("redis", False, f"no answer from {where}", str(error), cure)]
    except StoreRefused as error:
        seen = f"{where}: {error.fields.get('setting')} is {error.fields.get('value')}"
        return [Finding("redis", False, seen, f"needed is {error.fields.get('needed')}", str(error.fields.get("cure")))]
    except (BadSettings, RedisError, OSError) as error:
        return [Finding("redis", False, where, str(error), "Check [redis]: the address, and the user and what it may do.")]


def _persistence(client: Client) -> Finding:
    appends = bool(_one(client.info("persistence")).get("aof_enabled"))
    try:
        saves = str(_one(client.config_get("save")).get("save", ""))
    except RedisError as error:
        saves, told = "", f"save points not told ({error})"
    else:
        told = f"save points {saves!r}" if saves else "no save points"
    seen = f"append-only file {'on' if appends else 'off'}, {told}"
    if appends or saves:
        return Finding("redis persistence", True, seen)
    cure = "Set appendonly yes (appendfsync everysec) in Redis, or in the provider's parameter group."
    return Finding("redis persistence", False, seen, "a restart of Redis forgets every lock, and all of Kafka is read again", cure, True)


def _redis_clock(client: Client) -> Finding:
    before = now_us()
    seconds, micros = _one(client.time())
    after = now_us()
    ahead = int(seconds) * 1_000_000 + int(micros) - (before + after) // 2
    # Where between asking and hearing Redis looked at its clock is unknown: the doubt is half of the round trip.
    doubt = (after - before) // 2
    seen = f"{ahead / 1000:+.1f} ms against this machine, give or take {doubt / 1000:.1f} ms"
    if abs(ahead) - doubt <= CLOCK_LIMIT:
        return Finding("redis clock", True, seen)
    cause = f"the two clocks differ by more than {CLOCK_LIMIT / 1e6:g} s"
    return Finding("redis clock", False, seen, cause, "Run an NTP client on both machines, e.g. chrony.", True)


def _one(answer: Any) -> Any:
    """A cluster client answers some commands with a dict of node -> answer: the first node's."""
    if isinstance(answer, dict) and answer and all(isinstance(value, dict | tuple) for value in answer.values()):
        return next(iter(answer.values()))
    return answer


def _policy(settings: Settings) -> Finding:
    path = settings.policy_file()
    if path is None:
        return Finding("policy", True, "no file: every value is its default")
    try:
        policy = Policy.read(path)
    except BadPolicy as error:
        return Finding("policy", False, str(path), str(error), f"Correct it, then run leadlock policy check {path}.")
    except OSError as error:
        return Finding("policy", False, str(path), f"cannot be read: {error.strerror}", "Let the worker's user read the file.")
    return Finding("policy", True, f"{path}: {policy.hash}")
