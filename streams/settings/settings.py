"""What an installation sets: where Kafka and Redis are, how topics are made, how to log.

Sources, first wins: arguments, environment variables `LEADLOCK_<GROUP>_<KEY>` (`LEADLOCK_KAFKA_BOOTSTRAP_SERVERS`, `LEADLOCK_LOG_LEVEL`;
a mapping as JSON), the file `leadlock.toml` or the one that LEADLOCK_SETTINGS names, defaults. An unknown key or variable is an error.
Rules of engagement are not here but in the policy's own file. Durations are written `500ms`, `30s`, `5m`, `48h`, `7d`, and held as
integer microseconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import BeforeValidator, Field, FilePath, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from streams.errors import BadSettings
from streams.settings.faults import duration, faults, given_name, unknown_variables, unreadable_variables
from streams.settings.kafka import Group, KafkaSettings, Milliseconds, Positive, Role, client_options, upper
from streams.settings.notify import NotifySettings
from streams.settings.web import WebSettings

PREFIX = "LEADLOCK_"
FILE_VARIABLE = f"{PREFIX}SETTINGS"
DEFAULT_FILE = Path("leadlock.toml")
DEFAULT_POLICY = Path("rules-of-engagement.toml")

class TopicSettings(Group):
    """`[topics]`: how topics are made, and checked to be. One number of partitions for all, so that under the range assignor
    records of one key, whatever their topic, land with one worker."""

    partitions: int = Field(4, ge=1, le=10_000)
    replication_factor: int = Field(1, ge=1, le=32_767)
    timestamps: Literal["LogAppendTime", "CreateTime"] = "LogAppendTime"
    max_message_bytes: int = Field(1_048_588, ge=1024, le=1 << 30)  # Kafka's default: 1 MiB and a batch's header
    # Long enough to replay what a Redis that came back older has lost; dead letters wait for people.
    retention_inbound: Milliseconds = Field(duration("7d"))
    retention_dead_letters: Milliseconds = Field(duration("30d"))
    retention_decisions: Milliseconds = Field(duration("30d"))


class RedisSettings(Group):
    """`[redis]`: the lock tables' store. A user name and password in the URL move to their own fields, so that the URL can be shown."""

    url: str = "redis://localhost:6379/0"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: FilePath | None = None
    cert_file: FilePath | None = None
    key_file: FilePath | None = None
    cluster: bool = False
    prefix: str = Field("leadlock", pattern=r"^[A-Za-z0-9._-]+$", max_length=64)  # names the hash tag: no braces

    @model_validator(mode="before")
    @classmethod
    def _secrets_out_of_the_url(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("url"), str):
            return data
        try:
            parts = urlsplit(data["url"])
        except ValueError:  # the field's own validator says what is wrong with it
            return data
        userinfo, at, host = parts.netloc.rpartition("@")
        if not at:
            return data
        username, _, password = userinfo.partition(":")
        found = {"username": unquote(username), "password": unquote(password)}
        for name, value in found.items():
            if value and data.get(name):
                raise ValueError(f"{name} is set both in url and on its own: leave one out")
        return {**data, **{name: value for name, value in found.items() if value}, "url": urlunsplit(parts._replace(netloc=host))}

    @field_validator("url")
    @classmethod
    def _a_redis_url(cls, url: str) -> str:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError when it is none
        if parts.scheme not in ("redis", "rediss", "unix"):
            raise ValueError("does not begin with redis://, rediss:// (TLS) or unix://: nearest redis://")
        if not (parts.hostname or parts.scheme == "unix"):
            raise ValueError("names no host: nearest redis://localhost:6379/0")
        return url

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        for name in ("ca_file", "cert_file", "key_file"):
            if getattr(self, name) is not None and not self.url.startswith("rediss:"):
                raise ValueError(f"{name} is set, but url is not encrypted: nearest rediss://")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together: one of them is missing")
        if self.cluster and urlsplit(self.url).path not in ("", "/", "/0"):
            raise ValueError("url names a database, but a cluster has only 0: nearest /0")
        return self


class LogSettings(Group):
    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(upper)] = "INFO"
    format: Literal["text", "json"] = "text"


class MetricsSettings(Group):
    """`[metrics]`: where the worker offers Prometheus its numbers. Port 0: nowhere."""

    host: str = "127.0.0.1"
    port: int = Field(9464, ge=0, le=65535)


class Settings(BaseSettings):
    """All settings of one process, frozen. `Settings()` raises BadSettings naming every fault: field, value and nearest valid one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        nested_model_default_partial_update=True,
    )
    reads_outside: ClassVar[bool] = True

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    redis: RedisSettings = RedisSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    web: WebSettings = WebSettings()
    notify: NotifySettings = NotifySettings()
    policy: FilePath | None = None  # None: DEFAULT_POLICY where there is one, else every default
    clock: Literal["wall", "records"] = "wall"  # records: the time is the newest record's, for replaying
    max_future_skew: Positive = Field(duration("24h"))  # zones and clocks differ by hours; dated further ahead is a fault of the publisher

    def __init__(self, **values: Any) -> None:
        file = self._file() if self.reads_outside else None
        environment = os.environ if self.reads_outside else {}
        if found := unknown_variables(type(self), environment, PREFIX) + unreadable_variables(type(self), environment, PREFIX):
            raise BadSettings("; ".join(found))
        try:
            super().__init__(**values)
        except ValidationError as error:
            # Not chained: pydantic's error holds the input, and with it the secrets.
            raise BadSettings("; ".join(faults(type(self), error, given_name(values, environment, PREFIX, file)))) from None
        except TOMLDecodeError as error:
            raise BadSettings(f"{file} is no TOML: {error}") from None
        except UnicodeDecodeError as error:
            raise BadSettings(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from None

    @classmethod
    def given(cls, **values: Any) -> Settings:
        """Settings from arguments and defaults alone, deaf to environment and file: for the embedded stack, and tests."""
        return _Given(**values)

    def kafka_options(self, role: Role) -> dict[str, Any]:
        """Options for a confluent-kafka consumer, producer or admin client. They hold the password in clear: never print them."""
        return client_options(self.kafka, role)

    def redis_options(self) -> dict[str, Any]:
        """Arguments of `streams.tables.connect.connect`. They hold the password in clear: never print them."""
        redis = self.redis
        files = {"tls_ca": redis.ca_file, "tls_certificate": redis.cert_file, "tls_key": redis.key_file}
        return {
            "url": redis.url,
            "username": redis.username,
            "password": redis.password.get_secret_value() if redis.password else None,
            "cluster": redis.cluster,
            **{name: None if path is None else str(path) for name, path in files.items()},
        }

    def policy_file(self) -> Path | None:
        """The rules of engagement to read; None: there is no file, every value is its default."""
        return self.policy or (DEFAULT_POLICY if DEFAULT_POLICY.is_file() else None)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if not cls.reads_outside:
            return (init_settings,)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=cls._file())

    @staticmethod
    def _file() -> Path | None:
        named = os.environ.get(FILE_VARIABLE)
        if named and not Path(named).is_file():
            raise BadSettings(f"{FILE_VARIABLE}: there is no file {named}")
        return Path(named) if named else DEFAULT_FILE if DEFAULT_FILE.is_file() else None


class _Given(Settings):
    reads_outside: ClassVar[bool] = False
