"""Running the app: as a process that ends by signal, or as a thread of another program."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from typing import Any

from streams.app import App, build
from streams.collector import spare
from streams.path import Engine
from streams.settings.settings import Settings
from streams.watching.endpoints import Endpoints
from streams.watching.observed import Observed

log = logging.getLogger(__name__)

OK, DIED = 0, 1
STOP_S = 9.0  # the parts' own limits add up to less; ten seconds are the promise, and Python takes some to end
OVER_S = 9.5


async def serve(
    settings: Settings, engine: Engine, stop: asyncio.Event, started: threading.Event | None = None, observed: Observed | None = None
) -> int:
    """Run a worker on this event loop until `stop` is set (0) or it dies (1). `observed` is the engine's, if it is watched: then it answers
    over HTTP, where the settings say. Raises BadSettings when it cannot listen there."""
    for chatty in ("faust", "mode"):  # every service's start and stop, timers that woke a little late
        logging.getLogger(chatty).setLevel(logging.WARNING)
    app = build(settings, engine, observed)
    endpoints = _listen(settings, app, observed) if observed is not None and settings.metrics.port else None
    code = OK
    try:
        await app.start()
        if started is not None:
            started.set()
        code = await _until(app, stop)
    except Exception:
        log.exception("the worker did not start")
        code = DIED
    try:
        await asyncio.wait_for(app.stop(), STOP_S)
    except Exception:
        log.exception("the worker did not stop cleanly; nothing is lost, what was under way is done again")
        code = DIED
    finally:
        if endpoints is not None:
            endpoints.stop()
    return DIED if app.failure.done() else code


def _listen(settings: Settings, app: App, observed: Observed) -> Endpoints:
    endpoints = Endpoints(observed.registry, app.health.dead, app.health.unready)
    port = endpoints.start(settings.metrics.host, settings.metrics.port)
    log.info("metrics and health on http://%s:%d", settings.metrics.host, port)
    return endpoints


async def _until(app: App, stop: asyncio.Event) -> int:
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait()), asyncio.create_task(app.wait_until_stopped())]
    await asyncio.wait([*tasks, app.failure], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    if app.failure.done():
        log.error("the worker ends: %s", app.failure.result())
        return DIED
    if app.crash_reason is not None:
        log.error("the worker ends, a service of it crashed: %r", app.crash_reason)
        return DIED
    return OK


def run(settings: Settings, engine: Engine, observed: Observed | None = None) -> int:
    """Run a worker until SIGTERM or SIGINT; the process's exit code. A second signal ends the process at once. So does `OVER_S` after the
    first, with 1: a Kafka client without a broker waits for the group's coordinator as long as it likes, and cannot be interrupted."""
    spare()
    return asyncio.run(_run(settings, engine, observed))


async def _run(settings: Settings, engine: Engine, observed: Observed | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        log.info("%s: draining", number.name)
        loop.remove_signal_handler(number)
        over = threading.Timer(OVER_S, _give_up)
        over.daemon = True
        over.start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)
    return await serve(settings, engine, stop, observed=observed)


def _give_up() -> None:
    log.warning("not drained after %g s, ending all the same: what was under way is done again", OVER_S)
    os._exit(DIED)


class WorkerThread:
    """A worker in a thread of another program. `code` is its exit code once it has ended."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self.code: int | None = None

    def start(self) -> None:
        """Start, and return when the worker runs or has died."""
        self._thread.start()
        self._started.wait()

    def stop(self) -> int:
        """Drain and end; the exit code."""
        if self._loop is not None and self._stop is not None and not self._ended.is_set():
            self._loop.call_soon_threadsafe(self._stop.set)
        return self.join()

    def join(self, timeout: float | None = None) -> int:
        """Wait for the end, without asking for it; the exit code. Raises TimeoutError after `timeout` seconds."""
        self._thread.join(timeout)
        if self.code is None:
            raise TimeoutError(f"the worker still runs after {timeout} s")
        return self.code

    def _run(self) -> None:
        try:
            self.code = asyncio.run(self._main())
        except BaseException:
            log.exception("the worker died")
            self.code = DIED
        finally:
            self._ended.set()
            self._started.set()

    async def _main(self) -> int:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        return await serve(self._settings, self._engine, self._stop, self._started)
