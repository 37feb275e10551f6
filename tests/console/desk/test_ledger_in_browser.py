"""The ledger in Chromium: a proof computed by the browser, a bundle checked where nothing of ours is."""

import subprocess
import sys
from pathlib import Path

import pytest
from builders import signup_batch
from desk import seat, sign_in

from gateway.pipeline import process

ROOT = Path(__file__).parents[3]


@pytest.fixture
def page(browser, site, address, clock):
    for n in range(5):
        process(signup_batch(f"p{n}@example.com", clock.now()), site.services, as_of=clock.now())
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    seat(context, address, sign_in(site))
    page = context.new_page()
    page.amiss = []
    page.on("console", lambda message: page.amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.amiss.append(str(error)))
    yield page
    assert page.amiss == []
    context.close()


def test_the_browser_computes_the_proof_again_by_itself(page, address):
    page.goto(f"{address}/desk/ledger")
    page.click("a[aria-label='Entry 2']")
    page.get_by_role("button", name="Recompute in this browser").click()
    verdict = page.locator("#verdict.good-note")
    verdict.wait_for()
    assert "Computed here, in this browser" in verdict.inner_text()
    assert page.locator(".path-up .fits").count() == page.locator(".path-up li").count() == 4
    page.locator("#entry-data").evaluate(
        "one => { one.textContent = one.textContent.replace('prospects', 'prospectz') }"
    )
    page.get_by_role("button", name="Recompute in this browser").click()
    page.locator("#verdict.alarm").wait_for()
    assert page.locator(".path-up .fails").count() > 0


def test_the_whole_is_checked_while_the_page_watches(page, address):
    page.goto(f"{address}/desk/ledger/verify")
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_text("The ledger fits").wait_for()
    assert page.locator("#check[hx-trigger]").count() == 0  # it asks no more


def test_a_bundle_is_downloaded_and_checked_with_nothing_of_ours_about(page, site, address, tmp_path):
    page.goto(f"{address}/desk/leads/lead_1/evidence")
    page.fill("#reason", "Asked for by the authority")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Make and download").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    key = site.services.ledger.public_keys()[0]

    def verify(*more):
        start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import gateway.cli; gateway.cli.main()"
        command = [sys.executable, "-c", start]
        return subprocess.run(  # an empty environment, an empty folder
            [*command, "evidence", "verify", str(file), *more],
            env={}, cwd=tmp_path, capture_output=True, text=True, check=False
        )  # fmt: skip

    done = verify("--key", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("The bundle is good.\n")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [file.name]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    done = verify("--key", key)
    assert (done.returncode, done.stderr) == (1, "")
    assert "wrong  archive" in done.stdout
    assert "The bundle is NOT good" in done.stdout
