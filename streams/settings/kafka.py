"""The `[kafka]` group of the settings, and what it makes of them for librdkafka."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FilePath, SecretStr, field_validator, model_validator

from streams.settings.faults import duration

Duration = Annotated[int, BeforeValidator(duration)]
Positive = Annotated[Duration, Field(gt=0)]
Milliseconds = Annotated[Positive, Field(multiple_of=1000)]  # what Kafka counts in
Role = Literal["consumer", "producer", "admin"]
SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI", "OAUTHBEARER"]

# Options of librdkafka that the worker's promises rest on: changing them would lose or repeat events.
OWNED_OPTIONS = frozenset(
    {
        "acks", "auto.offset.reset", "delivery.timeout.ms", "enable.auto.commit", "enable.auto.offset.store",
        "enable.idempotence", "enable.partition.eof", "group.protocol", "message.timeout.ms",
        "partition.assignment.strategy", "request.required.acks", "transactional.id",
    }
)  # fmt: skip
# Options that have a key of their own in `[kafka]`.
NAMED_OPTIONS = {
    "bootstrap.servers": "bootstrap_servers",
    "metadata.broker.list": "bootstrap_servers",
    "group.id": "group_id",
    "security.protocol": "security_protocol",
    "sasl.mechanism": "sasl_mechanism",
    "sasl.mechanisms": "sasl_mechanism",
    "sasl.username": "sasl_username",
    "sasl.password": "sasl_password",
    "ssl.ca.location": "ca_file",
    "ssl.certificate.location": "cert_file",
    "ssl.key.location": "key_file",
    "ssl.key.password": "key_password",
    "max.poll.interval.ms": "max_poll_interval",
    "session.timeout.ms": "session_timeout",
    "linger.ms": "linger",
    "queue.buffering.max.ms": "linger",
}


class Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def upper(value: object) -> object:
    """Names of protocols and levels are read in either case, as Kafka's own clients do."""
    return value.upper() if isinstance(value, str) else value


class KafkaSettings(Group):
    """`[kafka]`: the broker and how the worker talks to it."""

    bootstrap_servers: str = Field("localhost:9092", min_length=1)
    group_id: str = Field("leadlock", min_length=1)
    security_protocol: Annotated[SecurityProtocol, BeforeValidator(upper)] = "PLAINTEXT"
    sasl_mechanism: Annotated[SaslMechanism | None, BeforeValidator(upper)] = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ca_file: FilePath | None = None
    cert_file: FilePath | None = None
    key_file: FilePath | None = None
    key_password: SecretStr | None = None
    # Kafka's own defaults; librdkafka demands that the first is no shorter than the second.
    max_poll_interval: Milliseconds = Field(duration("5m"))
    session_timeout: Milliseconds = Field(duration("45s"))
    batch_size: int = Field(2000, ge=1, le=100_000)  # records handed on at once; 2,000 was the prototype's best
    linger: Milliseconds = Field(duration("5ms"))
    # Kafka's rule for topic names (org.apache.kafka.common.internals.Topic): letters, digits, dot, underscore, dash, 249 at most.
    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", max_length=200)
    # Any other option of librdkafka (CONFIGURATION.md there). Kept out of repr: some of its options are secrets.
    options: dict[str, str | int | float | bool] = Field(default_factory=dict, repr=False)

    @field_validator("options")
    @classmethod
    def _ours(cls, options: dict[str, str | int | float | bool]) -> dict[str, str | int | float | bool]:
        for name in options:
            if name in OWNED_OPTIONS:
                raise ValueError(f"{name} is the worker's own and cannot be set")
            if own := NAMED_OPTIONS.get(name):
                raise ValueError(f"{name} is set by kafka.{own}")
        return options

    @model_validator(mode="after")
    def _together(self) -> Self:
        sasl = self.security_protocol.startswith("SASL")
        if sasl and self.sasl_mechanism is None:
            raise ValueError(f"sasl_mechanism is missing: security_protocol {self.security_protocol} needs one, e.g. SCRAM-SHA-512")
        if not sasl and (self.sasl_mechanism or self.sasl_username or self.sasl_password):
            raise ValueError(f"sasl_* are set, but security_protocol {self.security_protocol} does not use them: nearest SASL_SSL")
        if sasl and self.sasl_mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            for name in ("sasl_username", "sasl_password"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name} is missing: sasl_mechanism {self.sasl_mechanism} needs it")
        for name in ("ca_file", "cert_file", "key_file"):
            if getattr(self, name) is not None and not self.security_protocol.endswith("SSL"):
                raise ValueError(f"{name} is set, but security_protocol {self.security_protocol} is not encrypted: nearest SSL or SASL_SSL")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together: one of them is missing")
        if self.max_poll_interval < self.session_timeout:
            raise ValueError(f"max_poll_interval is shorter than session_timeout: nearest {self.session_timeout // 1000}ms")
        return self


def client_options(kafka: KafkaSettings, role: Role) -> dict[str, Any]:
    """Options for a confluent-kafka client. They hold the password in clear: never print them."""
    found: dict[str, Any] = {"client.id": "leadlock", **kafka.options}
    found["bootstrap.servers"] = kafka.bootstrap_servers
    found["security.protocol"] = kafka.security_protocol
    optional = {
        "sasl.mechanism": kafka.sasl_mechanism,
        "sasl.username": kafka.sasl_username,
        "sasl.password": _clear(kafka.sasl_password),
        "ssl.ca.location": _text(kafka.ca_file),
        "ssl.certificate.location": _text(kafka.cert_file),
        "ssl.key.location": _text(kafka.key_file),
        "ssl.key.password": _clear(kafka.key_password),
    }
    found.update({name: value for name, value in optional.items() if value is not None})
    if role == "consumer":
        found |= {
            "group.id": kafka.group_id,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "partition.assignment.strategy": "range",
            "max.poll.interval.ms": kafka.max_poll_interval // 1000,
            "session.timeout.ms": kafka.session_timeout // 1000,
        }
    if role == "producer":
        found |= {
            "acks": "all",
            "enable.idempotence": True,
            "linger.ms": kafka.linger // 1000,
            "message.timeout.ms": 0,  # for ever: Kafka being away costs time, never a decision
            # librdkafka's largest: the topics set the limit, by what records take compressed. A dead letter may hold a record that only
            # its publisher's compression made fit, and must not be refused before it is compressed too.
            "message.max.bytes": 1_000_000_000,
        }
    return found


def _clear(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _text(path: FilePath | None) -> str | None:
    return None if path is None else str(path)
