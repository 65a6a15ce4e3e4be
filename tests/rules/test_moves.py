"""Accounts that appear later, take domains over, are merged, renamed or deleted: what is recorded goes along (rules 7, 19, 24)."""

from __future__ import annotations

from typing import Any

from streams import state
from streams.state import Company
from tests.play import Played, at, email

REPS = {"ana": {"team": "east"}, "bob": {"team": "west"}, "rita": {"team": "ops", "role": "revops"}}


def company(world: Played, key: str) -> Company:
    (document,) = world.simulation.tables.load([key])
    record = state.decode(key, document.body)
    assert isinstance(record, Company)
    return record


def crm(world: Played, minutes: float, account_id: str, name: str, *domains: str, **more: Any) -> list[dict[str, Any]]:
    return world.send("account-updated", {"account_id": account_id, "name": name, "domains": list(domains), **more}, at(minutes=minutes))


def delete(world: Played, minutes: float, topic: str, key: str) -> list[dict[str, Any]]:
    return world.delete(topic, key, at(minutes=minutes))


def command(world: Played, minutes: float, **fields: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", fields, at(minutes=minutes))


def talk(world: Played, minutes: float, rep: str, contact: str) -> None:
    world.send(*email(rep, contact), at(minutes=minutes))
    world.send("reply-classified", {"contact": contact, "class": "interested", "rep": rep}, at(minutes=minutes + 1))


def test_an_account_that_appears_later_has_the_conversation_that_was_going_on_at_its_domain() -> None:
    world = Played(REPS)
    talk(world, 0, "ana", "pat@acme.com")
    said = crm(world, 5, "a", "Acme", "acme.com")
    assert [(one["kind"], one["rule"], one["owner"]["rep"]) for one in said] == [("claim_granted", "live_conversation", "ana")]
    assert not company(world, "domain:acme.com").conversations


def test_a_domain_that_another_account_now_has_takes_its_conversations_locks_and_suppressions_along() -> None:
    world = Played(REPS, [{"account_id": "old", "name": "Old Holding", "domains": ["old.com", "labs.com"]}])
    talk(world, 0, "ana", "pat@labs.com")
    talk(world, 3, "bob", "kim@old.com")
    command(world, 10, command="claim", by="ana", domain="labs.com")
    command(world, 11, command="suppress", by="rita", domain="labs.com", flag="legal")
    crm(world, 20, "new", "Labs", "labs.com")  # listed by both: told apart by nothing, so it is neither's
    crm(world, 21, "old", "Old Holding", "old.com")
    old, new = company(world, "account:old"), company(world, "account:new")
    assert (set(old.conversations), set(new.conversations)) == ({"kim@old.com"}, {"pat@labs.com"})
    assert (set(old.domains), set(new.domains), set(new.flags)) == (set(), {"labs.com"}, {"labs.com"})
    assert (set(old.touched), set(new.touched)) == ({"bob"}, {"ana"})
    assert old.lock is not None and new.lock is not None
    assert (old.lock.owner, new.lock.owner) == ("bob", "ana")


def test_two_accounts_that_the_crm_merged_are_one_with_lock_and_history() -> None:
    world = Played(
        REPS, [{"account_id": "a", "name": "Acme", "domains": ["acme.com"]}, {"account_id": "b", "name": "Bolt", "domains": ["bolt.com"]}]
    )
    command(world, 0, command="claim", by="ana", account_id="b", note="met at the fair")
    crm(world, 10, "a", "Acme", "acme.com", "bolt.com")
    delete(world, 11, "account-updated", "b")
    merged = company(world, "account:a")
    assert merged.lock is not None and (merged.lock.owner, merged.lock.note) == ("ana", "met at the fair")
    assert "met at the fair" in [change.note for change in merged.history] or any(change.owner == "ana" for change in merged.history)
    assert "b" not in world.simulation.engine.directory.accounts
    assert world.simulation.engine.directory.links.standing("b") == "a"
    world.send("send-requested", {"contact": "x@bolt.com", "rep": "bob", "stage": "import"}, at(minutes=12))
    assert (world.last("send_verdict")["rule"], world.last("send_verdict")["account"]["id"]) == ("account_overlap", "a")


def test_of_two_locks_of_merged_accounts_the_one_that_stays_is_the_remaining_accounts_and_the_other_rep_is_told() -> None:
    world = Played(
        REPS, [{"account_id": "a", "name": "Acme", "domains": ["acme.com"]}, {"account_id": "b", "name": "Bolt", "domains": ["bolt.com"]}]
    )
    command(world, 0, command="claim", by="ana", account_id="a")
    command(world, 1, command="claim", by="bob", account_id="b")
    crm(world, 10, "a", "Acme", "acme.com", "bolt.com")
    said = delete(world, 11, "account-updated", "b")
    assert [(one["kind"], one["rule"], one["previous_owner"]["rep"]) for one in said] == [("ownership_released", "account_merged", "bob")]
    assert said[0]["account"]["id"] == "b"
    lock = company(world, "account:a").lock
    assert lock is not None and lock.owner == "ana"


def test_what_was_recorded_of_a_deleted_account_stays_with_its_domain() -> None:
    world = Played(REPS, [{"account_id": "a", "name": "Acme", "domains": ["acme.com", "acme.de"]}])
    talk(world, 0, "ana", "pat@acme.com")
    command(world, 10, command="claim", by="bob", domain="acme.de")
    said = delete(world, 20, "account-updated", "a")
    assert [(one["kind"], one["rule"]) for one in said] == [("ownership_released", "account_gone")]
    assert set(company(world, "domain:acme.com").conversations) == {"pat@acme.com"}
    assert set(company(world, "domain:acme.de").domains) == {"acme.de"}
    assert world.owner("pat@acme.com") == "ana"
    assert delete(world, 21, "account-updated", "a") == []


def test_a_domain_that_an_account_no_longer_has_is_again_whose_a_person_said() -> None:
    for gone in (False, True):
        world = Played(REPS)
        crm(world, 0, "c", "Contoso")
        world.send("lead-created", {"lead_id": "l1", "email": "kim@acme.com"}, at(minutes=1))
        command(world, 2, command="link_account", by="ana", lead_id="l1", account_id="c")
        crm(world, 3, "a", "Acme", "acme.com")
        talk(world, 4, "bob", "pat@acme.com")
        assert list(company(world, "account:a").conversations) == ["pat@acme.com"]
        delete(world, 10, "account-updated", "a") if gone else crm(world, 10, "a", "Acme")
        assert list(company(world, "account:c").conversations) == ["pat@acme.com"]
        lock = company(world, "account:c").lock
        assert lock is not None and lock.owner == "bob"


def test_a_renamed_account_keeps_its_lock_and_is_still_known_by_the_old_name() -> None:
    world = Played(REPS, [{"account_id": "a", "name": "Fuzzbox", "domains": ["fuzzbox.com"]}])
    command(world, 0, command="claim", by="ana", account_id="a")
    crm(world, 5, "a", "Grandview Industries", "grandview.com", "fuzzbox.com")
    lock = company(world, "account:a").lock
    assert lock is not None and lock.owner == "ana"
    link = world.simulation.engine.directory.links.get("name:fuzzbox")
    assert link is not None and link.account_id == "a"


def test_a_rep_whose_record_is_deleted_has_left() -> None:
    world = Played(
        {**REPS, "gone": {"team": "east", "manager": "ana"}},
        [{"account_id": "c", "name": "C", "domains": ["c.com"], "owner": "gone", "status": "customer"}],
    )
    delete(world, 1, "rep-updated", "gone")
    said = world.send("lead-created", {"lead_id": "l", "email": "x@c.com"}, at(minutes=2))
    assert said[0]["owner"]["rep"] == "ana"


def test_similar_names_are_found_when_an_account_is_told_and_forgotten_when_it_is_renamed() -> None:
    world = Played(REPS, [{"account_id": "a", "name": "Acme Corporation"}, {"account_id": "b", "name": "Zebra"}])
    crm(world, 1, "c", "ACME, Inc.")
    book = world.simulation.engine.directory.accounts
    assert [one.account_id for one in book.similar(book["a"])] == ["c"] == [book["c"].similar and "c"]
    crm(world, 2, "a", "Yodel")
    assert book.similar(book["a"]) == [] == book.similar(book["c"])


def test_the_check_warns_where_another_rep_is_at_work_at_an_account_of_a_similar_name() -> None:
    world = Played(
        REPS,
        [
            {"account_id": "a", "name": "Zorvex Inc", "domains": ["zorvex.com"]},
            {"account_id": "b", "name": "ZORVEX GmbH", "domains": ["zorvex.de"]},
        ],
    )
    world.send(*email("ana", "pat@zorvex.com"), at())
    world.send("send-requested", {"contact": "kim@zorvex.de", "rep": "bob", "stage": "import"}, at(minutes=1))
    verdict = world.last("send_verdict")
    assert (verdict["verdict"], verdict["rule"], verdict["held_by"]["rep"]) == ("warn", "near_duplicate", "ana")
    assert verdict["similar"] == [{"account_id": "a", "name": "Zorvex Inc"}]


def test_a_move_of_the_account_tells_the_newest_outbound_there_whoever_sent_it_and_of_which_kind() -> None:
    world = Played(REPS, [{"account_id": "a", "name": "Acme", "domains": ["acme.com"]}])
    talk(world, 0, "ana", "pat@acme.com")
    world.send("touch-logged", {"kind": "call", "contact": "kim@acme.com", "rep": "bob"}, at(minutes=5))
    call = {"at": "2026-03-02T09:05:00Z", "rep": "bob", "kind": "call"}
    deal = [{"id": "o", "owner": "bob"}]
    assert crm(world, 6, "a", "Acme", "acme.com", open_opportunities=deal)[0]["last_outbound"] == call
    (moved,) = command(world, 7, command="transfer", by="rita", account_id="a", to="ana", note="n")
    assert moved["last_outbound"] == call
    world.send(*email("ana", "pat@acme.com"), at(minutes=8))
    (moved,) = command(world, 9, command="transfer", by="rita", account_id="a", to="bob", note="n")
    assert moved["last_outbound"] == {"at": "2026-03-02T09:08:00Z", "rep": "ana", "kind": "email"}
