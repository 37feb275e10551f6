"""What is amiss on a page in Chromium: it does not fit, reads badly aloud, keys do not reach it, a time has no UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe

LOOKS = [(360, "light"), (1280, "dark")]
WATCHING = """
addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`));
addEventListener("focusin", ({ target }) => {
  const style = getComputedStyle(target);
  target.seen = style.outlineStyle !== "none" || style.boxShadow !== "none" ? "plainly" : "with nothing to see";
});
"""
"""Runs before everything else on every page."""

STATIC = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const amiss = [], root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over) amiss.push(`wider than the window by ${over}`);
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) amiss.push(`${headings} h1`);
  if (!document.title.split("·")[0].trim()) amiss.push("no title");
  for (const one of document.querySelectorAll("time"))
    if (!/^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC$/.test(one.title)) amiss.push(`no UTC: ${one.outerHTML}`);
  for (const one of document.querySelectorAll("[tabindex]"))
    if (one.tabIndex > 0) amiss.push(`positive tabindex: ${one.outerHTML}`);
  for (const one of document.querySelectorAll("main table"))
    if (!one.querySelector("tbody tr, tr td")) amiss.push(`a bare table: ${one.outerHTML.slice(0, 200)}`);
  return amiss;
}"""
WANTED = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shows = (one) => one.checkVisibility({ visibilityProperty: true });
  window.wanted = all.filter((one) => !one.disabled && one.type !== "hidden" && shows(one)
    && (one.type !== "radio" || one.checked || !one.form?.elements[one.name]?.value));
  window.wanted = window.wanted.slice(0, 150);
  document.activeElement?.blur();
  for (const one of all) delete one.seen;
  return window.wanted.length;
}"""
"""What one must come to with Tab: all there is to press or fill in, of very long pages the beginning."""
UNSEEN = """() => window.wanted.filter((one) => one.seen !== "plainly"
    && !(one.type === "radio" && [...document.getElementsByName(one.name)].some((other) => other.seen)))
  .map((one) => `Tab comes ${one.seen ?? "never"}: ${one.outerHTML.slice(0, 160)}`)"""


@dataclass
class Look:
    """A window of some width, light or dark, and what its console complained of."""

    page: Any
    said: list[str] = field(default_factory=list)

    def amiss(self, *, by_keys: bool = False, status: int = 200) -> list[str]:
        """Everything that is amiss on the page as it stands; with ``by_keys``, go through it with Tab as well.

        ``status``: what it was answered with; Chromium writes down on the console that it is none of a success.
        """
        found = self.page.evaluate(STATIC)
        axe = Axe().run(self.page, options={"resultTypes": ["violations"]})
        if axe.violations_count:
            found.append(axe.generate_report())
        if by_keys:
            found += self._unreached()
        found += [said for said in self.said if f"responded with a status of {status} " not in said]
        self.said.clear()
        return found

    def _unreached(self) -> list[str]:
        """What Tab does not come to. Some fields take several, and so does what scrolls: there are three rounds."""
        left, unseen = self.page.evaluate(WANTED), []
        for _ in range(3):
            for _ in range(left):
                self.page.keyboard.press("Tab")
            unseen = self.page.evaluate(UNSEEN)
            if not unseen:
                break
            left = 2 * len(unseen) + 10
        return unseen


@contextmanager
def looking(browser: Any, look: tuple[int, str]) -> Iterator[Look]:
    """A window with one page, to go from page to page in."""
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )  # fmt: skip
    context.add_init_script(WATCHING)
    seen = Look(context.new_page())
    seen.page.on("console", lambda message: seen.said.append(message.text) if message.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.said.append(dialog.message), dialog.dismiss()))
    yield seen
    context.close()
