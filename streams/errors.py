"""One shallow tree of exceptions: what a caller can do about it decides the class, the docstring is the message.

`raise StoreUnavailable(operation="commit", error=error)` fills the docstring's fields in; `raise StoreUnavailable("...")` says it in
other words. The fields stay readable as `error.fields`.
"""

from __future__ import annotations


class LeadlockError(Exception):
    """leadlock cannot go on: {problem}"""

    def __init__(self, message: str | None = None, /, **fields: object) -> None:
        self.fields = fields
        super().__init__(self._message(fields) if message is None else message)

    def _message(self, fields: dict[str, object]) -> str:
        template = type(self).__doc__
        if template is None:  # python -OO strips docstrings
            return f"{type(self).__name__}: " + ", ".join(f"{name}={value}" for name, value in fields.items())
        return template.format_map(fields)


class StoreUnavailable(LeadlockError):
    """Redis did not answer {operation}: {error}"""


class StoreRefused(LeadlockError):
    """This Redis cannot hold the lock tables: {setting} is {value}, needed is {needed}. {cure}"""


class BrokerUnavailable(LeadlockError):
    """Kafka did not answer {operation}: {error}"""


class TopicMismatch(LeadlockError):
    """Kafka topic {topic} does not fit: {setting} is {value}, needed is {needed}. {cure}"""


class BadSettings(LeadlockError):
    """Setting {field} is {value}: {problem}"""
