"""The API as a machine uses it, against a real Kafka and Redis with a worker beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from confluent_kafka import Consumer, TopicPartition

from schemas.decisions import decision
from tests.web.served import OPS, Served, eventually, stamped

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


def on_topic(served: Served, topic: str) -> list[dict[str, Any]]:
    """Everything in one of the installation's topics."""
    full = served.settings.kafka.topic_prefix + topic
    consumer = Consumer({"bootstrap.servers": served.settings.kafka.bootstrap_servers, "group.id": "looking"})
    found = []
    try:
        for partition in range(served.settings.topics.partitions):
            where = TopicPartition(full, partition, 0)
            _, end = consumer.get_watermark_offsets(where, timeout=20)
            consumer.assign([where])
            at = 0
            while at < end:
                message = consumer.poll(20)
                assert message is not None
                at = (message.offset() or 0) + 1
                found.append(json.loads(message.value() or b"null"))
    finally:
        consumer.close()
    return found


def check(client: httpx.Client, contact: str, rep: str, stage: str = "import", **more: Any) -> dict[str, Any]:
    response = client.post("/v1/send-checks", json={"contact": contact, "rep": rep, "stage": stage, **more})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_launch_claims_and_the_next_one_asking_is_blocked(served: Served, checker: httpx.Client) -> None:
    first = check(checker, "a1@fabrikam.com", "sam", "launch", sequence_id="s1", event_id="launch-a1")
    assert (first["verdict"], first["rule"]) == ("allow", "free")
    assert first["claim"]["owner"]["rep"] == "sam"
    assert first["claim"]["fencing_token"] >= 1
    second = check(checker, "a1@fabrikam.com", "priya", "launch", sequence_id="s2")
    assert (second["verdict"], second["rule"], second["held_by"]["rep"], second["claim"]) == ("block", "contact_locked", "sam", None)


def test_what_commits_is_on_its_topic_and_published_once_under_one_id(served: Served, checker: httpx.Client) -> None:
    first = check(checker, "a2@fabrikam.com", "sam", "launch", event_id="launch-a2")
    (asked,) = [one for one in on_topic(served, "send-requested") if one["event_id"] == "launch-a2"]
    assert asked["contact"] == "a2@fabrikam.com"
    assert asked["source"] == "http:check"

    def told() -> list[dict[str, Any]]:
        return [one for one in on_topic(served, "routing-decisions") if one["event_id"] == "launch-a2"]

    ids = {first["decision_id"], first["claim"]["decision_id"]}
    eventually(lambda: {one["decision_id"] for one in told()} == ids)
    # The worker reads the event too, and knows it already.
    ends = {f"send-requested:{number}" for number in range(2)}
    eventually(lambda: sum(served.tables.offsets().get(end, 0) for end in ends) == len(on_topic(served, "send-requested")))
    assert {one["decision_id"] for one in told()} == ids
    eventually(lambda: not served.tables.outbox(1))


def test_the_same_event_again_is_the_same_answer(checker: httpx.Client) -> None:
    first = check(checker, "a3@fabrikam.com", "sam", "launch", event_id="launch-a3")
    again = check(checker, "a3@fabrikam.com", "sam", "launch", event_id="launch-a3")
    assert again["decision_id"] == first["decision_id"]
    assert again["claim"]["fencing_token"] == first["claim"]["fencing_token"]


def test_a_check_without_a_claim_only_reads(served: Served, checker: httpx.Client) -> None:
    before = len(on_topic(served, "send-requested"))
    assert check(checker, "a4@fabrikam.com", "sam")["verdict"] == "allow"
    none = check(checker, "a4@fabrikam.com", "sam", "launch", claim=False)
    assert (none["verdict"], none["rule"]) == ("block", "no_owner")
    assert len(on_topic(served, "send-requested")) == before
    assert served.tables.load(["contact:a4@fabrikam.com"])[0].version == 0


def test_a_list_is_answered_item_by_item(checker: httpx.Client) -> None:
    items = [{"contact": f"b{number}@fabrikam.com", "rep": "sam", "stage": "import"} for number in range(250)]
    items[7] = {"contact": "no address", "rep": "sam", "stage": "import"}
    items[8] = {"contact": "b8@fabrikam.com", "rep": "sam", "stage": "imprt"}
    results = checker.post("/v1/send-checks", json=items).json()["results"]
    assert [one["status"] for one in results] == [422 if number in (7, 8) else 200 for number in range(250)]
    assert results[7]["problem"]["field"] == "contact"
    assert results[8]["problem"]["nearest"] == "import"
    assert {one["answer"]["contact"] for one in results if one["status"] == 200} == {
        f"b{number}@fabrikam.com" for number in range(250) if number not in (7, 8)
    }


@pytest.mark.parametrize("count", [0, 1001])
def test_a_list_has_its_limits(checker: httpx.Client, count: int) -> None:
    items = [{"contact": "c@fabrikam.com", "rep": "sam", "stage": "import"}] * count
    response = checker.post("/v1/send-checks", json=items)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


def test_many_at_once_want_one_contact_and_one_gets_it(served: Served) -> None:
    answers: list[dict[str, Any]] = []

    def launch(rep: str) -> None:
        with served.machine("check") as client:
            answers.append(check(client, "wanted@fabrikam.com", rep, "launch"))

    threads = [threading.Thread(target=launch, args=(rep,)) for rep in ("sam", "priya", "mia", "noor") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    granted = {one["claim"]["owner"]["rep"] for one in answers if one["claim"]}
    assert len(granted) == 1
    holder = granted.pop()
    assert {one["verdict"] for one in answers if one["held_by"] and one["held_by"]["rep"] != holder} <= {"block"}
    assert sum(one["verdict"] == "block" for one in answers) == 9


def test_a_claim_is_granted_and_anothers_denied_with_who_holds_it(commander: httpx.Client) -> None:
    granted = commander.post("/v1/claims", json={"by": "sam", "contact": OPS, "reason": "prospecting", "note": "met at a fair"})
    assert granted.status_code == 200, granted.text
    (told,) = granted.json()["decisions"]
    decision(json.dumps(told).encode())
    assert (told["kind"], told["lock"]["note"]) == ("claim_granted", "met at a fair")
    denied = commander.post("/v1/claims", json={"by": "priya", "contact": OPS})
    assert denied.status_code == 409
    assert denied.json()["type"] == "urn:leadlock:problem:denied"
    assert denied.json()["decision"]["held_by"]["rep"] == "sam"
    other = commander.post("/v1/claims", json={"by": "priya", "contact": OPS, "command": "release"})
    assert (other.status_code, other.json()["nearest"]) == (422, "claim")


def test_a_command_that_may_not_be_given_says_what_is_missing(commander: httpx.Client) -> None:
    commander.post("/v1/claims", json={"by": "sam", "contact": "d1@fabrikam.com"})
    refused = commander.post("/v1/commands", json={"command": "release", "by": "priya", "contact": "d1@fabrikam.com"})
    assert refused.status_code == 409
    assert refused.json()["decision"]["kind"] == "command_refused"
    assert "only its owner" in refused.json()["detail"]
    good = commander.post("/v1/commands", json={"command": "release", "by": "sam", "contact": "d1@fabrikam.com"})
    assert [one["kind"] for one in good.json()["decisions"]] == ["ownership_released"]


def test_the_same_idempotency_key_is_the_same_answer_and_another_body_an_error(served: Served, commander: httpx.Client) -> None:
    body, headers = {"by": "sam", "contact": "e1@fabrikam.com"}, {"idempotency-key": "claim-e1"}
    first = commander.post("/v1/claims", json=body, headers=headers)
    again = commander.post("/v1/claims", json=body, headers=headers)
    assert again.content == first.content
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
    assert len([one for one in on_topic(served, "ownership-commands") if one.get("contact") == "e1@fabrikam.com"]) == 1
    other = commander.post("/v1/claims", json={**body, "by": "priya"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:leadlock:problem:key-reused")
    with served.machine("admin") as another:  # a key is its caller's own
        assert another.post("/v1/claims", json=body, headers=headers).status_code == 200


def test_a_published_event_is_decided_by_the_worker(served: Served, checker: httpx.Client) -> None:
    mail = stamped("mail-f1", {"message_id": "m", "contact": "f1@fabrikam.com", "rep": "sam"})
    with served.machine("publish") as publisher:
        response = publisher.post("/v1/events", json={"topic": "email-sent", "value": mail})
        assert response.status_code == 202, response.text
        assert response.json()["event_id"] == "mail-f1"
        bad = publisher.post("/v1/events", json=[{"topic": "email-send", "value": mail}, {"topic": "email-sent", "value": {}}])
        assert [(one["status"], one["problem"]["field"]) for one in bad.json()["results"]] == [(422, "topic"), (422, "value.event_id")]
    eventually(lambda: check(checker, "f1@fabrikam.com", "priya")["rule"] == "contact_locked")


def test_a_lock_is_shown_with_its_history(checker: httpx.Client, commander: httpx.Client) -> None:
    commander.post("/v1/claims", json={"by": "sam", "contact": "g1@fabrikam.com", "note": "why"})
    found = checker.get("/v1/locks/g1@fabrikam.com").json()
    assert found["lock"]["owner"] == {"rep": "sam", "team": "inbound"}
    assert [one["kind"] for one in found["history"]] == ["claim_granted"]
    assert checker.get("/v1/locks/nw").json()["target"] == "account:nw"
    assert checker.get("/v1/locks/nobody.example").json()["lock"] is None
    near = checker.get("/v1/locks/acount:nw")
    assert (near.status_code, near.json()["nearest"]) == (422, "account:nw")


def test_a_lead_is_shown_as_it_was_routed(served: Served, commander: httpx.Client) -> None:
    lead = stamped("lead-1", {"lead_id": "L-1", "email": "h1@northwind-logistics.com", "company": "Northwind"})
    with served.machine("publish") as publisher:
        publisher.post("/v1/events", json={"topic": "lead-created", "value": lead})
    found = eventually(lambda: (answer := commander.get("/v1/leads/L-1")).status_code == 200 and answer.json())
    assert found["account"]["id"] == "nw"
    assert [one["kind"] for one in found["history"]] == ["lead_routed"]
    assert commander.get("/v1/leads/L-none").status_code == 404


def lines(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, decision) of each event of a stream."""
    position = ""
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            position = value
        elif name == "data":
            yield position, json.loads(value)


def test_decisions_are_streamed_and_resumed_where_they_were_left(served: Served, commander: httpx.Client) -> None:
    with commander.stream("GET", "/v1/decisions") as stream:
        events = lines(stream)
        commander_two = served.machine("command")
        commander_two.post("/v1/claims", json={"by": "sam", "contact": "i1@fabrikam.com"})
        position, first = next((at, one) for at, one in events if one["contact"] == "i1@fabrikam.com")
        assert first["kind"] == "claim_granted"
    for number in (2, 3):
        commander_two.post("/v1/claims", json={"by": "sam", "contact": f"i{number}@fabrikam.com"})
    served.service.hub._kept.clear()  # as after a restart: what memory lacks comes from the topic
    with commander.stream("GET", "/v1/decisions", headers={"last-event-id": position}) as stream:
        missed = []
        for _, one in lines(stream):
            missed.append(one["contact"])
            if {"i2@fabrikam.com", "i3@fabrikam.com"} <= set(missed):
                break
    assert "i1@fabrikam.com" not in missed
    assert commander.get("/v1/decisions", headers={"last-event-id": "no"}).status_code == 422


def test_it_tells_prometheus_what_it_answers_and_decides(served: Served, checker: httpx.Client) -> None:
    check(checker, "metrics@fabrikam.com", "sam", "launch", sequence_id="s1")
    with httpx.Client(base_url=str(checker.base_url)) as anybody:
        told = anybody.get("/metrics")
        assert told.headers["content-type"].startswith("text/plain")
        lines = [line for line in told.text.splitlines() if line.startswith("leadlock_")]
        assert anybody.get("/readyz").status_code == anybody.get("/healthz").status_code == 200
    series = 'leadlock_http_seconds_count{address="/v1/send-checks",method="POST",status="200"}'
    answered = [line for line in lines if line.startswith(series)]
    assert answered and float(answered[0].split()[-1]) >= 1
    granted = [line for line in lines if line.startswith('leadlock_decisions_total{kind="send_verdict",rule="free"}')]
    assert granted and float(granted[0].split()[-1]) >= 1
    assert "fabrikam" not in told.text
