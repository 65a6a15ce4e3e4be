"""The topics: their names, how each is configured, making those that are missing and checking those that are there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType  # type: ignore[attr-defined]

from streams.errors import BrokerUnavailable, TopicMismatch
from streams.path import TOPICS as INBOUND
from streams.settings.settings import Settings

DEAD_LETTERS = "dead-letters"
DECISIONS = "routing-decisions"
LOCK_CHANGES = "lock-changes"
ALL = (*INBOUND, DEAD_LETTERS, DECISIONS, LOCK_CHANGES)
COMPACTED = frozenset({"account-updated", "rep-updated", LOCK_CHANGES})

# Six headers, the longest of them one sentence of a few hundred characters.
LETTER_ROOM = 65_536

TIMEOUT = 30.0  # seconds an admin request may take: creating topics waits for the controller
EMBEDDED = "mockCluster"  # how the cluster id of librdkafka's mock cluster begins (rdkafka_mock.c)
# What the rules or the worker rely on; retention is the operator's to change.
CHECKED = ("cleanup.policy", "message.timestamp.type", "max.message.bytes")
SETTING_OF = {"partitions": "PARTITIONS", "message.timestamp.type": "TIMESTAMPS", "max.message.bytes": "MAX_MESSAGE_BYTES"}


class Fault(NamedTuple):
    """One way in which a topic is not as it has to be; `found` is "missing" where there is no such topic."""

    topic: str
    setting: str
    found: str
    wanted: str
    cure: str


class Described(NamedTuple):
    """A topic as the broker has it. `partitions` 0: it does not exist."""

    topic: str
    partitions: int
    config: Mapping[str, str]
    faults: tuple[Fault, ...]


def full_name(settings: Settings, topic: str) -> str:
    """The broker's name of one of `ALL`."""
    return settings.kafka.topic_prefix + topic


def short_name(settings: Settings, name: str) -> str:
    """The contract's name of a topic of the broker: the inverse of `full_name`."""
    return name.removeprefix(settings.kafka.topic_prefix)


def wanted(settings: Settings, topic: str) -> dict[str, str]:
    """Kafka's configuration of one of `ALL`. Compacted topics keep the newest record of a key for ever."""
    topics = settings.topics
    # A dead letter is its record and what it says of it.
    largest = topics.max_message_bytes + (LETTER_ROOM if topic == DEAD_LETTERS else 0)
    config = {"message.timestamp.type": topics.timestamps, "max.message.bytes": str(largest)}
    if topic in COMPACTED:
        return config | {"cleanup.policy": "compact"}
    kept = {DEAD_LETTERS: topics.retention_dead_letters, DECISIONS: topics.retention_decisions}.get(topic, topics.retention_inbound)
    # Replayed records carry times of long ago, by which Kafka would delete them at its next look.
    retention = -1 if settings.clock == "records" and topics.timestamps == "CreateTime" else kept // 1000
    return config | {"cleanup.policy": "delete", "retention.ms": str(retention)}


def ensure(settings: Settings, admin: AdminClient) -> None:
    """Create the topics that are missing and check those that are there. The embedded broker is left alone: it cannot create
    topics and makes them on use. Raises TopicMismatch naming every fault and its cure, BrokerUnavailable when Kafka does not
    answer or refuses."""
    cluster = _call("for its topics", lambda: admin.list_topics(timeout=TIMEOUT))
    if is_embedded(cluster):
        return
    missing = [topic for topic in ALL if full_name(settings, topic) not in cluster.topics]
    if missing:
        _create(settings, admin, missing)
        _await(settings, admin, missing)
    faults = [fault for found in describe(settings, admin) for fault in found.faults]
    if len(faults) == 1:
        fault = faults[0]
        raise TopicMismatch(topic=fault.topic, setting=fault.setting, value=fault.found, needed=fault.wanted, cure=fault.cure)
    if faults:
        listed = "\n".join(f"  {fault.topic}: {fault.setting} is {fault.found}, needed is {fault.wanted}. {fault.cure}" for fault in faults)
        raise TopicMismatch(f"{len(faults)} settings of Kafka topics do not fit:\n{listed}")


def describe(settings: Settings, admin: AdminClient) -> list[Described]:
    """Every topic of `ALL` as the broker has it, with its faults. Raises BrokerUnavailable."""
    cluster = _call("for its topics", lambda: admin.list_topics(timeout=TIMEOUT))
    counts = {topic: len(cluster.topics[name].partitions) if (name := full_name(settings, topic)) in cluster.topics else 0 for topic in ALL}
    present = [topic for topic in ALL if counts[topic]]
    configs = {} if is_embedded(cluster) else _configs(settings, admin, present)
    described = []
    for topic in ALL:
        faults = _faults(settings, topic, counts[topic], configs.get(topic))
        described.append(Described(full_name(settings, topic), counts[topic], configs.get(topic, {}), tuple(faults)))
    return described


def is_embedded(cluster: Any) -> bool:
    """Whether metadata (`list_topics`) is that of librdkafka's mock cluster."""
    return str(cluster.cluster_id or "").startswith(EMBEDDED)


def _faults(settings: Settings, topic: str, partitions: int, config: Mapping[str, str] | None) -> list[Fault]:
    name, needed = full_name(settings, topic), wanted(settings, topic)
    if config is None and not partitions:
        return [Fault(name, "the topic", "missing", "present", "Start a worker, which creates it, or create it by hand.")]
    if config is None:  # the embedded broker has no configuration to compare
        return []
    found = [Fault(name, "partitions", str(partitions), str(settings.topics.partitions), _cure(name, "partitions", str(partitions)))]
    for key in CHECKED:
        found.append(Fault(name, key, config.get(key, "unset"), needed[key], _cure(name, key, config.get(key, ""), needed[key])))
    return [fault for fault in found if not _fits(fault)]


def _fits(fault: Fault) -> bool:
    if fault.setting == "max.message.bytes":  # a topic that takes larger records takes ours
        return fault.found.isdecimal() and int(fault.found) >= int(fault.wanted)
    # "compact,delete" loses keys that nobody has written for a while: not the same.
    return fault.found == fault.wanted


def _cure(name: str, setting: str, found: str, needed: str = "") -> str:
    # The dead letters' limit follows from the other topics'.
    own = setting in SETTING_OF and not (setting == "max.message.bytes" and name.endswith(DEAD_LETTERS))
    ours = f"set LEADLOCK_TOPICS_{SETTING_OF[setting]}={found}" if own and found else ""
    if setting == "partitions":
        return f"Either {ours} (all topics have one number), or add partitions with kafka-topics.sh --alter (they can only grow)."
    command = f"kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config {setting}={needed}"
    return f"Run {command}" + (f", or {ours}." if ours else ".")


def _create(settings: Settings, admin: AdminClient, missing: list[str]) -> None:
    new = [
        NewTopic(full_name(settings, topic), settings.topics.partitions, settings.topics.replication_factor, config=wanted(settings, topic))
        for topic in missing
    ]
    for name, future in admin.create_topics(new, operation_timeout=TIMEOUT).items():
        try:
            future.result(timeout=TIMEOUT)
        except KafkaException as error:
            # Another worker that starts now was faster; what it made is checked all the same.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                cure = "Create it by hand, or allow the worker to"
                raise BrokerUnavailable(f"Kafka refused to create topic {name}: {error.args[0].str()}. {cure}") from error
        except TimeoutError as error:
            raise BrokerUnavailable(operation=f"the creation of topic {name}", error=f"no reply in {TIMEOUT:g} s") from error


def _await(settings: Settings, admin: AdminClient, created: list[str]) -> None:
    """A broker may answer for a moment as if a topic that the controller has created were not there."""
    deadline = time.monotonic() + TIMEOUT
    names = {full_name(settings, topic) for topic in created}
    while not names <= _call("for its topics", lambda: admin.list_topics(timeout=TIMEOUT)).topics.keys():
        if time.monotonic() > deadline:
            raise BrokerUnavailable(operation=f"for the new topics {', '.join(sorted(names))}", error=f"not listed after {TIMEOUT:g} s")
        time.sleep(0.05)


def _configs(settings: Settings, admin: AdminClient, topics: list[str]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    asked = {ConfigResource(ResourceType.TOPIC, full_name(settings, topic)): topic for topic in topics}
    futures = admin.describe_configs(list(asked), request_timeout=TIMEOUT)
    found = {}
    for resource, future in futures.items():
        entries = _call(f"for the configuration of {resource.name}", lambda future=future: future.result(timeout=TIMEOUT))
        found[short_name(settings, resource.name)] = {name: entry.value for name, entry in entries.items()}
    return found


def _call(operation: str, ask: Any) -> Any:
    try:
        return ask()
    except KafkaException as error:
        raise BrokerUnavailable(operation=f"when asked {operation}", error=error.args[0].str()) from error
    except TimeoutError as error:
        raise BrokerUnavailable(operation=f"when asked {operation}", error=f"no reply in {TIMEOUT:g} s") from error
