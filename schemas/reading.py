"""From a record's bytes to an event, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import orjson
from pydantic import ValidationError

from schemas import cloudevents
from schemas.errors import Unreadable, nearest, shown
from schemas.events import BY_TOPIC, Event
from schemas.events.ownership_commands import LOCKED, MisreadCommand
from schemas.refusals import refusal

MAX_BYTES = 1_000_000
"""A little less than Kafka's own default for a record (1,048,588), which has to hold key and headers too."""

# The validator itself: `model_validate_json` around it costs half a microsecond more, a sixth of the whole on the busiest topic.
_READERS: dict[str, Callable[[bytes], Event]] = {
    topic: cast(Callable[[bytes], Event], model.__pydantic_validator__.validate_json) for topic, model in BY_TOPIC.items()
}


def read(topic: str, value: bytes | None, headers: Sequence[tuple[str, bytes]] = (), max_bytes: int = MAX_BYTES) -> Event:
    """The event that a record of `topic` holds: plain JSON, or a CloudEvent in binary or structured mode. Raises Unreadable, and
    nothing else whatever the bytes are. Whether `occurred_at` can be true is not judged here: that needs the record's arrival."""
    validate = _READERS.get(topic)
    if validate is None:
        raise Unreadable("is no topic that events are read from", "topic", shown(topic), nearest(topic, BY_TOPIC))
    if not value:
        raise Unreadable("it is empty")
    if len(value) > max_bytes:
        raise Unreadable(f"it has {len(value):,} bytes, more than the {max_bytes:,} that a record may have")
    plain = cloudevents.unwrapped(value, headers) if headers else None
    try:
        return validate(value if plain is None else plain)
    except ValidationError as error:
        inner = cloudevents.structured(value) if plain is None else None
        if inner is None:
            raise refusal(error, value if plain is None else plain) from error
    try:
        return validate(inner)
    except ValidationError as error:
        raise refusal(error, inner) from error


_SAID_BY = ("event_id", "occurred_at", "source", "command", "by")


def misread(value: bytes | None, headers: Sequence[tuple[str, bytes]], fault: Unreadable) -> MisreadCommand | None:
    """What can be read of an `ownership-commands` record that `read` refuses with `fault`, so that whoever gave the command is answered
    rather than left waiting; None where it is no command, or nobody can tell which."""
    if not value or fault.field is None:
        return None
    try:
        plain = cloudevents.unwrapped(value, headers) or cloudevents.structured(value) or value
        said = orjson.loads(plain)
    except (Unreadable, orjson.JSONDecodeError):
        return None
    sentence = str(fault).partition(": ")[2]
    for names in ((*_SAID_BY, *LOCKED), _SAID_BY):
        kept = {name: said[name] for name in names if name in said}
        try:
            return MisreadCommand.model_validate_json(orjson.dumps(kept | {"fault": f"{sentence[:1].upper()}{sentence[1:]}."}))
        except ValidationError:
            continue
    return None
