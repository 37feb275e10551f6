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
WANTED = """(frame) => {
  const within = (one) => frame && one.closest(frame);
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shows = (one) => one.checkVisibility({ visibilityProperty: true });
  window.wanted = all.filter((one) => !within(one) && !one.disabled && one.type !== "hidden" && shows(one)
    && (one.type !== "radio" || one.checked || !one.form?.elements[one.name]?.value));
  window.wanted = window.wanted.slice(0, 150);
  const before = all.filter((one) => within(one) && !one.disabled && shows(one)).pop();
  before?.focus();  // from the last thing of the frame, the next is the first of the rest
  if (!before) document.activeElement?.blur();
  for (const one of all) delete one.seen;
  window.seenIds = {};
  document.documentElement.style.opacity = 0;  // nothing of it is drawn, sixty times
  return window.wanted.length;
}"""
"""What one must come to with Tab: all to press or fill in but for ``frame``, of very long pages the beginning."""
UNSEEN = """() => window.wanted.filter((one) => (one.seen ?? window.seenIds[one.id]) !== "plainly"
    && !(one.type === "radio" && [...document.getElementsByName(one.name)].some((other) => other.seen)))
  .map((one) => `Tab comes ${one.seen ?? window.seenIds[one.id] ?? "never"}: ${one.outerHTML.slice(0, 160)}`)"""

DONE = """() => {
  document.documentElement.removeAttribute("style");
  document.activeElement?.blur();
  scrollTo(0, 0);
}"""

QUICKER = """() => {
  const { Color } = axe.commons.color, parse = Color.prototype.parseString, known = new Map();
  Object.defineProperty(Color.prototype, "parseString", { value(text) {
    if (known.has(text)) [this.r, this.g, this.b, this.alpha] = known.get(text);
    else { parse.call(this, text); known.set(text, [this.r, this.g, this.b, this.alpha]); }
    return this;
  } });
}"""
"""A page has ten colours, which axe reads from their texts ten thousand times."""
AXE = """(but) => axe.run(but ? { exclude: [but] } : document, { resultTypes: ["violations"] })
  .then(({ violations }) => ({ violations }))"""
"""What axe found to be right is not sent: of a page of the desk it is a megabyte."""
FRAME = "body > .skip, body > header"
FRAMED = """(frame) => [
  ...[document.documentElement.cloneNode(), ...document.querySelectorAll(frame)].map((one) => one.outerHTML),
  ...[...document.styleSheets].map((one) => one.href), ...[...document.scripts].map((one) => one.src),
].join("\\n")"""
"""All that a page's frame, what it looks like and what keys do in it come from."""


def violations(page: Any, but: str = "") -> str:
    """What axe finds on a page as it stands, told in words; empty if nothing. ``but``: within this it does not look."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
        page.evaluate(QUICKER)
    found = AxeResults(page.evaluate(AXE, but))
    return found.generate_report() if found.violations_count else ""


@dataclass
class Look:
    """A window that is looked at in every look, and what its console complained of.

    A page is loaded once: in the look in which the page before was left, which is by turns this and that. A frame
    that was looked at before in the same look, to the letter and with the same styles and scripts, is not put to axe
    again, nor gone through with Tab, which then begins where it ends.
    """

    page: Any
    look: tuple[int, str] = LOOKS[0]
    said: list[str] = field(default_factory=list)
    frames: dict[str, set[tuple[tuple[int, str], str]]] = field(default_factory=lambda: {"axe": set(), "keys": set()})

    def turn(self, look: tuple[int, str]) -> None:
        """Make the window as wide, and light or dark."""
        self.look, (width, scheme) = look, look
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def amiss(
        self, *, keys: Sequence[tuple[int, str]] = (), axe: Sequence[tuple[int, str]] = LOOKS, status: int = 200
    ) -> list[str]:
        """Everything that is amiss on the page in each look; in those of ``keys``, go through it with Tab as well.

        ``axe``: the looks in which axe reads it, which takes longer than all the rest.
        ``status``: what it was answered with; Chromium writes down on the console that it is none of a success.
        """
        amiss = []
        for look in (self.look, *(other for other in LOOKS if other != self.look)):
            if look != self.look:
                self.turn(look)
            found = self.page.evaluate(STATIC) + (self._violated() if look in axe else [])
            found += self._unreached() if look in keys else []
            found += [said for said in self.said if f"responded with a status of {status} " not in said]
            self.said.clear()
            amiss += [f"{look}: {one}" for one in found]
        return amiss

    def _known(self, how: str) -> str:
        """What names the frame if it was looked at so before; nothing if it was not, but is from now on."""
        frame = (self.look, self.page.evaluate(FRAMED, FRAME))
        known = FRAME if frame in self.frames[how] else ""
        self.frames[how].add(frame)
        return known

    def _violated(self) -> list[str]:
        return list(filter(None, [violations(self.page, self._known("axe"))]))

    def _unreached(self) -> list[str]:
        """What Tab, held down, does not come to. Some fields take several, and so does what scrolls: three rounds."""
        left, unseen = self.page.evaluate(WANTED, self._known("keys")), []
        for _ in range(3):
            for _ in range(left):
                self.page.keyboard.down("Tab")
            self.page.keyboard.up("Tab")
            unseen = self.page.evaluate(UNSEEN)
            if not unseen:
                break
            left = 2 * len(unseen) + 10
        self.page.evaluate(DONE)
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
