"""`POST /v1/events`: publishes to the inbound topics, for those who cannot speak Kafka. Workers decide what is published."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import nearest, shown
from schemas.events import BY_TOPIC
from streams.errors import BrokerUnavailable
from streams.web.access import Caller
from streams.web.api.items import event_of, one_or_many
from streams.web.problems import Problem, unavailable
from streams.web.service import Service


async def post(request: Request, caller: Caller, service: Service) -> Response:
    """`{"topic", "value"}`, or a list of them: each is on its topic when it is answered."""

    async def publish(item: Any, event_id: str) -> dict[str, Any]:
        return await put(service, caller, item)

    response = await one_or_many(request, caller, service, publish)
    if response.status_code == 200:
        response.status_code = 202
    return response


async def put(service: Service, caller: Caller, item: Any) -> dict[str, Any]:
    """Where the event now lies: `{"event_id", "topic", "partition", "offset"}`. Raises Problem."""
    if not isinstance(item, dict):
        raise Problem("invalid", f"An item is a JSON object, found {shown(item)}.")
    topic, value = item.get("topic"), item.get("value")
    if not isinstance(topic, str) or topic not in BY_TOPIC:
        raise Problem("invalid", f"topic: {shown(topic)} is no inbound topic.", field="topic", nearest=nearest(topic, BY_TOPIC))
    for name in ("event_id", "occurred_at"):
        # Of a fact the publisher alone knows what it is and when it was.
        if isinstance(value, dict) and value.get(name) is None:
            raise Problem("invalid", f"value.{name}: is required.", field=f"value.{name}")
    event, given, body = event_of(topic, value, "", caller, service)
    try:
        record = await service.inbox.put(topic, given, body)
    except BrokerUnavailable as error:
        raise unavailable("Kafka did not take the event in time.") from error
    return {"event_id": event.event_id, "topic": topic, "partition": record.partition, "offset": record.offset}
