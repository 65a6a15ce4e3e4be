"""What a worker answers over HTTP: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever starts and stops it.

In a thread of its own, so that a worker whose event loop hangs can still say so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import make_wsgi_app
from prometheus_client.registry import CollectorRegistry

from streams.errors import BadSettings

log = logging.getLogger(__name__)

PORTS = 10
"""Workers on one machine share its ports: each takes the first free one of so many."""

Faults = Callable[[], list[str]]


class Endpoints:
    """`dead` and `unready` give reasons, none when all is well."""

    def __init__(self, registry: CollectorRegistry, dead: Faults, unready: Faults) -> None:
        self._metrics = make_wsgi_app(registry)
        self._checks = {"/healthz": dead, "/readyz": unready}
        self._server: WSGIServer | None = None

    def start(self, host: str, port: int) -> int:
        """Listen on the first free port of `PORTS` from `port` on; which one. Raises BadSettings when there is none."""
        for number in range(port, min(port + PORTS, 65_536)):
            try:
                self._server = make_server(host, number, self._answer, server_class=_Server, handler_class=_Handler)
            except OSError as error:
                fault = error
                continue
            threading.Thread(target=self._server.serve_forever, name="endpoints", daemon=True).start()
            return number
        raise BadSettings(
            field="metrics.port",
            value=port,
            problem=f"neither it nor any of the {PORTS - 1} after it can be listened on at {host} ({fault.strerror}); 0 is for nowhere",
        )

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            exposition: Iterable[bytes] = self._metrics(environ, start)
            return exposition
        check = self._checks.get(path)
        if check is None:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/metrics, /healthz, /readyz\n"]
        faults = check()
        status = "503 Service Unavailable" if faults else "200 OK"
        start(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        return [orjson.dumps({"ok": not faults, "faults": faults}, option=orjson.OPT_APPEND_NEWLINE)]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # Two workers must not both believe that they have the port.
    allow_reuse_port = False


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds; nobody may hold a thread for ever

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
