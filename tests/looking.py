"""What is amiss on a page in Chromium: it does not fit, reads badly aloud, keys do not reach it, a time has no UTC."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

LOOKS = [(360, "light"), (1280, "dark")]
WATCHING = """
addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`));
addEventListener("focusin", ({ target }) => {
  const style = getComputedStyle(target);
  target.seen = style.outlineStyle !== "none" || style.boxShadow !== "none" ? "plainly" : "with nothing to see";
  if (target.id) (window.seenIds ??= {})[target.id] = target.seen;  // what is swapped for its like keeps its name
});
"""
"""Runs before everything else on every page."""

STATIC = """async () => {
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);  // what the page does at another width is done
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
  window.seenIds = {};
  return window.wanted.length;
}"""
"""What one must come to with Tab: all there is to press or fill in, of very long pages the beginning."""
UNSEEN = """() => window.wanted.filter((one) => (one.seen ?? window.seenIds[one.id]) !== "plainly"
    && !(one.type === "radio" && [...document.getElementsByName(one.name)].some((other) => other.seen)))
  .map((one) => `Tab comes ${one.seen ?? window.seenIds[one.id] ?? "never"}: ${one.outerHTML.slice(0, 160)}`)"""


AXE = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) => ({ violations }))"""
"""What axe found to be right is not sent: of a page of the desk it is a megabyte."""


def violations(page: Any) -> str:
    """What axe finds on a page as it stands, told in words; empty if nothing."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(AXE))
    return found.generate_report() if found.violations_count else ""


@dataclass
class Look:
    """A window that is looked at in every look, and what its console complained of.

    A page is loaded once: in the look in which the page before was left, which is by turns this and that.
    """

    page: Any
    look: tuple[int, str] = LOOKS[0]
    said: list[str] = field(default_factory=list)

    def turn(self, look: tuple[int, str]) -> None:
        """Make the window as wide, and light or dark."""
        self.look, (width, scheme) = look, look
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def amiss(self, *, keys: Sequence[tuple[int, str]] = (), status: int = 200) -> list[str]:
        """Everything that is amiss on the page in each look; in those of ``keys``, go through it with Tab as well.

        ``status``: what it was answered with; Chromium writes down on the console that it is none of a success.
        """
        amiss = []
        for look in (self.look, *(other for other in LOOKS if other != self.look)):
            if look != self.look:
                self.turn(look)
            found = self.page.evaluate(STATIC) + list(filter(None, [violations(self.page)]))
            found += self._unreached() if look in keys else []
            found += [said for said in self.said if f"responded with a status of {status} " not in said]
            self.said.clear()
            amiss += [f"{look}: {one}" for one in found]
        return amiss

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
        self.page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
        return unseen


@contextmanager
def looking(browser: Any, look: tuple[int, str] = LOOKS[0]) -> Iterator[Look]:
    """A window with one page, to go from page to page in; it begins with this look."""
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )  # fmt: skip
    context.add_init_script(WATCHING)
    seen = Look(context.new_page(), look)
    seen.page.on("console", lambda message: seen.said.append(message.text) if message.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.said.append(dialog.message), dialog.dismiss()))
    yield seen
    context.close()
