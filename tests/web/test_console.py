"""The console as its people use it, in a real browser: scenario 01, and every page looked at by axe-core."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import SOON_MS, accessible, said, shoot
from tests.web.served import OPS, Served, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

VP, CFO = "vp.ops@northwind-logistics.com", "cfo@northwind-logistics.com"


def first_mail(served: Served) -> None:
    """10:05: Sam writes to Northwind first."""
    facts = {"message_id": "m1", "contact": OPS, "rep": "sam", "mailbox": "sam@ours.example", "tool": "leadtrain"}
    more = {"sequence_id": "nw-1", "campaign": "Northwind - Ops Leaders - Wave 1", "step": 1, "thread_id": "t1"}
    served.publish("email-sent", "nw-m1", **facts, **more)
    eventually(lambda: served.holder(OPS) == "sam")


def test_scenario_01_as_its_people_play_it(served: Served, at: Any) -> None:
    sam, priya, mia, rita = at("sam"), at("priya"), at("mia"), at("rita")
    expect(sam.page.get_by_text("Nothing waits for you")).to_be_visible()
    live = sam.go("/live")
    first_mail(served)
    expect(live.get_by_text("sam touched first")).to_be_visible(timeout=SOON_MS)
    shoot(live, "live")

    # 14:30: Priya's list.
    page = priya.go("/import", listening=False)
    page.get_by_label("Addresses or CSV").fill(f"name,email\nOps,{OPS}\nVP,{VP}\nNew,new@fabrikam.com\nOdd,nobody\n")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("row", name=f"1 {OPS}")).to_contain_text("block")
    expect(page.get_by_role("row", name=f"1 {OPS}")).to_contain_text("Sam (inbound)")
    expect(page.get_by_role("row", name=VP)).to_contain_text("warn")
    expect(page.get_by_role("row", name="new@fabrikam.com")).to_contain_text("allow")
    shoot(page, "import check")
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download the allowed rows").click()
    assert loading.value.path().read_text() == "name,email\nNew,new@fabrikam.com\n"

    # 14:35: Priya asks for a review; Sam and his team lead see it come.
    waiting, lead = sam.go("/"), mia.go("/")
    page.get_by_role("row", name=VP).get_by_role("link", name="Ask for a review").click()
    shoot(page, "who owns")
    page.get_by_label("What you ask").fill("I have an offer for their VP Ops. Coordinate or swap?")
    page.get_by_label("Evidence").fill("Their VP Ops came to our booth")
    page.get_by_role("button", name="Ask for a review").click()
    expect(said(page)).to_be_visible()
    for each in (waiting, lead):
        expect(each.get_by_role("heading", name="Review: Northwind Logistics")).to_be_visible(timeout=SOON_MS)
        expect(each.get_by_text("I have an offer for their VP Ops")).to_be_visible()
    shoot(waiting, "waiting for me")

    # 16:10: two look at it, Mia decides, all see it, and RevOps is told by whom.
    asked, other = priya.go("/reviews/account:nw"), rita.go("/reviews/account:nw")
    accessible(asked)
    lead.get_by_role("link", name="Review: Northwind Logistics").click()
    expect(lead.get_by_text("Their VP Ops came to our booth")).to_be_visible()
    shoot(lead, "review")
    lead.get_by_role("group", name="Who sends").get_by_label("Sam").check()
    lead.get_by_role("group", name="Who works along").get_by_label("Priya").check()
    lead.get_by_label("Note").fill("Sam keeps Northwind; introduces Priya if there is interest.")
    lead.get_by_role("button", name="Decide").click()
    expect(said(lead)).to_be_visible()
    for each in (asked, other):
        expect(each.get_by_role("heading", name="Decided")).to_be_visible(timeout=SOON_MS)
    expect(waiting.get_by_text("Nothing waits for you")).to_be_visible(timeout=SOON_MS)
    shoot(lead, "review decided")
    other.get_by_label("Note").fill("Priya takes it.")
    other.get_by_role("button", name="Decide").click()
    expect(other.get_by_role("alert")).to_contain_text("mia has decided: sam sends")


def test_a_merge_a_separation_and_an_undo_in_three_steps(served: Served, at: Any) -> None:
    ada, mia = at("ada"), at("mia")
    page: Page = ada.go("/duplicates")
    accessible(page)
    about = {"company": "Contoso", "first_name": "Lee", "last_name": "Park", "phone": "+1 212 555 0142", "country": "US"}
    served.publish("lead-created", "dup-1", lead_id="D-1", email="lee@contoso.example", product="Routing", **about)
    with served.machine("command") as client:
        eventually(lambda: client.get("/v1/leads/D-1").status_code == 200)
        served.publish("lead-created", "dup-2", lead_id="D-2", email="lee.park@contoso.example", title="COO", **about)
        expect(page.get_by_role("link", name="lee.park@contoso.example")).to_be_visible(timeout=2 * SOON_MS)
        assert [one["lead_id"] for one in client.get("/v1/duplicates").json()["duplicates"]] == ["D-2"]
        shoot(page, "duplicates")
        page.get_by_role("link", name="lee.park@contoso.example").click()
        shoot(page, "duplicate step 1")
        page.get_by_role("button", name="Look at both").click()
        expect(page.get_by_role("row", name="E-mail")).to_contain_text("(differs)")
        expect(page.get_by_role("row", name="Company")).not_to_contain_text("(differs)")
        shoot(page, "duplicate step 2")
        page.get_by_role("link", name="Decide").click()
        shoot(page, "duplicate step 3")
        page.get_by_role("button", name="The same: merge").click()
        expect(page.get_by_role("heading", name="Merged into D-1")).to_be_visible()
        shoot(page, "duplicate merged")

        # What was merged is for admins.
        assert client.get("/v1/leads/D-2").status_code == 403
        with served.machine("admin") as admin:
            assert admin.get("/v1/leads/D-2").json()["original_lead_id"] == "D-1"
        assert mia.page.goto("/duplicates/D-2").status == 403
        assert mia.page.goto("/who?q=lead:D-2").status == 403
        mia.complaints.clear()  # which the browser says of a 403
        merged = ada.go("/duplicates?tab=merged")
        merged.get_by_role("link", name="D-2").click()
        page.get_by_role("button", name="Undo: they are separate").click()
        expect(page.get_by_text("D-2 is in circulation")).to_be_visible()
        assert client.get("/v1/leads/D-2").status_code == 200

        served.publish("lead-created", "dup-3", lead_id="D-3", email="lee+x@contoso.example", **about)
        eventually(lambda: client.get("/v1/duplicates").json()["duplicates"])
        page.goto("/duplicates/D-3?step=3&original=D-1")
        page.get_by_role("button", name="Separate people").click()
        expect(said(page)).to_be_visible()
        assert client.get("/v1/duplicates").json()["duplicates"] == []


def test_the_audit_is_asked_for_and_answered(served: Served, at: Any) -> None:
    first_mail(served)
    second = {"message_id": "m2", "contact": VP, "rep": "priya", "mailbox": "priya@ours.example", "sequence_id": "nw-2", "step": 1}
    served.publish("email-sent", "nw-m2", **second)
    eventually(lambda: served.holder(VP) == "priya")
    page: Page = at("rita").go("/audit", listening=False)
    accessible(page)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("records looked at")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row", name="Northwind Logistics")).to_be_visible()
    shoot(page, "audit")
    page.get_by_role("link", name="Ask for a review").first.click()
    expect(page.get_by_label("What you ask")).to_be_focused()


def test_every_page_is_accessible_with_nothing_on_it(at: Any) -> None:
    ada = at("ada")
    for path in ("/", "/who", "/import", "/live?of=leads", "/policy"):
        ada.page.goto(path)
        accessible(ada.page)
    shoot(ada.page, "policy")
    ada.page.goto("/who")
    shoot(ada.page, "who owns empty")
    ada.page.goto("/login")
    shoot(ada.page, "login")
    assert ada.page.goto("/duplicates/nobody").status == 404
    shoot(ada.page, "problem")
    ada.complaints.clear()  # which the browser says of a 404


def test_the_policy_page_answers_what_would_be_said(served: Served, at: Any) -> None:
    first_mail(served)
    page: Page = at("priya").go("/policy", listening=False)
    page.get_by_label("Contact").fill(OPS)
    page.get_by_role("button", name="What would be said?").click()
    expect(said(page)).to_contain_text("block")
    expect(said(page)).to_contain_text("Sam (inbound)")


def test_the_policy_page_says_where_a_lead_would_go(at: Any) -> None:
    page: Page = at("rita").go("/policy", listening=False)
    page.get_by_label("E-mail of the lead").fill("cto@northwind-logistics.com")
    page.get_by_label("Title").fill("CTO")
    page.get_by_role("button", name="Where would it go?").click()
    expect(page.locator("#explained")).to_contain_text("Northwind Logistics")
    expect(page.locator("#explained")).to_contain_text("hot")
    shoot(page, "policy lead")


def test_the_keyboard_alone_is_enough_to_claim(served: Served, at: Any) -> None:
    page: Page = at("sam").go(f"/who?q={CFO}")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Claim it"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("met at the fair")
    page.keyboard.press("Enter")
    expect(said(page)).to_be_visible()
    assert served.holder(CFO) == "sam"
    expect(page.locator("#record")).to_contain_text("Sam (inbound)")


def test_the_console_reads_without_javascript(served: Served, at: Any) -> None:
    first_mail(served)
    reader = at("mia", java_script_enabled=False)
    reader.page.goto(f"/who?q={OPS}")
    expect(reader.page.locator("#record")).to_contain_text("Sam (inbound)")
    for path in ("/", "/live", "/policy", "/import"):
        reader.page.goto(path)
        expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
