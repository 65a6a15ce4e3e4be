"""Messages come from docstrings."""

from __future__ import annotations

import pickle

import pytest

from streams.errors import BadSettings, BrokerUnavailable, LeadlockError, StoreRefused, StoreUnavailable, TopicMismatch

MESSAGES = {
    StoreUnavailable(operation="commit", error="gone"): "Redis did not answer commit: gone",
    StoreRefused(setting="role", value="slave", needed="master", cure="Promote it"): (
        "This Redis cannot hold the lock tables: role is slave, needed is master. Promote it"
    ),
    BrokerUnavailable(operation="poll", error="gone"): "Kafka did not answer poll: gone",
    TopicMismatch(topic="lock-changes", setting="cleanup.policy", value="delete", needed="compact", cure="Alter it"): (
        "Kafka topic lock-changes does not fit: cleanup.policy is delete, needed is compact. Alter it"
    ),
    BadSettings(field="prefix", value="'a b'", problem="no blanks"): "Setting prefix is 'a b': no blanks",
    StoreUnavailable("in {other} words"): "in {other} words",
}


@pytest.mark.parametrize("error", MESSAGES, ids=lambda error: type(error).__name__)
def test_the_docstring_is_the_message(error: LeadlockError) -> None:
    assert str(error) == MESSAGES[error]
    assert str(pickle.loads(pickle.dumps(error))) == MESSAGES[error]


def test_the_tree_is_shallow() -> None:
    assert {error.__mro__[1] for error in map(type, MESSAGES)} == {LeadlockError}


def test_a_missing_field_is_a_defect() -> None:
    with pytest.raises(KeyError, match="operation"):
        StoreUnavailable(error="gone")


def test_fields_can_be_read() -> None:
    assert StoreUnavailable(operation="commit", error="gone").fields == {"operation": "commit", "error": "gone"}
