"""A person who has a keyboard only: they see where they are, and get to everything and away from it again."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

MOST = 120
"""Steps within which everything on a page is reached."""

HERE = """(wanted) => {
  const here = document.activeElement, style = getComputedStyle(here), at = here.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = at.width > 0 && at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth;
  const name = here.tagName + " " + (here.innerText || here.name || here.href || "");
  const there = here === wanted || Boolean(wanted && wanted.id && wanted.id === here.id);  // it may have been told anew meanwhile
  return {there, outside: here === document.body, name, visible: seen && inside};
}"""

STOPS = """() => {
  const found = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => !one.disabled && one.checkVisibility());
  const groups = new Set();
  return found.filter((one) => {
    if (one.type !== "radio") return true;
    const first = !groups.has(one.name);
    groups.add(one.name);
    return first;
  }).length;
}"""


NEW = """() => {
  const here = document.activeElement, last = window.last === here;  // a date has several stops of its own
  window.last = here;
  return last || (!window.stops.has(here) && Boolean(window.stops.add(here)));
}"""


class Keys:
    """The keyboard of a page. Every step is looked at: the focus must be visible, and on the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: Locator, key: str = "Tab") -> None:
        """Step until something has the focus."""
        element = wanted.element_handle()
        for _ in range(MOST):
            if self._step(key, element)["there"]:
                return
        raise AssertionError(f"{wanted} was not reached on {self.page.url}")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Step to something and use it."""
        self.to(wanted)
        self.page.keyboard.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        """Step to a field and fill it."""
        self.to(wanted)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, wanted: Locator, value: str) -> None:
        """Step to a list and go down, then up, until it has the value."""
        self.to(wanted)
        for key in ("ArrowDown", "ArrowUp"):
            for _ in range(40):
                if wanted.input_value() == value:
                    return
                self.page.keyboard.press(key)
        raise AssertionError(f"{wanted} has no {value!r}")

    def pick(self, group: Locator, wanted: Locator) -> None:
        """Step into a group of radio buttons and on with the arrows until one of them is chosen."""
        self.to(group.locator("input:checked, input:not([type=radio])").first)
        for _ in range(20):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted} cannot be chosen")

    def walk(self) -> None:
        """Through all of the page and round again: nothing lets nobody out, nothing is left out."""
        self.page.evaluate("window.stops = new Set()")
        for _ in range(MOST):
            if not self._step("Tab", None)["outside"] and not self.page.evaluate(NEW):
                break
        reached, wanted = self.page.evaluate("window.stops.size"), self.page.evaluate(STOPS)
        assert reached == wanted, f"{self.page.url} has {wanted} stops, {reached} were reached"

    def _step(self, key: str, wanted: Any) -> dict[str, Any]:
        self.page.keyboard.press(key)
        here: dict[str, Any] = self.page.evaluate(HERE, wanted)
        assert here["visible"] or here["outside"], f"the focus cannot be seen on {here['name']!r} of {self.page.url}"
        return here
