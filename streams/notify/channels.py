"""Sending one message: to a webhook, signed; and to whatever Apprise knows (e-mail, Slack, Teams and some hundred more)."""

from __future__ import annotations

import hmac
import logging
import time
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import orjson
from apprise import Apprise
from httpx2 import Client, HTTPError

from streams.notify.messages import Message
from streams.settings.notify import NotifySettings

log = logging.getLogger(__name__)

WAIT_S: Final = 10.0
SIGNATURE: Final = "x-leadlock-signature"


class NotSent(Exception):
    """Some channel did not take the message; which, without what it said, since addresses of channels hold secrets."""


class Channels:
    """Blocks while sending; used by one thread. `url`: the console's address, to link to."""

    def __init__(self, settings: NotifySettings, url: str) -> None:
        self._settings, self._url = settings, url
        self._http = Client(timeout=WAIT_S, follow_redirects=False)
        logging.getLogger("apprise").setLevel(logging.ERROR)  # it logs addresses at INFO

    def send(self, message: Message) -> None:
        """Send by every channel. Raises NotSent when one of them failed: then all are tried again, so a receiver may get a message twice,
        with the same `decision_id`."""
        failed = []
        if self._settings.webhook_url and not self._webhook(message):
            failed.append("webhook")
        for number, secret in enumerate(self._settings.urls, 1):
            url = self._filled(secret.get_secret_value(), message)
            if url is not None and not self._apprise(url, message):
                failed.append(f"url {number}")
        if failed:
            raise NotSent(", ".join(failed))

    def close(self) -> None:
        self._http.close()

    def _webhook(self, message: Message) -> bool:
        fields = ("decision_id", "kind", "rule", "why", "text", "about", "decided_at", "team")
        said = {name: getattr(message, name) or None for name in fields}
        body = orjson.dumps({**said, "rep": message.to or None, "email": message.email or None, "url": self._url})
        at = str(int(time.time()))
        secret = self._settings.webhook_secret
        key = secret.get_secret_value().encode() if secret else b""
        headers = {"content-type": "application/json", SIGNATURE: f"t={at},v1={signature(key, at, body)}"}
        try:
            return self._http.post(self._settings.webhook_url, content=body, headers=headers).is_success
        except HTTPError:
            return False

    def _filled(self, url: str, message: Message) -> str | None:
        """The address for whoever is told; None where it needs something of them that is not known."""
        for name, value in (("email", message.email), ("rep", message.to), ("team", message.team)):
            if f"{{{name}}}" in url:
                if not value:
                    return None
                url = url.replace(f"{{{name}}}", quote(value, safe="@"))
        return url

    def _apprise(self, url: str, message: Message) -> bool:
        sender = Apprise()
        if not sender.add(url):
            return False
        title = f"leadlock: {message.about or message.kind.replace('_', ' ')}"
        return bool(sender.notify(body=f"{message.text}\n{self._url}", title=title))


def signature(key: bytes, at: str, body: bytes) -> str:
    """HMAC-SHA256 of the time, a dot and the body, in hex: a receiver that checks both knows who sent it and that it is not an old one."""
    return hmac.new(key, at.encode() + b"." + body, sha256).hexdigest()
