"""Take a picture of each page of the desk, light, dark and as wide as a phone: `make screenshots` into docs/screens/.

Everything is made up: a demonstration's month, lived through in a temporary folder and served on loopback.
"""

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
OUT = ROOT / "docs" / "screens"
LOOKS = (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light"))
TALLEST = 1100  # pixels of a picture; a longer page is cut
GROUP_ADDRESS = "H-17"  # the rule that holds what goes to several people; an officer may set it aside


class Page(NamedTuple):
    """A page, by its path and by the links that are followed from there."""

    name: str
    path: str
    links: tuple[str, ...] = ()


PAGES = (
    Page("sign-in", "/desk/sign-in"),
    Page("today", "/desk"),
    Page("due", "/desk/due"),
    Page("holds", "/desk/holds"),
    Page("hold-group", "/desk/holds", (".queue tbody th a",)),
    Page("hold-answer", "/desk/holds", (".queue a[href*='kind=release']",)),
    Page("wordings", "/desk/wordings"),
    Page("wording", "/desk/wordings", (".wordings a",)),
    Page("leads", "/desk/leads"),
    Page("lead", "/desk/leads?outcome=hold&source=list_10", ("a[href^='/desk/leads/lead_']",)),
    Page("person", "/desk/leads?outcome=hold&source=list_10", ("a[href^='/desk/person/']",)),
    Page("overrides", "/desk/overrides"),
    Page("override", "/desk/overrides/1"),
    Page("lists", "/desk/lists"),
    Page("list", "/desk/lists/list_2"),
    Page("upload", "/desk/lists/new"),
    Page("vendors", "/desk/vendors"),
    Page("vendor", "/desk/vendors", ("a[href^='/desk/vendors/']",)),
    Page("vendor-file", "/desk/vendors/1/file"),
    Page("policies", "/desk/policies"),
    Page("rule", "/desk/policies/rules/CS-18"),
    Page("what-if", "/desk/policies/what-if/1"),
    Page("ledger", "/desk/ledger"),
    Page("settings", "/desk/settings"),
    Page("form", "/desk/settings/sources/newsletter"),
    Page("account", "/desk/account"),
    Page("people", "/desk/people"),
)


@contextmanager
def demonstration(folder: str) -> Iterator[tuple[Any, str]]:
    """The month, served; the services and where."""
    from dataclasses import replace

    from werkzeug.serving import make_server

    from gateway.app import create_app
    from gateway.config import load, with_secret
    from gateway.wiring import build_services

    environment = os.environ | {"GATEWAY_DATA": folder}
    subprocess.run([sys.executable, "-m", "gateway", "demo"], env=environment, cwd=ROOT, check=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    services = build_services(replace(with_secret(load({"GATEWAY_DATA": folder})), demo=True))
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield services, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def set_aside(services: Any) -> None:
    """What the month has none of: an override, asked for by one officer."""
    from gateway.access.people import list_people
    from gateway.db.work import reading
    from gateway.outcomes.overrides import find_spoken
    from gateway.outcomes.queue import Wanted, find_waiters
    from gateway.overriding import ask

    with reading(services.engine) as connection:
        officer = next(one for one in list_people(connection) if one.role == "officer")
        waiting = [one.lead for one in find_waiters(connection, [Wanted()], limit=500)]
        held = [lead for lead in waiting if GROUP_ADDRESS in find_spoken(connection, [lead])][:4]
    reason = "Their offices answer from these addresses; we met them at the trade fair in Springfield."
    ask(services, rules=[GROUP_ADDRESS], lead_ids=held, reason=reason, by=f"person_{officer.id}")


def what_if(page: Any, address: str) -> None:
    """Ask what the house's own rules would do, if they were kept more strictly."""
    packs = ROOT / "policies" / "house.yaml"
    strict = packs.read_text(encoding="utf-8").replace("then: hold\n    question: review\n", "then: reject\n")
    page.goto(f"{address}/desk/policies/what-if")
    page.set_input_files("#files", {"name": "house.yaml", "mimeType": "text/yaml", "buffer": strict.encode()})
    page.get_by_role("button", name="Show who would flip").click()
    page.wait_for_url("**/what-if/1")
    page.get_by_role("heading", level=1).wait_for()


def take(page: Any, address: str, one: Page, path: Path) -> None:
    """One picture."""
    answer = page.goto(address + one.path)
    for link in one.links:
        with page.expect_navigation() as seen:
            page.locator(link).first.click()
        answer = seen.value
    assert answer is not None
    assert answer.status == 200, (one, answer.status)  # noqa: PLR2004 - OK
    width = page.viewport_size["width"]
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
    page.screenshot(path=path)
    make_smaller(path)
    page.set_viewport_size({"width": width, "height": 800})
    sys.stdout.write(f"{path.name}\n")


def make_smaller(path: Path) -> None:
    """A third of its size, in 128 colours; left as it is where Pillow is not installed, which nothing else needs."""
    if find_spec("PIL") is None:
        return
    from PIL import Image

    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Take them all."""
    from browser import open_browser

    from gateway.access.people import list_people
    from gateway.access.sessions import begin_session

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demonstration(folder) as (services, address):
        set_aside(services)
        with services.unit_of_work() as work:
            boss = next(one for one in list_people(work.connection) if one.role == "administrator")
            token = begin_session(work, boss.id)
        with open_browser() as browser:
            for look, width, scheme in LOOKS:
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page = context.new_page()
                for one in PAGES:
                    if one.name == "today":  # from here on, signed in
                        context.add_cookies([{"name": "desk", "value": token, "url": address}])
                        if look == LOOKS[0][0]:
                            what_if(page, address)
                    take(page, address, one, OUT / f"{one.name}-{look}.png")
                context.close()


def pictures() -> list[str]:
    """What is to lie in docs/screens."""
    return [f"{one.name}-{look}.png" for one in PAGES for look, _, _ in LOOKS]


if __name__ == "__main__":
    main()
