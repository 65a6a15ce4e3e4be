"""The console without JavaScript: each page reads, each form posts and is answered. What comes later is seen with the next look."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser import said
from tests.web.served import OPS, Served, eventually
from tests.web.test_access import logged_in

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

LEE = {"company": "Contoso", "first_name": "Lee", "phone": "+1 212 555 0142", "country": "US"}


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


@pytest.fixture
def reader(served: Served, at: Any) -> Page:
    """RevOps, whose browser runs no script."""
    page: Page = at("ada", java_script_enabled=False).page
    return page


def test_each_page_reads(served: Served, reader: Page) -> None:
    sent = {"message_id": "m1", "contact": OPS, "rep": "sam", "mailbox": "sam@ours.example", "sequence_id": "nw-1", "step": 1}
    served.publish("email-sent", "m1", **sent)
    eventually(lambda: served.holder(OPS) == "sam")
    for path, heading, told in (
        ("/", "Waiting for me", "Nothing waits for you"),
        ("/missed?owner=rep:sam", "Missed response times", "would appear here"),
        (f"/who?q={OPS}", "Who owns", "sam got it"),
        ("/who?q=northwind", "Who owns", "Holds contacts"),
        ("/who?q=sam", "Who owns", OPS),
        ("/import", "Import check", "would appear here"),
        ("/duplicates", "Duplicates", "would appear here"),
        ("/duplicates?tab=merged", "Duplicates", "Nothing was merged lately"),
        ("/live", "Live decisions", "sam touched first"),
        ("/audit", "Audit", "would appear here"),
        ("/policy", "Policy", "without_reply"),
    ):
        reader.goto(path)
        expect(reader.get_by_role("heading", level=1)).to_contain_text(heading)
        expect(reader.locator("main")).to_contain_text(told)
        expect(reader.get_by_text("This page follows by itself")).to_be_hidden()


def test_an_import_is_checked_a_review_asked_for_and_decided(served: Served, reader: Page) -> None:
    reader.goto("/import")
    reader.get_by_label("Addresses or CSV").fill(f"email\n{OPS}\nnew@fabrikam.com\n")
    button(reader, "Check the list").click()
    expect(reader.get_by_role("row", name=OPS)).to_contain_text("block")
    with reader.expect_download() as loading:
        button(reader, "Download the allowed rows").click()
    assert loading.value.path().read_text() == "email\nnew@fabrikam.com\n"
    reader.get_by_role("row", name=OPS).get_by_role("link", name="Ask for a review").click()
    reader.get_by_label("What you ask").fill("Whose is it?")
    button(reader, "Ask for a review").click()
    expect(said(reader)).to_contain_text("sam alone sends")
    reader.goto("/")
    expect(reader.locator("main")).to_contain_text("Whose is it?")
    reader.get_by_role("link", name="Review: Northwind Logistics").click()
    expect(reader.get_by_role("heading", name="Evidence")).to_be_visible()
    reader.get_by_label("Note").fill("Sam goes on.")
    reader.get_by_text("Transfer later").click()  # opens without a script too
    expect(reader.get_by_label("Then hand over to")).to_be_visible()
    button(reader, "Decide").click()
    expect(reader.locator("main")).to_contain_text("Ada (revops) decided")


def test_a_contact_is_claimed_handed_on_and_given_back(served: Served, reader: Page) -> None:
    reader.goto("/who?q=cfo@fabrikam.com")
    reader.get_by_text("Claim it before touching").click()
    button(reader, "Claim").click()
    expect(said(reader)).to_be_visible()
    assert served.holder("cfo@fabrikam.com") == "ada"
    reader.get_by_text("Hand it on, or give it back").click()
    reader.locator("select[name=to]").select_option("priya")
    reader.get_by_label("Note").first.fill("hers")
    button(reader, "Hand it on").click()
    assert served.holder("cfo@fabrikam.com") == "priya"
    reader.get_by_text("Hand it on, or give it back").click()
    button(reader, "Give it back").click()
    expect(reader.locator("#record")).to_contain_text("nobody")
    reader.get_by_text("Nobody may write to them").click()
    button(reader, "Suppress").click()
    expect(reader.locator("#record")).to_contain_text("do not contact")


def test_a_duplicate_is_merged_and_separated_and_a_company_confirmed(served: Served, reader: Page) -> None:
    served.publish("account-updated", "zx", account_id="zx", name="Zorvex Industries", domains=["zorvex.com"])
    served.publish("lead-created", "d1", lead_id="D-1", email="lee@contoso.example", **LEE)
    with served.machine("admin") as client:
        eventually(lambda: client.get("/v1/leads/D-1").status_code == 200)
        served.publish("lead-created", "d2", lead_id="D-2", email="lee.park@contoso.example", **LEE)
        served.publish("lead-created", "z1", lead_id="Z-1", email="kim@gmail.com", company="Zorvexx")
        eventually(lambda: client.get("/v1/leads/D-2").status_code == client.get("/v1/leads/Z-1").status_code == 200)
    reader.goto("/duplicates")
    reader.get_by_role("link", name="lee.park@contoso.example").click()
    button(reader, "Look at both").click()
    expect(reader.get_by_role("row", name="E-mail")).to_contain_text("(differs)")
    reader.get_by_role("link", name="Decide").click()
    button(reader, "The same: merge").click()
    expect(reader.get_by_role("heading", name="Merged into D-1")).to_be_visible()
    button(reader, "Undo: they are separate").click()
    expect(reader.get_by_text("D-2 is in circulation")).to_be_visible()
    reader.goto("/")
    expect(reader.get_by_text("Zorvexx", exact=True)).to_be_visible()
    button(reader, "Yes, Zorvex Industries").click()
    expect(said(reader)).to_contain_text("Zorvex")
    expect(button(reader, "Yes, Zorvex Industries")).to_have_count(0)


def test_of_two_answers_at_once_one_stands_and_the_other_is_told_by_whom(served: Served) -> None:
    directory = served.service.decider.engine.directory
    served.publish("account-updated", "qb", account_id="qb", name="Quillberry Foods", domains=["quillberry.com"])
    eventually(lambda: "qb" in directory.accounts)  # a lead that is decided before it is not asked about
    served.publish("lead-created", "q1", lead_id="Q-1", email="lou@gmail.com", company="Quillberrie")
    eventually(lambda: "match:lead:Q-1" in directory.matters)
    answer = {"command": "confirm_match", "matter": "match:lead:Q-1", "lead_id": "Q-1", "account_id": "qb", "back": "/"}
    clients = {"yes": logged_in(served, "ada"), "no": logged_in(served, "rita")}

    def give(accept: str) -> str:
        return clients[accept].post("/commands", data={**answer, "accept": accept}, follow_redirects=True).text

    with ThreadPoolExecutor(2) as together:
        told = list(together.map(give, clients))
    for client in clients.values():
        client.close()
    assert sorted("has answered: it is" in one for one in told) == [False, True]
    assert "match:lead:Q-1" not in directory.matters


def test_the_audit_and_the_policy_answer(reader: Page) -> None:
    reader.goto("/policy")
    reader.get_by_label("Contact").fill(OPS)
    button(reader, "What would be said?").click()
    expect(said(reader)).to_contain_text("Nothing was claimed")
    reader.goto("/audit")
    button(reader, "Ask").click()

    again = reader.get_by_role("link", name="Look again")
    for _ in range(50):
        if not again.count():
            break
        again.click()
    expect(reader.locator("main")).to_contain_text("records looked at")


def test_who_logs_out_is_asked_to_log_in_again(reader: Page) -> None:
    button(reader, "Log out").click()
    expect(reader.get_by_label("Be")).to_be_visible()
    reader.goto("/live")
    expect(reader.get_by_label("Be")).to_be_visible()
