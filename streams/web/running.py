"""Running the HTTP server: as a process that ends by signal, or as a thread of another program."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from streams.collector import spare
from streams.errors import BadSettings
from streams.settings.web import WebSettings
from streams.web.app import build
from streams.web.service import Service
from streams.web.wire import Protocol

GRACE_S: Final = 3  # of open requests, event streams among them, which come back by themselves
START_S: Final = 30.0


class Bound:
    """A server on its address, not serving yet. `url`: where it is. Raises BadSettings when the address is taken or not this machine's."""

    def __init__(self, service: Service) -> None:
        settings = service.settings.web
        self._socket = _listening(settings)
        port = self._socket.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.url = settings.url or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self._server = _Server(_config(build(service), settings))
        self._thread = threading.Thread(target=self.run, name="web", daemon=True)

    def run_alone(self) -> None:
        """Serve until SIGTERM or SIGINT, in a process that does nothing else."""
        spare()
        # The loop waits so long at most for Python's lock while the engine's thread decides; the default is 5 ms.
        sys.setswitchinterval(0.001)
        self.run()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, or `stop`."""
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve in a thread, and return when it does. Raises RuntimeError when it does not."""
        self._thread.start()
        if not self._server.serving.wait(START_S):
            raise RuntimeError(f"the HTTP server did not start within {START_S:g} s")

    def stop(self) -> None:
        """End the thread's serving; blocks."""
        self._server.should_exit = True
        self._thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self.serving.set()


def _config(app: ASGIApp, settings: WebSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # addresses of people stand in paths
        server_header=False,
        proxy_headers=False,  # who asks is who connects; a proxy is believed by its secret alone
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
        backlog=1024,
    )


def _listening(settings: WebSettings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as error:
        raise BadSettings(field="web.host and web.port", value=f"{settings.host}:{settings.port}", problem=str(error)) from error
