"""`[web]`: where `leadlock serve` listens, who may use it, and how much."""

from __future__ import annotations

import ipaddress
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, field_validator, model_validator

from streams.settings.faults import duration
from streams.settings.kafka import Group, Positive

Login = Literal["none", "oidc", "proxy", "development"]


class WebSettings(Group):
    """`login`: how people come in (`none`: machines only). `url`: the address that people type, where a proxy stands before this process.
    `admins`: reps who see everything, merged duplicates too; empty: whoever is RevOps."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    url: str = ""
    login: Login = "none"
    admins: list[str] = Field(default_factory=list)
    keys_file: FilePath | None = None
    session: Positive = Field(duration("12h"))  # a working day; who leaves a browser open overnight logs in again
    proxy_header: str = Field("X-Forwarded-User", pattern=r"^[A-Za-z0-9-]+$")
    proxy_secret: SecretStr | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_claim: str = "email"
    # A key asks at most as often as one process answers; a person clicks, and a page asks for its parts.
    key_rate: int = Field(2000, ge=1, le=1_000_000)
    person_rate: int = Field(20, ge=1, le=1_000_000)
    # A list import of 1,000 checks with every field takes 300 KB.
    max_body: int = Field(2_000_000, ge=1024, le=1 << 30)

    @field_validator("url", "oidc_issuer")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is not an address such as https://leadlock.example.com")
        if parts.scheme == "http" and not loopback(parts.hostname):
            raise ValueError(f"is not encrypted: nearest https://{parts.netloc}")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.login == "development" and not loopback(self.host):
            raise ValueError("login is development, which lets anyone be anyone: host must be loopback, nearest 127.0.0.1")
        if self.login == "development" and self.url and not loopback(urlsplit(self.url).hostname or ""):
            raise ValueError("login is development, which lets anyone be anyone: url must be on loopback, nearest http://127.0.0.1")
        if self.login == "proxy" and (self.proxy_secret is None or len(self.proxy_secret.get_secret_value()) < 16):
            raise ValueError("login is proxy: proxy_secret of 16 characters at least is needed, or anyone could send the header")
        if self.login == "oidc":
            for name in ("oidc_issuer", "oidc_client_id", "url"):
                if not getattr(self, name):
                    raise ValueError(f"login is oidc: {name} is needed")
            if self.oidc_client_secret is None:
                raise ValueError("login is oidc: oidc_client_secret is needed")
        return self


def loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
