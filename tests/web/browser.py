"""People at the console: headless Chromium, a browser context each, and what must hold of any page they see."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.web.served import Served

OPTIONS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
SHOTS = os.environ.get("CONSOLE_SHOTS", "")
"""A folder that screenshots go to, `docs/console` when they are made anew; empty for none."""

TALLEST = 2_200
"""Of a longer page a picture has the beginning."""

SOON_MS = 2_000
"""Within so much of an event everybody whom it concerns sees it, without a reload."""


def executable() -> str | None:
    """The machine's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of our own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """A rep at the console, logged in. What the console logs as an error, or the content security policy refuses, is in `complaints`."""

    def __init__(self, browser: Browser, served: Served, rep: str, **options: Any) -> None:
        self.rep, self.url = rep, served.url
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=served.url, **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(8_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto("/login")
        self.page.get_by_label("Be").select_option(rep)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url(f"{served.url}/")

    def go(self, path: str, listening: bool = True) -> Page:
        """Open a page; with `listening` wait until it follows decisions."""
        self.page.bring_to_front()
        self.page.goto(path)
        if listening:
            self.page.locator('body[data-listening="yes"]').wait_for()
        return self.page

    def close(self) -> None:
        self.context.close()


def said(page: Page) -> Locator:
    """What the page answers to what was done, at its top or where the form was."""
    return page.locator(".flash[autofocus]")


def accessible(page: Page, *schemes: Literal["dark", "light"]) -> None:
    """axe-core finds nothing to say against the page, in light and in dark; what the second scheme changes are the colours."""
    for number, scheme in enumerate(schemes or ("dark", "light")):
        page.emulate_media(color_scheme=scheme)
        rules = {"type": "rule", "values": OF_COLOURS} if number else {"type": "tag", "values": RULES}
        results = Axe().run(page, options={"runOnly": rules})
        assert results.violations_count == 0, f"{page.url} in {scheme}:\n{results.generate_report()}"
    bad = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not bad, f"{page.url} scrolls sideways"


def shoot(page: Page, name: str) -> None:
    """Pictures of the page, wide and narrow, light and dark, where they are wanted; and it is accessible narrow too."""
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    accessible(page, "light")
    for size, viewport in (("wide", {"width": 1280, "height": 900}), ("narrow", {"width": 390, "height": 844})):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            if SHOTS:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                whole = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                page.set_viewport_size({**viewport, "height": max(whole, viewport["height"])})  # type: ignore[typeddict-item]
                page.screenshot(path=Path(SHOTS) / f"{re.sub('[^a-z0-9]+', '-', name)}-{size}-{scheme}.png")
                page.set_viewport_size(viewport)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
