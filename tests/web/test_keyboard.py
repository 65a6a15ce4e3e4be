"""The keyboard alone is enough for each task of the console; the focus is seen, and goes where somebody would go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers import Kafka, Redis
from tests.web.browser import SOON_MS, Person, said, shoot
from tests.web.keyboard import Keys
from tests.web.served import OPS, Served, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

SECONDS = '[sla]\nhot = "1s"\nnormal = "1s"\nclock = "always"\n'
VP = "vp.ops@northwind-logistics.com"
ZORVEX = {"account_id": "zx", "name": "Zorvex Industries", "domains": ["zorvex.com"], "owner": "sam"}
ZORVEX_FOODS = {"account_id": "zf", "name": "Zorvex Foods", "domains": ["zorvex-foods.com"]}
LEE = {"company": "Contoso", "first_name": "Lee", "last_name": "Park", "phone": "+1 212 555 0142", "country": "US"}


@pytest.fixture(scope="module")
def served(kafka: Kafka, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """As everywhere, but that leads are to be answered within a second."""
    made = Served(kafka.bootstrap, redis_server.url, "keyboard", tmp_path_factory.mktemp("web"), SECONDS)
    try:
        made.start()
        made.people()
        made.publish_all(("account-updated", "zx", ZORVEX), ("account-updated", "zf", ZORVEX_FOODS))
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def everybody(browser: Browser, served: Served) -> Iterator[dict[str, Person]]:
    people: dict[str, Person] = {}
    yield people
    for person in people.values():
        person.close()
        assert person.complaints == [], person.rep


@pytest.fixture
def at(browser: Browser, served: Served, everybody: dict[str, Person]) -> Any:
    """`at("sam")`: a rep at the console, the same one for all tests."""

    def come(rep: str) -> Person:
        if rep not in everybody:
            everybody[rep] = Person(browser, served, rep)
        return everybody[rep]

    return come


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name)


def sam_writes(served: Served) -> None:
    """To `OPS`, whom he then holds. Told again it is the same event."""
    sent = {"contact": OPS, "rep": "sam", "mailbox": "sam@ours.example", "sequence_id": "nw-1", "step": 1, "thread_id": "t1"}
    served.publish("email-sent", "m1", message_id="m1", **sent)
    eventually(lambda: served.holder(OPS) == "sam")


def test_pages_are_switched_by_the_navigation_and_the_skip_link(at: Any) -> None:
    page = at("ada").go("/")
    keys = Keys(page)
    for name in ("Who owns", "Import check", "Duplicates", "Live decisions", "Audit", "Policy", "Waiting for me"):
        keys.press(page.get_by_role("navigation", name="Pages").get_by_role("link", name=name))
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page.locator("nav [aria-current=page]").first).to_contain_text(name)
        keys.walk()
        keys.press(page.get_by_text("Skip to the content"))
        expect(page.locator("#main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement) || document.activeElement === document.body")


def test_a_list_is_pasted_checked_and_a_review_asked_for_and_decided(served: Served, at: Any) -> None:
    sam_writes(served)
    lead = at("mia").go("/")
    page = at("priya").go("/import", listening=False)
    keys = Keys(page)
    keys.write(page.get_by_label("Addresses or CSV"), f"email\n{OPS}\n{VP}\nnew@fabrikam.com\n")
    keys.press(button(page, "Check the list"))
    expect(page.locator("#result")).to_be_focused()
    keys.walk()
    row = page.get_by_role("row", name=VP)
    expect(row).to_contain_text("warn")
    keys.press(row.get_by_role("link", name="Ask for a review"))
    expect(page.get_by_label("What you ask")).to_be_focused()
    page.keyboard.type("I have an offer for their VP Ops.")
    keys.write(page.get_by_label("Evidence"), "Their VP Ops came to our booth")
    keys.press(button(page, "Ask for a review"))
    expect(said(page)).to_be_focused()
    expect(said(page)).to_contain_text("sam alone sends")
    keys.walk()

    # The team lead, who was on a page that follows.
    keys = Keys(lead)
    keys.press(lead.get_by_role("link", name="Review: Northwind Logistics"))
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Northwind Logistics")
    keys.walk()
    senders, pausing = lead.get_by_role("group", name="Who sends"), lead.get_by_role("group", name="Who pauses")
    keys.pick(senders, senders.get_by_label("Priya"))
    for rep in ("Sam", "Priya"):
        keys.press(pausing.get_by_label(rep), "Space")
    keys.write(lead.get_by_label("Note"), "Priya writes to the VP, Sam comes back in a week.")
    keys.press(lead.get_by_text("Transfer later"))
    keys.choose(lead.get_by_label("Then hand over to"), "noor")
    keys.to(lead.get_by_label("By", exact=True))
    lead.keyboard.type("12312036")
    lead.keyboard.press("ArrowRight")
    lead.keyboard.type("0900AM")
    keys.walk()
    keys.press(button(lead, "Decide"))
    expect(said(lead)).to_be_focused()
    decided = lead.locator("#state")
    expect(decided).to_have_text("Decided")
    card = lead.locator("section", has=decided)
    expect(card).to_contain_text("Priya (outbound) sends")
    expect(card).to_contain_text("Sam (inbound)")
    expect(card).to_contain_text("Noor (outbound), Wed 31 Dec 2036, 09:00")
    keys.walk()


def test_a_file_is_uploaded_and_the_clean_list_downloaded(served: Served, at: Any, tmp_path: Path) -> None:
    sam_writes(served)
    given = tmp_path / "list.csv"
    given.write_text(f"name;email\nOps;{OPS}\nNew;new@fabrikam.com\n")
    page = at("priya").go("/import", listening=False)
    # With a listener the browser leaves choosing to the test; it is told so on the side, and may not know yet when the key is pressed.
    page.on("filechooser", lambda chooser: None)
    keys = Keys(page)
    keys.to(page.get_by_label("Or a file"))
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(given)
    keys.press(button(page, "Check the list"))
    expect(page.locator("#result")).to_be_focused()
    with page.expect_download() as loading:
        keys.press(button(page, "Download the allowed rows"))
    assert loading.value.path().read_text() == "name,email\nNew,new@fabrikam.com\n"


def test_a_duplicate_is_merged_in_three_steps_and_the_merger_undone(served: Served, at: Any) -> None:
    served.publish("lead-created", "d1", lead_id="D-1", email="lee@contoso.example", **LEE)
    with served.machine("command") as client:
        eventually(lambda: client.get("/v1/leads/D-1").status_code == 200)
    served.publish("lead-created", "d2", lead_id="D-2", email="lee.park@contoso.example", title="COO", **LEE)
    page, late = at("ada").go("/duplicates"), at("rita").go("/duplicates")
    keys = Keys(page)
    expect(page.get_by_role("link", name="lee.park@contoso.example")).to_be_visible(timeout=2 * SOON_MS)
    keys.press(page.get_by_role("link", name="lee.park@contoso.example"))
    keys.press(page.get_by_role("radio"), "Space")
    keys.press(button(page, "Look at both"))
    expect(page.locator("#both")).to_be_focused()
    keys.press(page.get_by_role("link", name="Decide"))
    expect(page.get_by_role("heading", name="Is D-2 the same person")).to_be_focused()
    late.goto("/duplicates/D-2?step=3&original=D-1")
    keys.write(page.get_by_label("Note"), "the same telephone")
    keys.press(button(page, "The same: merge"))
    expect(said(page)).to_be_focused()
    expect(page.get_by_role("heading", name="Merged into D-1")).to_be_visible()

    # Who had the same page open is told, and does not undo it unawares.
    Keys(late).press(button(late, "Separate people"))
    expect(said(late)).to_be_focused()
    expect(said(late)).to_have_text("Ada has answered: it is merged into D-1.")
    keys.walk()
    keys.press(button(page, "Undo: they are separate"))
    expect(said(page)).to_be_focused()
    expect(page.get_by_text("D-2 is in circulation")).to_be_visible()


def test_a_company_is_confirmed_and_declined_once_and_who_comes_later_is_told_by_whom(served: Served, at: Any) -> None:
    served.publish("lead-created", "z1", lead_id="Z-1", email="kim@gmail.com", company="Zorvexx", title="Buyer", country="US")
    ada, rita = at("ada").go("/"), at("rita").go("/")
    keys, others = Keys(ada), Keys(rita)
    card = "article:has-text('Which company?')"
    for page in (ada, rita):
        expect(page.locator(card)).to_contain_text("They wrote", timeout=2 * SOON_MS)
        expect(page.locator(card)).to_contain_text("Zorvexx")
    shoot(ada, "which company")
    yes, no = "Yes, Zorvex Industries", "No, not Zorvex Industries"

    # Something else that comes leaves the focus where it is; what is answered elsewhere leaves it at what stands in its place.
    others.to(button(rita, no))
    keys.to(button(ada, yes))
    served.publish("lead-created", "z2", lead_id="Z-2", email="lou@yahoo.com", company="Zorvexx")
    expect(ada.locator(card)).to_have_count(2, timeout=2 * SOON_MS)
    expect(ada.locator("article", has_text="kim@gmail.com").get_by_role("button", name=yes)).to_be_focused()
    ada.wait_for_function(
        "Number(document.querySelector('#waiting-count span').textContent) === "
        "[...document.querySelectorAll('.counts strong')].reduce((sum, one) => sum + Number(one.textContent), 0)"
    )
    stale = at("rita").context.new_page()
    stale.goto("/")
    stale.locator('body[data-listening="yes"]').wait_for()
    expect(stale.locator("article", has_text="kim@gmail.com")).to_be_visible()
    stale.get_by_role("button", name="Pause").press("Enter")

    ada.keyboard.press("Enter")
    expect(said(ada)).to_be_focused()
    with served.machine("command") as client:
        assert client.get("/v1/leads/Z-1").json()["account"]["id"] == "zx"
    expect(rita.locator("article", has_text="kim@gmail.com")).to_have_count(0, timeout=SOON_MS)
    assert rita.evaluate("document.activeElement.id === 'live' || document.activeElement.matches('#live [tabindex]')")

    # The other page of hers shows the question still.
    Keys(stale).press(stale.locator("article", has_text="kim@gmail.com").get_by_role("button", name="No, not Zorvex Industries"))
    expect(said(stale)).to_be_focused()
    expect(said(stale)).to_have_text("Ada has answered: it is Zorvex Industries.")
    with served.machine("command") as client:
        assert client.get("/v1/leads/Z-1").json()["account"]["id"] == "zx"

    stale.close()

    declining = rita.locator("article", has_text="lou@yahoo.com")
    for _ in range(declining.get_by_role("button", name="No, not").count()):
        others.press(declining.get_by_role("button", name="No, not").first)
        expect(said(rita)).to_contain_text("Noted")
        rita.reload()
    assert at("ada").go("/").locator(card).count() == 0


def test_an_owner_is_looked_up_and_the_history_read(served: Served, at: Any) -> None:
    page = at("sam").go("/who", listening=False)
    keys = Keys(page)
    expect(page.get_by_label("Address, domain")).to_be_focused()
    page.keyboard.type("zorvex")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 companies")).to_be_visible()
    shoot(page, "who owns several")
    keys.press(page.get_by_role("link", name="Zorvex Industries"))
    expect(page.locator("#record-name")).to_contain_text("Zorvex Industries")
    keys.walk()
    keys.write(page.get_by_label("Address, domain"), "norhtwnd logistcs")
    page.keyboard.press("Enter")
    keys.press(page.get_by_role("link", name="Northwind Logistics"))
    expect(page.locator(".timeline")).to_contain_text("asked for a review")
    keys.write(page.get_by_label("Address, domain"), "xqjkw")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has “xqjkw” in its name")).to_be_visible()
    shoot(page, "who owns nothing")


def test_missed_response_times_are_gathered_and_lead_to_each(served: Served, at: Any) -> None:
    names = ("alder", "quillworth", "brambleton")
    leads = [{"lead_id": f"M-{at}", "email": f"m{at}@{names[at % 3]}.example", "company": names[at % 3].title()} for at in range(15)]
    served.publish_all(*(("lead-created", one["lead_id"], one) for one in leads))
    page = at("rita").go("/")
    keys = Keys(page)
    eventually(lambda: "M-14" in str(served.service.decider.engine.directory.matters))
    page.reload()
    keys.press(page.get_by_role("link", name="missed response times"))
    page.keyboard.press("Tab")
    expect(page.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)
    shoot(page, "waiting missed")
    keys.walk()
    keys.press(page.locator("details[open]").get_by_role("link", name="one by one"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Missed response times of")
    shoot(page, "missed")
    keys.press(page.locator("#live").get_by_role("link").first)
    expect(page.locator("#record-name")).to_contain_text("lead")


def test_live_decisions_are_chosen_paused_and_gone_on_with(served: Served, at: Any) -> None:
    page = at("rita").go("/live")
    keys = Keys(page)
    keys.press(page.get_by_role("navigation", name="Which decisions").get_by_role("link", name="leads"))
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Leads")
    page.locator('body[data-listening="yes"]').wait_for()
    keys.press(button(page, "Pause"))
    expect(button(page, "Go on")).to_be_focused()
    served.publish("lead-created", "l1", lead_id="L-1", email="a@live.example")
    expect(page.get_by_text("Something was decided meanwhile.")).to_be_visible(timeout=2 * SOON_MS)
    assert page.get_by_text("a@live.example").count() == 0
    page.keyboard.press("Enter")
    expect(page.get_by_text("a@live.example").first).to_be_visible(timeout=SOON_MS)

    # Where somebody is in the list they stay, though it grows above them.
    link = page.get_by_role("link", name="a@live.example").first
    keys.to(link)
    served.publish("lead-created", "l2", lead_id="L-2", email="b@live.example")
    expect(page.get_by_text("b@live.example").first).to_be_visible(timeout=2 * SOON_MS)
    assert page.evaluate("document.activeElement.textContent") == "a@live.example"
    keys.press(page.get_by_role("link", name="b@live.example").first)
    expect(page.locator("#record-name")).to_contain_text("b@live.example")


def test_the_audit_is_chosen_and_asked(at: Any) -> None:
    page = at("rita").go("/audit", listening=False)
    keys = Keys(page)
    keys.choose(page.get_by_label("Of the last"), "30")
    keys.press(button(page, "Ask"))
    expect(page.get_by_text("records looked at")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Of the last")).to_have_value("30")
    keys.walk()


def test_the_policy_is_tried_with_a_contact_and_a_lead(at: Any) -> None:
    page = at("priya").go("/policy", listening=False)
    keys = Keys(page)
    keys.write(page.get_by_label("Contact"), OPS)
    keys.choose(page.locator("select[name=rep]"), "priya")
    keys.choose(page.get_by_label("Stage"), "launch")
    keys.press(button(page, "What would be said?"))
    expect(said(page)).to_be_focused()
    expect(said(page)).to_contain_text("Nothing was claimed")
    keys.write(page.get_by_label("E-mail of the lead"), "cto@northwind-logistics.com")
    keys.write(page.get_by_label("Title"), "CTO")
    page.keyboard.press("Enter")
    expect(said(page)).to_be_focused()
    expect(page.locator("#explained")).to_contain_text("Northwind Logistics")
