"""The upload wizard in Chromium: a strange file from the drop to the receipt, with a script and without one."""

import http.client
import re
from contextlib import contextmanager

import pytest
from desk import seat, sign_in
from openpyxl import Workbook
from playwright.sync_api import expect
from running_lists import person
from web import served
from wizard import STRANGE, draft_of, imported, upload

from gateway.intake.running.errands import open_errands, work_errand
from gateway.intake.runs import work_run


@contextmanager
def at_the_desk(browser, site, address, *, script=True, role="uploader"):
    """A page of somebody who signed in; nothing may be said on its console."""
    context = browser.new_context(java_script_enabled=script, viewport={"width": 1100, "height": 900})
    context.set_default_timeout(10_000)
    seat(context, address, sign_in(site, role))
    page, amiss = context.new_page(), []
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.on("dialog", lambda dialog: amiss.append(dialog.message))
    yield page
    assert amiss == []
    context.close()


def drop(page, address, content, name="leads.csv", mime="text/csv"):
    page.goto(f"{address}/desk/lists")
    page.get_by_role("link", name="Upload a list").click()
    page.get_by_label("Vendor").fill("Meridian Leads")
    page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": mime, "buffer": content})
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url(re.compile(r"/desk/lists/new/\d+/reading"))


def answer(page):
    page.get_by_label("What do you call this list?").fill("Spring leads")
    page.get_by_label("How were they collected?").select_option("event")
    page.get_by_label("First day of collecting").fill("2026-03-01")
    page.get_by_label("Are they said to have agreed to mail?").select_option("none")
    page.get_by_label("What does the yes reach?").select_option("marketing")
    page.get_by_role("button", name="On to the sample").click()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_strange_file_from_the_drop_to_the_receipt_and_back(browser, site, address, script):
    with at_the_desk(browser, site, address, script=script) as page:
        drop(page, address, STRANGE, "Kontakte Frühjahr.csv")
        page.get_by_role("radio", name="cp1252").check()
        page.get_by_role("button", name="Read it so").click()
        expect(page.get_by_role("cell", name="Zoë").first).to_be_visible()
        page.get_by_label("What Vermerk am means").select_option("consent_at")
        page.get_by_label("Remember what I say").check()
        page.get_by_role("button", name="On to the questions").click()
        page.get_by_role("radio", name="Day, month, year", exact=True).check()  # a question came up
        page.get_by_role("button", name="On to the questions").click()
        expect(page.get_by_role("heading", name="What is known of the list")).to_be_visible()
        page.reload()
        answer(page)
        page.get_by_role("button", name="Draw", exact=True).click()
        assert page.locator(".verdict strong").inner_text() in {"Accept", "Negotiate", "Refuse"}
        page.get_by_role("link", name="On to the import").click()
        page.get_by_role("button", name="Import it").click()
        expect(page.get_by_role("heading", name="The import is running")).to_be_visible()
        work_run(1, site.services)
        if script:
            page.wait_for_selector("text=Why rows were held or refused", timeout=10_000)
        else:
            page.get_by_role("link", name="Look again").click()
        expect(page.locator(".figures dd").first).to_have_text("5")
        with page.expect_download() as taken:
            page.get_by_role("link", name="All rows as CSV").click()
        assert "Zoë" in taken.value.path().read_text(encoding="utf-8-sig")
        page.get_by_role("link", name="Undo …").click()
        expect(page.get_by_role("heading", name="Undo this import?")).to_be_visible()
        page.get_by_role("button", name="Undo it").click()
        for errand in open_errands(site.services):
            work_errand(errand, site.services)
        page.goto(f"{address}/desk/lists/list_1")
        expect(page.get_by_text("undone", exact=True).first).to_be_visible()


def test_a_workbook_and_a_file_that_is_none(browser, site, address, tmp_path):
    book = Workbook()
    book.active.append(["Mail", "Name"])
    book.active.append(["ann@example.com", "Ann"])
    book.save(tmp_path / "people.xlsx")
    with at_the_desk(browser, site, address) as page:
        drop(page, address, (tmp_path / "people.xlsx").read_bytes(), "people.xlsx", "application/octet-stream")
        expect(page.get_by_role("cell", name="ann@example.com").first).to_be_visible()
        page.goto(f"{address}/desk/lists/new")
        page.get_by_label("Vendor").fill("Meridian Leads")
        page.get_by_label("File", exact=True).set_input_files(
            {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"}
        )
    # the answer is a 422, which Chromium notes on the console, so this is looked at without
    context = browser.new_context()
    seat(context, address, sign_in(site, "uploader", name="Another"))
    page = context.new_page()
    page.goto(f"{address}/desk/lists/new")
    page.get_by_label("Vendor").fill("Meridian Leads")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"}
    )
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_selector("[data-upload-wrong]:not([hidden])")
    expect(page.locator("[data-upload-wrong]")).to_contain_text("PDF")
    assert page.get_by_role("button", name="Look at it").is_enabled()
    context.close()


def test_hostile_cells_and_names_run_nowhere(browser, site, address):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    cell = evil.replace('"', '""')
    body = f'email,"{cell}"\nann@example.com,"{cell}"\n'.encode()
    someone = sign_in(site, "administrator")
    path = imported(someone, draft_of(upload(someone, body, name=f"{evil}.csv", vendor=evil)), name=evil)
    work_run(1, site.services)
    draft = draft_of(upload(someone, body + b"bob@example.com,x\n", name=f"{evil}.csv", vendor=evil))
    pages = [f"/desk/lists/new/{draft}/{step}" for step in ("reading", "questions", "sample", "import")]
    context = browser.new_context()
    seat(context, address, someone)
    page, amiss = context.new_page(), []
    page.on("dialog", lambda dialog: amiss.append(dialog.message))
    page.on("console", lambda message: amiss.append(message.text))
    for one in ("/desk/lists", path, f"{path}/report", f"{path}/undo", "/desk/vendors", "/desk/vendors/1", *pages):
        assert page.goto(address + one).status == 200
        assert page.locator("main script, main img").count() == 0
    assert amiss == []
    context.close()


def test_a_file_of_25_megabytes_is_let_in_by_the_server_and_a_viewers_is_not(site):
    line = "".join(f"{person(n % 1500)},Ann,{n:030d}\n" for n in range(1500))
    body = ("email,first_name,note\n" + line * (25_000_000 // len(line) + 1)).encode()

    head = (
        b'--b\r\nContent-Disposition: form-data; name="whose"\r\n\r\nours\r\n--b\r\n'
        b'Content-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
    )
    uploader, viewer = sign_in(site, "uploader"), sign_in(site, "viewer", name="A viewer")
    with served(site.app, services=site.services) as port:
        for someone, status in ((uploader, 303), (viewer, 403)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {
                "Cookie": f"other=1; desk={someone.token}", "Sec-Fetch-Site": "same-origin",
                "Content-Type": "multipart/form-data; boundary=b",
            }  # fmt: skip
            connection.request("POST", "/desk/lists/new", head + body + b"\r\n--b--\r\n", headers)
            answer = connection.getresponse()
            assert answer.status == status
            answer.read()
            connection.close()
    page = uploader.get("/desk/lists/new/1/reading").text
    assert "rows in all" in page
    assert len(body) > 25_000_000


def under_way(site, someone):
    """A list of which some rows are in."""
    body = "email,first_name\n" + "".join(f"{person(n)},Ann\n" for n in range(60))
    path = imported(someone, draft_of(upload(someone, body.encode())))
    work_run(1, site.services, batch_rows=10, seconds=0)
    return path


@pytest.mark.parametrize("live", [True, False], ids=["told as it happens", "asked for where that is cut off"])
def test_an_import_is_watched_to_its_end(browser, site, address, live):
    uploader = sign_in(site, "administrator", name="Ada Lind")
    path = under_way(site, uploader)
    context = browser.new_context()
    seat(context, address, uploader)
    page, polled, amiss = context.new_page(), [], []
    page.on("request", lambda request: polled.append(request.url) if request.url.endswith("/progress") else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.on("console", lambda said: amiss.append(said.text) if live and said.type == "error" else None)
    if not live:
        page.route("**/events", lambda route: route.fulfill(status=503, body="not now"))
    page.goto(address + path)
    page.get_by_text(re.compile("10 of ~?[0-9]+ rows")).wait_for(timeout=10_000)
    if live:
        page.wait_for_selector("#progress:not([hx-get])", timeout=10_000)
    asked = len(polled)
    work_run(1, site.services, batch_rows=10, seconds=0)
    page.get_by_text(re.compile("20 of ~?[0-9]+ rows")).wait_for(timeout=10_000)
    assert (len(polled) > asked) is not live
    work_run(1, site.services)
    page.wait_for_selector("text=Why rows were held or refused", timeout=10_000)
    assert amiss == []
    context.close()


def test_a_stream_of_events_is_html_that_was_escaped_and_ends(site):
    uploader = sign_in(site, "administrator", name="Ada Lind")
    path = under_way(site, uploader)
    uploader.post(f"{path}/cancel")
    told = uploader.get(f"{path}/events")
    assert told.mimetype == "text/event-stream"
    assert "event: progress" in told.text
    assert told.text.count("event: end") == 1
    assert '\\"progress-title\\"' in told.text
    assert uploader.get("/desk/lists/list_9/events").status_code == 404
