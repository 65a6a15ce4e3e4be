"""`[notify]`: how what a decision's `notify` says reaches people."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from streams.settings.faults import duration
from streams.settings.kafka import Group, Positive
from streams.settings.web import loopback


class NotifySettings(Group):
    """`webhook_url` gets everything, signed with `webhook_secret`. `urls`: secrets, in the form of Apprise; `{rep}`, `{email}` and `{team}`
    in them are whoever is told. `kinds`: of decisions that are worth a message; empty: all that name somebody."""

    webhook_url: str = ""
    webhook_secret: SecretStr | None = None
    urls: list[SecretStr] = Field(default_factory=list)
    kinds: list[str] = Field(default_factory=list)
    quiet: bool = True
    give_up: Positive = Field(duration("24h"))  # a receiver that is away for a day is found by whoever looks after it

    @property
    def wanted(self) -> bool:
        """Whether anybody is to be told anything."""
        return bool(self.webhook_url or self.urls)

    @field_validator("webhook_url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("is not an address such as https://hooks.example.com/leadlock")
        if parts.scheme == "http" and not loopback(parts.hostname or ""):
            raise ValueError(f"is not encrypted: nearest https://{parts.netloc}")
        return url

    @model_validator(mode="after")
    def _signed(self) -> Self:
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if self.webhook_url and len(secret) < 16:
            raise ValueError("webhook_url needs a webhook_secret of 16 characters at least, with which each message is signed")
        return self
