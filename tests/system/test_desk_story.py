"""An officer's first day at the desk, in Chromium, over a gateway as people run it: one server, one worker.

From the invitation to the evidence bundle: a second factor, a list by the wizard, a thousand leads by one answer to
their wording, an exception that takes two people, a what-if with its picture, a bundle checked where nothing of ours
is. Pictures of the stations lie in the test's folder (``shots``).
"""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect
from system_house import MAIL, ROOT
from worded_lists import WORDS, address_of

PASSWORDS = {"Ann Field": "quiet otter under blue rain", "Bo Stone": "seven kettles on a red roof"}
PHONE = "5551234567@vtext.com"  # forwarded to a telephone: CS-18, which takes two people
LEADS = 1000
TELLS_OF_CSP = (
    "document.addEventListener('securitypolicyviolation',"
    " e => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI}`))"
)
TRIED = """
  - id: H-97
    title: Nobody from lists
    cites: {house: "A rule to be tried"}
    in_force: {from: 2020-01-01}
    verified_on: 2026-11-21
    severity: low
    officer: It is tried.
    when: {fact: source.kind, is: list}
    then: reject
    reason: vendor_barred
"""


@pytest.fixture
def database_url(databases):
    """One kind is enough: what differs between them is tried elsewhere."""
    url = databases.fresh("sqlite")
    yield url
    databases.drop(url)


@dataclass
class Officer:
    """Somebody at a browser of their own, with the app on their phone."""

    name: str
    page: Any
    base: str
    shots: Path
    secret: str = ""

    def go(self, path):
        answer = self.page.goto(self.base + path)
        assert answer.ok, (path, answer.status)

    def press(self, name):
        self.page.get_by_role("button", name=name).click()

    def follow(self, name):
        self.page.get_by_role("link", name=name).first.click()

    def sees(self, text, seconds=20):
        self.page.get_by_text(text).first.wait_for(timeout=seconds * 1000)

    def is_at(self, heading):
        self.page.get_by_role("heading", name=heading).first.wait_for()
        self.page.screenshot(path=self.shots / f"{self.name[:3]}-{time.time():.0f}.png", full_page=True)

    def type_code(self, *, steps=0):
        """What the app shows, or will show next: a code is taken once."""
        code = pyotp.TOTP(self.secret).at(int(time.time()) + 30 * steps)
        self.page.get_by_label(re.compile("six digits|Code of your")).fill(code)


@pytest.fixture
def seats(browser, tmp_path):
    """Browsers, one for each officer; whatever a page complains of is a failure."""
    contexts, amiss = [], []
    shots = tmp_path / "shots"
    shots.mkdir()

    def take(name, base):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(20_000)
        context.add_init_script(TELLS_OF_CSP)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: amiss.append((page.url, said.text)) if said.type == "error" else None)
        page.on("pageerror", lambda error: amiss.append((page.url, str(error))))
        page.on("response", lambda got: amiss.append((got.url, got.status)) if got.status >= 400 else None)
        return Officer(name, page, base, shots)

    yield take
    for context in contexts:
        context.close()
    assert amiss == []


def begin(officer, link):
    """From the invitation to the desk: a password, then the app that must be set up before anything opens."""
    page = officer.page
    page.goto(link)
    officer.is_at(f"Welcome, {officer.name}")
    for label in ("New password", "The same again"):
        page.get_by_label(label).fill(PASSWORDS[officer.name])
    officer.press("Set the password")
    officer.sees("Your password is set")
    sign_in(officer)
    officer.is_at("Set up your second factor")
    page.get_by_text("No camera?").click()
    officer.secret = page.locator("code.secret").inner_text().replace(" ", "")
    officer.type_code()
    officer.press("Done")
    officer.is_at("Your recovery codes")
    officer.follow("I have them")
    officer.is_at("Today")


def sign_in(officer):
    page = officer.page
    page.get_by_label("E-mail address").fill(f"{officer.name.split()[0].lower()}@example.com")
    page.get_by_label("Password").fill(PASSWORDS[officer.name])
    page.get_by_role("button", name="Sign in", exact=True).click()


def come_back(officer):
    """Out and in again: the password alone opens nothing."""
    officer.press("Sign out")
    officer.sees("You are signed out")
    sign_in(officer)
    officer.is_at("One more step")
    officer.type_code(steps=1)
    officer.press("Go on")
    officer.is_at("Today")


def write_list(path):
    """A thousand people with evidence, and one whose mailbox is a telephone's."""
    rows = ["email,consent ts,consent ip,source url,country"]
    for n, address in enumerate([*(address_of(n) for n in range(LEADS)), PHONE]):
        at = f"2026-09-{n * 11 % 28 + 1:02}T{n * 5 % 24:02}:{n * 37 % 60:02}:{n * 13 % 60:02}Z"
        rows.append(f"{address},{at},47.{n % 200}.{n // 200}.{n * 3 % 250},https://www.example.com/garden,US")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


ANSWERS = {
    "What do you call this list?": "Autumn", "First day of collecting": "2026-09-01",
    "Last day of collecting": "2026-10-31", "On which page?": "https://www.example.com/garden",
    "The words they saw, word for word": WORDS, "In which language?": "en",
}  # fmt: skip
CHOICES = {
    "How were they collected?": "co_registration", "Are they said to have agreed to mail?": "given",
    "What did they do to agree?": "unticked_box", "Were they told that we would get their address?": "named_us",
    "What does the yes reach?": "marketing",
    "Does the vendor sell people it has no dealings with itself (a data broker)?": "true",
    "Does the contract hold the terms that privacy law asks for?": "true",
}  # fmt: skip
ROWS = {
    "hops[0].giver": "Example Offers", "hops[0].taker": "Fernhill Data LLC", "hops[0].on": "2026-11-01",
    "hops[1].giver": "Fernhill Data LLC", "hops[1].taker": "Riverside Garden Ltd", "hops[1].on": "2026-11-02",
    "attestations[0].says": "Every person ticked the box.", "attestations[0].signed_by": "J. Doe",
    "attestations[0].on": "2026-11-02",
}  # fmt: skip


def bring_a_list(officer, file):
    """By the wizard, every step of it; a worker imports it meanwhile."""
    page = officer.page
    officer.follow("Lists")
    officer.follow("Upload a list")
    page.get_by_label("Vendor").fill("Fernhill Data LLC")
    page.get_by_label("File", exact=True).set_input_files(file)
    officer.press("Look at it")
    page.wait_for_url("**/reading")
    officer.press("On to the questions")
    page.wait_for_url("**/questions")
    closed = page.locator("details.group:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for label, text in ANSWERS.items():
        page.get_by_label(label, exact=True).fill(text)
    for label, value in CHOICES.items():
        page.get_by_label(label, exact=True).select_option(value)
    for name, text in ROWS.items():
        page.locator(f'[name="{name}"]').fill(text)
    officer.press("On to the sample")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.locator(".verdict strong").wait_for()
    officer.follow("On to the import")
    officer.press("Import it")
    officer.sees("Why rows were held or refused", seconds=30)  # the page asks by itself
    expect(page.locator(".figures dd").first).to_have_text(f"{LEADS + 1:,}")


def answer_the_wording(officer):
    """A thousand leads wait for one question, and one answer to their words resolves it."""
    page = officer.page
    officer.follow("Holds")
    officer.is_at("Holds")
    page.get_by_role("link", name=re.compile("words")).first.wait_for()
    expect(page.locator("td.big", has_text=f"{LEADS:,}")).to_have_count(1)
    page.locator("tr", has=page.locator("td.big", has_text=f"{LEADS:,}")).locator("[data-row]").click()
    page.locator("main").get_by_role("link", name=re.compile("[Ww]ording")).first.click()
    officer.is_at("Your answer")
    page.keyboard.press("a")
    officer.is_at("Approve this wording?")
    assert page.locator("dl.figures dd").all_inner_texts() == ["1,001", "999", "1", "0"]
    officer.sees("Rehearsed with 1,000 of the 1,001 leads")
    page.get_by_role("textbox", name="Why").fill("It names us and says what for.")
    officer.press(f"Approve, for {LEADS + 1:,} waiting leads")
    officer.sees(f"{LEADS:,} became prospects", seconds=30)


def ask_for_an_exception(officer):
    """For the one that still waits; the address of the page that a second person is to open."""
    page = officer.page
    officer.follow("Holds")
    page.locator("[data-row]").first.click()
    page.get_by_role("link", name=re.compile(r"^lead_\d+")).first.click()
    lead = page.url.rpartition("/")[2]
    officer.follow("Ask for an override")
    officer.sees("takes two people")
    page.get_by_label("Why these leads are an exception").fill("The company reads its mail there, by its own word.")
    officer.press("Ask for it")
    page.wait_for_url(re.compile(r"/desk/overrides/\d+"))
    officer.sees("You asked for it, so somebody else has to stand by it")
    assert page.get_by_role("button", name="Stand by it").count() == 0
    return page.url, lead


def ask_what_if(officer, folder):
    """With a rule against all lists: who would flip, as a picture."""
    page, file = officer.page, folder / "house.yaml"
    file.write_text((ROOT / "policies" / "house.yaml").read_text(encoding="utf-8").rstrip() + "\n" + TRIED, "utf-8")
    officer.follow("Policies")
    officer.follow("What if")
    page.set_input_files("#files", file)
    officer.press("Show who would flip")
    page.wait_for_url(re.compile(r"/what-if/\d+"))
    page.locator(".flowing svg").wait_for(timeout=30_000)
    says = f"{LEADS + 1:,} of {LEADS + 1:,} leads would end otherwise"
    assert says in page.locator(".flowing svg title").first.text_content()
    assert page.locator(".ribbon:not(.stays)").first.bounding_box()["width"] > 100
    officer.is_at("What if")


def take_the_evidence(officer, lead, folder):
    page = officer.page
    officer.go(f"/desk/leads/{lead}")
    officer.follow("Evidence bundle")
    page.get_by_label(re.compile("Why|reason")).fill("Asked for by the authority")
    with page.expect_download() as coming:
        officer.press("Make and download")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def verify(file, key):
    """``gateway evidence verify`` with an empty environment, in an empty folder: no settings, no database."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import gateway.cli; gateway.cli.main()"
    return subprocess.run(
        [sys.executable, "-c", start, "evidence", "verify", str(file), "--key", key], env={}, cwd=file.parent,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_officers_first_day(house, dns, seats, tmp_path):
    dns.zone["vtext.com"] = MAIL
    house.env["GATEWAY_PUBLIC_URL"] = base = f"http://127.0.0.1:{house.env['GATEWAY_PORT']}"
    links = {
        name: house.json("people", "add", name, f"{name.split()[0].lower()}@example.com", "--role", "officer")["link"]
        for name in PASSWORDS
    }
    house.serve()
    ann, bo = (seats(name, base) for name in PASSWORDS)
    begin(ann, links[ann.name])
    come_back(ann)
    bring_a_list(ann, write_list(tmp_path / "autumn.csv"))
    answer_the_wording(ann)

    asked, lead = ask_for_an_exception(ann)
    begin(bo, links[bo.name])
    bo.page.goto(asked)
    bo.press("Stand by it")
    bo.sees("checked: it fits")
    bo.is_at("override_1")
    bo.go(f"/desk/leads/{lead}")
    bo.sees("Accepted as a prospect")
    bo.sees("Set aside by override_1")
    ask_what_if(bo, tmp_path)

    alone = tmp_path / "alone"
    alone.mkdir()
    bundle = take_the_evidence(ann, lead, alone)
    key = house.run("ledger", "key").split()[0]
    done = verify(bundle, key)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("The bundle is good.\n")
    assert [one.name for one in alone.iterdir()] == [bundle.name]
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    done = verify(bundle, key)
    assert (done.returncode, "The bundle is NOT good" in done.stdout) == (1, True)
    assert "The ledger fits" in house.run("ledger", "verify")
