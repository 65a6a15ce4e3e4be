"""How a worker logs: lines of text or of JSON on standard error. What is logged at info and above names no person's address.

Whoever logs something of an event or a decision gives its ids as `extra={"fields": {...}}`: they stand beside the message, not in it.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime

import orjson

from streams.settings.settings import LogSettings

TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


# What an error message of somebody else's may quote: a key `contact:ann@example.com`, a value, a URL's user.
ADDRESS = re.compile(r"[^\s@\"'`<>:;,/\\(){}\[\]]+@[^\s@\"'`<>;,/\\(){}\[\]]+")
HIDDEN = "(address)"


def hidden(record: logging.LogRecord, text: str) -> str:
    """The text of a record, without addresses where its level is info or above."""
    return text if record.levelno < logging.INFO else ADDRESS.sub(HIDDEN, text)


class TextLines(logging.Formatter):
    """A line for people, the fields after it."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in getattr(record, "fields", {}).items())
        line, newline, trace = super().format(record).partition("\n")
        return hidden(record, line + fields + newline + trace)


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, the fields (`event_id`, `decision_id` and the like),
    and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return hidden(record, orjson.dumps(said, option=orjson.OPT_UTC_Z, default=str).decode())


def configure(settings: LogSettings) -> None:
    """Send all logging to standard error, in the settings' format and from their level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines(TEXT))
    logging.basicConfig(level=settings.level, handlers=[handler], force=True)
    logging.getLogger("mode.timers").setLevel(logging.ERROR)  # a timer that woke late says nothing but that the machine is busy
    for chatty in ("faust", "mode", "asyncio"):  # they speak of every service and timer
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.level)))
