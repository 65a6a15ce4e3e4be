"""What a decision's `notify` says reaches people: once at least, quietly, one message a matter, whatever the receiver does."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.times import micros
from streams.directory.directory import Directory, Rep
from streams.errors import BadSettings
from streams.notify.channels import SIGNATURE, Channels, NotSent, signature
from streams.notify.messages import Message, due, matter_of, messages
from streams.notify.notifier import Notifier
from streams.notify.queue import Queue
from streams.settings.notify import NotifySettings
from streams.settings.settings import Settings
from streams.tables.connect import connect
from tests.servers import Kafka, Redis
from tests.web.served import OPS, Served, eventually

SECRET = "a-secret-of-some-length"
SECOND = 1_000_000
NOON = micros(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))  # a Monday
NIGHT = micros(datetime(2026, 3, 2, 22, 0, tzinfo=UTC))
MORNING = micros(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))


class Receiver:
    """A local server that takes what is posted. `answers`: the statuses of the next ones, then 204."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def decision(number: int = 1, kind: str = "review_opened", **more: Any) -> dict[str, Any]:
    return {
        "decision_id": f"d{number}",
        "kind": kind,
        "rule": "request_review",
        "reason": f"reason {number}",
        "decided_at": "2026-03-02T12:00:00Z",
        "account": {"id": "nw", "name": "Northwind"},
        "contact": None,
        "lead_id": None,
        "notify": [{"rep": "sam", "why": "asked"}],
        **more,
    }


def known() -> Directory:
    directory = Directory()
    directory.put_rep(Rep("sam", email="sam@ours.example", team="inbound"))
    directory.put_rep(Rep("mia", timezone="America/New_York"))
    return directory


class Desk:
    """A notifier without its thread: `now` is the time it believes."""

    def __init__(self, redis: Redis, prefix: str, **notify: Any) -> None:
        self.now = NOON
        self.settings = Settings.given(notify=notify)
        self.client = connect(redis.url)
        self.queue = Queue(self.client, prefix)
        channels = Channels(self.settings.notify, "http://127.0.0.1:8080")
        self.notifier = Notifier(self.settings, Policy(), self.queue, channels, known(), lambda: self.now)

    def hear(self, **made: Any) -> None:
        self.notifier.accept(json.dumps(decision(**made)).encode())


@pytest.fixture
def desk(redis_server: Redis, prefix: str, receiver: Receiver) -> Iterator[Desk]:
    made = Desk(redis_server, prefix, webhook_url=receiver.url, webhook_secret=SECRET)
    yield made
    made.client.close()


@pytest.mark.redis
def test_a_message_is_signed_and_says_whom_it_is_for(desk: Desk, receiver: Receiver) -> None:
    desk.hear()
    desk.notifier.send()
    ((headers, body),) = receiver.got
    at, _, given = headers[SIGNATURE].partition(",v1=")
    assert given == signature(SECRET.encode(), at.removeprefix("t="), body)
    assert given != signature(b"another-secret-of-it", at.removeprefix("t="), body)
    said = json.loads(body)
    assert (said["rep"], said["email"], said["why"]) == ("sam", "sam@ours.example", "asked")
    assert (said["text"], said["about"]) == ("reason 1", "Northwind")
    assert desk.queue.waiting() == 0


@pytest.mark.redis
def test_a_decision_published_again_is_told_once(desk: Desk, receiver: Receiver) -> None:
    for _ in range(3):
        desk.hear()
        desk.notifier.send()
    assert len(receiver.got) == 1


@pytest.mark.redis
def test_what_is_not_taken_is_tried_again_later_and_later_until_it_is_given_up(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [500, 301, 503]
    desk.hear()
    for wait in (0, SECOND, 2 * SECOND):
        desk.now += wait - 1 if wait else 0
        desk.notifier.send()
        desk.now += 1
        desk.notifier.send()
    assert len(receiver.got) == 3
    desk.now += 4 * SECOND
    desk.notifier.send()
    assert (len(receiver.got), desk.queue.waiting()) == (4, 0)
    receiver.answers = [500] * 99
    desk.hear(number=2, lead_id="L2", kind="sla_missed", contact="x@y.example")
    desk.notifier.send()
    desk.now += 86_400 * SECOND + 1
    desk.notifier.send()
    assert desk.queue.waiting() == 0


@pytest.mark.redis
def test_a_matter_that_goes_on_while_it_waits_is_one_message(desk: Desk, receiver: Receiver) -> None:
    desk.now = NIGHT
    desk.hear(number=1)
    desk.hear(number=2, kind="review_escalated")
    desk.notifier.send()
    assert (receiver.got, desk.queue.waiting()) == ([], 1)
    desk.now = MORNING + SECOND
    desk.notifier.send()
    assert [json.loads(body)["text"] for _, body in receiver.got] == ["reason 2"]


@pytest.mark.redis
def test_a_newer_message_is_not_forgotten_with_the_older_one(desk: Desk) -> None:
    desk.hear(number=1)
    (older,) = desk.queue.due(desk.now, 10)
    desk.hear(number=2)
    desk.queue.sent(older)
    assert [one.decision_id for one in desk.queue.due(desk.now, 10)] == ["d2"]
    older.tries = 1
    desk.queue.again(older, desk.now + 10 * SECOND)
    assert [one.decision_id for one in desk.queue.due(desk.now, 10)] == ["d2"]


@pytest.mark.parametrize(
    ("to", "now", "hot", "quiet", "at"),
    [
        ("sam", NOON, False, True, NOON),
        ("sam", NIGHT, False, True, MORNING + 1),
        ("sam", NIGHT, True, True, NIGHT),
        ("sam", NIGHT, False, False, NIGHT),
        ("mia", NIGHT, False, True, NIGHT),  # 17:00 in New York
    ],
)
def test_nobody_is_woken_unless_it_is_hot(to: str, now: int, hot: bool, quiet: bool, at: int) -> None:
    message = Message("m", "d", "k", "r", "w", "t", "a", "x", to, hot=hot)
    assert due(message, known(), Policy(), quiet, now) == at


def test_each_person_is_told_once_and_a_team_as_a_team() -> None:
    told = [{"rep": "sam", "why": "a"}, {"rep": "sam", "why": "b"}, {"team": "revops", "why": "c"}]
    found = list(messages(decision(notify=told, priority="hot"), known()))
    assert [(one.to, one.team, one.hot) for one in found] == [("sam", "inbound", True), ("", "revops", True)]
    assert len({one.name for one in found}) == 2


def test_a_review_is_one_matter_from_beginning_to_end() -> None:
    kinds = ("review_opened", "review_escalated", "review_decided")
    assert {matter_of(decision(kind=kind)) for kind in kinds} == {"review:account:nw"}
    assert matter_of(decision(kind="duplicate_suspected", lead_id="L1")) == "duplicate:lead:L1"
    assert matter_of(decision(kind="claim_granted")) == "decision:d1"
    assert matter_of(decision(account=None)) == "decision:d1"  # of a domain, which a decision does not name


@pytest.mark.redis
def test_only_the_kinds_that_are_wanted_are_told(redis_server: Redis, prefix: str, receiver: Receiver) -> None:
    desk = Desk(redis_server, prefix, webhook_url=receiver.url, webhook_secret=SECRET, kinds=["sla_missed"])
    desk.hear()
    desk.hear(number=2, notify=[], kind="sla_missed")
    assert desk.queue.waiting() == 0
    desk.client.close()


def test_other_channels_get_it_by_their_own_address_and_those_without_one_do_not(receiver: Receiver) -> None:
    address = receiver.url.replace("http://", "json://").replace("/hook", "/{rep}")
    channels = Channels(NotifySettings(urls=[address, "json://127.0.0.1:1/{email}"]), "http://console.example")  # type: ignore[list-item]
    channels.send(Message("m", "d", "k", "r", "w", "text here", "about it", "x", "sam"))  # no e-mail address: the second has nobody
    ((_, body),) = receiver.got
    said = json.loads(body)
    assert said["title"] == "leadlock: about it"
    assert "text here" in said["message"] and "http://console.example" in said["message"]
    with pytest.raises(NotSent, match="url 2") as failed:
        channels.send(Message("m", "d", "k", "r", "w", "t", "a", "x", "sam", email="sam@ours.example"))
    assert "127.0.0.1" not in str(failed.value)
    channels.close()


@pytest.mark.parametrize(
    ("notify", "wrong"),
    [
        ({"webhook_url": "https://hooks.example.com/x"}, "webhook_secret"),
        ({"webhook_url": "https://hooks.example.com/x", "webhook_secret": "short"}, "16 characters"),
        ({"webhook_url": "http://hooks.example.com/x", "webhook_secret": SECRET}, "not encrypted"),
        ({"webhook_url": "hooks"}, "is not an address"),
    ],
)
def test_a_webhook_is_signed_and_encrypted_or_not_at_all(notify: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadSettings, match=wrong):
        Settings.given(notify=notify)


@pytest.mark.kafka
@pytest.mark.redis
def test_what_is_decided_reaches_the_receiver_although_it_was_away(
    kafka: Kafka, redis_server: Redis, tmp_path: Path, receiver: Receiver
) -> None:
    notify = {"webhook_url": receiver.url, "webhook_secret": SECRET, "quiet": False}
    made = Served(kafka.bootstrap, redis_server.url, f"w{uuid.uuid4().hex[:8]}", tmp_path, notify=notify)
    receiver.answers = [503]
    try:
        made.start()
        made.people()
        with made.machine("command") as client:
            # The group has its partitions when it is told of something.
            def told() -> bool:
                client.post("/v1/claims", json={"by": "sam", "contact": OPS})
                client.post("/v1/commands", json={"command": "release", "by": "priya", "contact": OPS})
                return bool(receiver.got)

            eventually(told, 40)
            first = json.loads(receiver.got[0][1])
            assert (first["kind"], first["rep"], first["email"]) == ("command_refused", "priya", "priya@ours.example")
            eventually(lambda: [json.loads(body)["decision_id"] for _, body in receiver.got].count(first["decision_id"]) == 2)
    finally:
        made.stop()
