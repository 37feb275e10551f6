"""Chromium for the browser tests: where it is, what is missing, and how it is started.

Run by itself, prints what is missing and exits 1; tools/browser.sh asks that way.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # root has none, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The system's Chromium ($CHROME first): Playwright's own would have to be downloaded."""
    named = os.environ.get("CHROME")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def what_is_missing() -> str | None:
    """Why no browser test can run here, in a few words; None when they can."""
    playwright = find_spec("playwright")
    if playwright is None or playwright.origin is None:
        return "Playwright is not installed"
    if find_chromium() is None:
        return "there is no Chromium"
    node = Path(playwright.origin).parent / "driver" / "node"
    try:
        subprocess.run([node, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return "Playwright's node does not start; it needs libatomic1"
    return None


@contextmanager
def open_browser() -> Iterator[object]:
    """A running headless Chromium, as Playwright's Browser."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as everything else of Playwright waits; its 5 s are few on a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


if __name__ == "__main__":
    missing = what_is_missing()
    print(missing or "nothing is missing")
    sys.exit(1 if missing else 0)
