"""Take a picture of each page of the desk, light, dark and as wide as a phone: `make screenshots` into docs/screens/.

Everything is made up: a demonstration's month, lived through in a temporary folder and served on loopback.
``tools/screenshots.py today due`` takes those pages alone.
"""

import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]
from screens.pages import LOOKS, PAGES, Page, pictures  # noqa: E402 - found by the line above

OUT = ROOT / "docs" / "screens"
TALLEST = 1100  # pixels of a picture; a longer page is cut
EXACT, BETWEEN = 72, 40  # colours of a picture
__all__ = ["main", "pictures"]


def take(page: Any, address: str, one: Page, path: Path) -> None:
    """One picture."""
    answer = page.goto(address + one.path, wait_until=one.until)
    for link in one.links:
        with page.expect_navigation() as seen:
            page.locator(link).first.click()
        answer = seen.value
    page.locator("h1").first.wait_for()
    assert answer is not None
    assert answer.status == 200, (one, answer.status)  # noqa: PLR2004 - OK
    width = page.viewport_size["width"]
    tall = page.evaluate("document.documentElement.scrollHeight")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{one.name} is {wide} wide"
    page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
    page.evaluate("scrollTo(0, 0)")  # a field that has the focus may have scrolled to itself
    page.screenshot(path=path)
    make_smaller(path)
    page.set_viewport_size({"width": width, "height": 800})
    sys.stdout.write(f"{path.name}\n")


def make_smaller(path: Path) -> None:
    """A third of its size, in few colours; left as it is where Pillow is not installed, which nothing else needs.

    The most frequent colours, and those that stand out, stay as they are; the others become the nearest of some
    between them. A palette by frequency alone would turn what waits, in amber, into what is refused, in red.
    """
    if find_spec("PIL") is None:
        return
    from PIL import Image

    whole = Image.open(path).convert("RGB")
    found = whole.getcolors(whole.width * whole.height) or []
    often = sorted(found, key=lambda one: one[0] * (1 + max(one[1]) - min(one[1])), reverse=True)[:EXACT]
    between = whole.quantize(BETWEEN, dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in often for part in colour] + between[: 3 * BETWEEN])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def main(wanted: Sequence[str], folder: str) -> None:
    """Take them all, or those that are wanted."""
    from browser import open_browser
    from screens.scenes import begin_uploads, demonstration, what_if

    OUT.mkdir(parents=True, exist_ok=True)
    with demonstration(folder) as stage, open_browser() as browser:
        asked = False
        for look, width, scheme in LOOKS:
            for who in dict.fromkeys(one.who for one in PAGES):
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page = context.new_page()
                page.route("**/company/back", lambda route: route.fulfill(status=204))  # it goes on by itself
                if who:
                    context.add_cookies([stage.cookie(who)])
                if who == "boss" and not asked:
                    asked = True
                    what_if(page, stage.address)
                    stage.names.update(begin_uploads(page, stage.address))
                for one in PAGES:
                    if one.who == who and (not wanted or one.name in wanted):
                        there = one._replace(path=one.path.format(**stage.names))
                        take(page, stage.address, there, OUT / f"{one.name}-{look}.png")
                context.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(sys.argv[1:], made)
