"""How a worker logs: lines of text or of JSON on standard error. What is logged at info and above names no person's address."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

from streams.settings import LogSettings

TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(said, option=orjson.OPT_UTC_Z, default=str).decode()


def configure(settings: LogSettings) -> None:
    """Send all logging to standard error, in the settings' format and from their level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=settings.level, handlers=[handler], force=True)
    logging.getLogger("mode.timers").setLevel(logging.ERROR)  # a timer that woke late says nothing but that the machine is busy
    for chatty in ("faust", "mode", "asyncio"):  # they speak of every service and timer
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.level)))
