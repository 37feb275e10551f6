"""Take a picture of each page of the desk, light, dark and as wide as a phone: `make screenshots` into docs/screens/.

Everything is made up: a demonstration's month, lived through in a temporary folder and served on loopback.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
OUT = ROOT / "docs" / "screens"
LOOKS = (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light"))
TALLEST = 1600  # pixels of a picture; a longer page is cut
PAGES = (
    ("today", "/desk"),
    ("holds", "/desk/holds"),
    ("wordings", "/desk/wordings"),
    ("leads", "/desk/leads"),
    ("overrides", "/desk/overrides"),
    ("lists", "/desk/lists"),
    ("list", "/desk/lists/list_2"),
    ("vendors", "/desk/vendors"),
    ("policies", "/desk/policies"),
    ("ledger", "/desk/ledger"),
    ("settings", "/desk/settings"),
    ("form", "/desk/settings/sources/newsletter"),
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
    services = build_services(replace(with_secret(load({"GATEWAY_DATA": folder})), demo=True))
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield services, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def main() -> None:
    """Take them all."""
    from browser import open_browser

    from gateway.access.people import list_people
    from gateway.access.sessions import begin_session

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demonstration(folder) as (services, address):
        with services.unit_of_work() as work:
            boss = next(one for one in list_people(work.connection) if one.role == "administrator")
            token = begin_session(work, boss.id)
        with open_browser() as browser:
            for look, width, scheme in LOOKS:
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
                context.add_cookies([{"name": "desk", "value": token, "url": address}])
                page = context.new_page()
                for name, path in PAGES:
                    answer = page.goto(address + path)
                    assert answer is not None
                    assert answer.status == 200, (path, answer.status)  # noqa: PLR2004 - OK
                    tall = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
                    page.screenshot(path=OUT / f"{name}-{look}.png")
                    page.set_viewport_size({"width": width, "height": 800})
                    sys.stdout.write(f"{name}-{look}.png\n")
                context.close()


def pictures() -> list[str]:
    """What is to lie in docs/screens."""
    return [f"{name}-{look}.png" for name, _ in PAGES for look, _, _ in LOOKS]


if __name__ == "__main__":
    main()
