"""The upload wizard and the pages of lists, on both databases and without a script."""

import html
import re
from datetime import timedelta

import pytest
from desk import OURS, sign_in
from openpyxl import Workbook
from running_lists import person
from sqlalchemy import func, select
from web import make_web
from wizard import ANSWERS, STRANGE, draft_of, imported, seen, upload

from gateway.intake import uploaded
from gateway.intake.drafts import KEPT, find_same, sweep_drafts
from gateway.intake.lists import folder_of, sweep_files
from gateway.intake.running.errands import open_errands, work_errand
from gateway.intake.runs import work_run
from gateway.intake.tables import drafts, lists
from gateway.ledger.tables import entries
from gateway.lifecycle.store import withdraw
from gateway.outcomes.tables import leads
from gateway.vendors.book import set_standing

ROWS = "email,first_name\n" + "".join(f"{person(n)},Ann\n" for n in range(30)) + "not an address,Bob\n"


@pytest.fixture
def web(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path)


@pytest.fixture
def uploader(web):
    return sign_in(web, "uploader")


def counted(web, table):
    with web.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def stored(web):
    folder = folder_of(web.services)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_strange_file_from_the_upload_to_its_receipt(web, uploader):
    draft = draft_of(upload(uploader, STRANGE, name="Kontakte Frühjahr.csv"))
    path = f"/desk/lists/new/{draft}"
    page = uploader.get(f"{path}/reading").text
    assert "Which of these reads right?" in page
    assert page.index('value="cp1252"') < page.index("J\u00f6rg;gro\u00df")
    answer = uploader.post(f"{path}/reading", {"encoding": "cp1252", "go": "look"})
    assert answer.headers["Location"] == f"{path}/reading"
    page = uploader.get(f"{path}/reading").text
    assert "Which comes first, day or month?" not in page
    assert "<td>Zoë</td>" in page
    assert "headings in row 3" in page
    said = {"seen": seen(uploader, draft), "column-3": "consent_at", "remember": "1", "go": "next"}
    assert uploader.post(f"{path}/reading", said).headers["Location"] == f"{path}/reading"  # a question came up
    page = uploader.get(f"{path}/reading").text
    assert "Which comes first, day or month?" in page
    assert "03/04/2026" in page
    said |= {"date_order": "dmy"}
    assert uploader.post(f"{path}/reading", said).headers["Location"] == f"{path}/questions"
    where = imported(uploader, draft)
    work_run(1, web.services)
    page = uploader.get(where).text
    assert where == "/desk/lists/list_1"
    assert "Spring leads" in page
    assert re.search(r"<dt>Rows</dt><dd>5</dd>", page)
    with web.services.engine.connect() as connection:
        kept = connection.execute(select(lists.c.manifest, lists.c.created_by, lists.c.vendor)).one()
    assert "date_order: dmy" in kept.manifest
    assert "encoding: cp1252" in kept.manifest
    assert (kept.created_by, kept.vendor) == (f"person_{uploader.number}", "meridian leads")
    assert counted(web, leads) == 5
    assert uploader.get(f"{path}/reading").headers["Location"] == where  # back, after it was imported

    second = draft_of(upload(uploader, STRANGE + b"ann.lee@example.com;Ann;;04/04/2026\r\n"))
    uploader.post(f"/desk/lists/new/{second}/reading", {"encoding": "cp1252"})
    page = uploader.get(f"/desk/lists/new/{second}/reading").text
    assert "saved" in page  # what was said of the columns is remembered
    questions = uploader.get(f"/desk/lists/new/{second}/questions").text
    assert "Filled in from the last list of Meridian Leads" in questions
    assert '<option value="event" selected>' in questions
    assert "2026-03-01" not in questions  # of that list only


def test_a_sample_is_drawn_kept_and_says_what_to_do(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    uploader.post(f"/desk/lists/new/{draft}/questions", ANSWERS)
    path = f"/desk/lists/new/{draft}/sample"
    assert "Draw a sample" in uploader.get(path).text
    assert uploader.post(path, {"rows": "20", "seed": "7"}).status_code == 303
    page = uploader.get(path).text
    assert page == uploader.get(path).text
    assert "seed 7 draws the same again" in page
    assert re.search(r'class="verdict is-\w+"><strong>(Accept|Negotiate|Refuse)</strong>', page)
    assert 'class="bounds"' in page
    assert "Cost per usable lead" in page
    assert uploader.post(path, {"rows": "0"}).status_code == 422
    uploader.post(f"/desk/lists/new/{draft}/questions", {**ANSWERS, "country": "CA"})
    assert "Draw a sample" in uploader.get(path).text  # other answers, another sample
    assert counted(web, leads) == 0


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    path = f"/desk/lists/new/{draft}/questions"
    wrong = {**ANSWERS, "name": "Kept?", "form_url": "not a page", "collected.until": "31.03.2026",
             "price.amount": "1 €",
             "hops[0].giver": "Example Offers", "vendor_facts.registrations.CA": "soon"}  # fmt: skip
    answer = uploader.post(path, wrong)
    assert answer.status_code == 422
    for name in ("form_url", "collected-until", "price-amount", "vendor_facts-registrations-CA"):
        field = re.search(rf'<(?:input|select|textarea)[^>]* id="{name}"[^>]*>', answer.text)
        assert 'aria-invalid="true"' in field[0], name
        assert re.search(rf'id="{name}-help"><p class="wrong">', answer.text), name
    assert "say who received them" in answer.text
    assert 'value="not a page"' in answer.text
    assert "Kept?" not in uploader.get(path).text


def test_every_answer_comes_back_as_it_was_given(uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    path = f"/desk/lists/new/{draft}/questions"
    said = {
        **ANSWERS, "notice.wording": "Yes: send me\n# no comment\n- 'news' & \"more\"", "stop": "false",
        "hops[1].giver": "Example Offers", "hops[1].taker": "us", "attestations[0].says": "yes",
        "attestations[0].signed_by": "123", "attestations[0].on": "2026-04-20",
        "phone.consent": ["signed", "seller_named"],
        "chain_duties": "none of them", "campaign.advertisers": "A Ltd\r\nB Inc.",
        "vendor_facts.registrations.VT": "2025, 2026",
    }  # fmt: skip
    assert uploader.post(path, said).status_code == 303
    page = uploader.get(path).text
    text = html.unescape(re.search(r'<pre id="manifest">(.*?)</pre>', page, re.DOTALL)[1])
    again = uploader.post(path, {**said, "hops[1].giver": "", "hops[1].taker": "", "hops[0].giver": "Example Offers",
                                 "hops[0].taker": "us"})  # fmt: skip
    assert again.status_code == 303
    assert html.unescape(re.search(r'<pre id="manifest">(.*?)</pre>', uploader.get(path).text, re.DOTALL)[1]) == text
    for line in ("stop: false", "chain_duties: []", "signed_by: '123'", "says: 'yes'", "- B Inc.", "VT:"):
        assert line in text


def test_the_same_file_under_the_same_answers_is_recognised(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    assert imported(uploader, draft) == "/desk/lists/list_1"
    work_run(1, web.services)
    second = draft_of(upload(uploader, ROWS.encode()))
    assert "This very file came before" in uploader.get(f"/desk/lists/new/{second}/reading").text
    where = imported(uploader, second)
    assert where == "/desk/lists/list_1?repeated=1"
    assert "was imported before under the same answers" in uploader.get(where).text
    assert uploader.post(f"/desk/lists/new/{second}/import", {"again": "1"}).headers["Location"] == "/desk/lists/list_2"


def test_two_tabs_do_not_import_one_upload_twice(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    assert imported(uploader, draft) == "/desk/lists/list_1"
    for step in ("import", "sample", "questions", "reading"):
        assert uploader.post(f"/desk/lists/new/{draft}/{step}", ANSWERS).headers["Location"] == "/desk/lists/list_1"
    assert counted(web, lists) == 1


def test_columns_that_another_tab_changed_are_not_overwritten(uploader):
    draft = draft_of(upload(uploader, STRANGE))
    uploader.post(f"/desk/lists/new/{draft}/reading", {"encoding": "cp1252"})
    old = seen(uploader, draft)
    uploader.post(f"/desk/lists/new/{draft}/reading", {"encoding": ""})
    answer = uploader.post(f"/desk/lists/new/{draft}/reading", {"seen": old, "column-0": "first_name"})
    assert answer.status_code == 409
    assert "another tab" in answer.text


def test_what_may_not_be_remembered_changes_nothing_of_this_file_either(web, uploader):
    rows = f"email,Unsubscribed\n{person(1)},yes\n{person(2)},\n".encode()
    draft = draft_of(upload(uploader, rows))
    path = f"/desk/lists/new/{draft}/reading"
    before = uploader.get(path).text
    assert re.findall(r'class="pill is-(\w+)"', before)[0] == "rejection"
    said = {"seen": seen(uploader, draft), "column-1": "attribute", "remember": "1", "go": "next"}
    refused = uploader.post(path, said)
    assert refused.status_code == 422
    assert "save nothing" in refused.text
    assert "Nothing was changed" in refused.text
    assert uploader.get(path).text == before
    del said["remember"]
    assert uploader.post(path, said | {"column-1": "last_name"}).status_code == 303
    page = uploader.get(path).text
    assert re.findall(r'class="pill is-(\w+)"', page)[0] == "rejection"
    assert "that is read in it as well" in page


def test_a_run_is_stopped_goes_on_and_is_undone(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    path = imported(uploader, draft)
    work_run(1, web.services, batch_rows=10, seconds=0)
    page = uploader.get(path).text
    assert "The import is running" in page
    assert 'hx-get="/desk/lists/list_1/progress"' in page
    assert "HX-Refresh" not in uploader.get(f"{path}/progress").headers
    assert uploader.post(f"{path}/cancel").headers["Location"] == path
    assert uploader.get(f"{path}/progress").headers["HX-Refresh"] == "true"
    assert "Go on" in uploader.get(path).text
    uploader.post(f"{path}/resume")
    work_run(1, web.services)
    before = uploader.get(f"{path}/undo").text
    with web.services.engine.connect() as connection:
        stand = dict(connection.execute(select(leads.c.outcome, func.count()).group_by(leads.c.outcome)).all())
    assert f"<dt>Holds that are closed</dt><dd>{stand.get('hold', 0)}</dd>" in before
    assert f"<dt>Prospects that go</dt><dd>{stand.get('prospect', 0)}</dd>" in before
    assert stand["rejection"] < 31
    uploader.post(f"{path}/undo")
    for errand in open_errands(web.services):
        work_errand(errand, web.services)
    page = uploader.get(path).text
    assert ">undone<" in page
    assert re.search(r"<dt>Refused now</dt><dd>31</dd>", page)
    assert uploader.post(f"{path}/undo").status_code == 303  # sent twice, it is the same
    assert uploader.post(f"{path}/cancel").status_code == 409
    with web.services.engine.connect() as connection:
        asked = [row.body for row in connection.execute(select(entries)) if "run.undoing" in str(row)]
    assert f"person_{uploader.number}" in str(asked)


def test_who_left_since_is_not_shown_as_usable(web, uploader):
    where = imported(uploader, draft_of(upload(uploader, ROWS.encode())))
    work_run(1, web.services)
    assert "Usable now" in uploader.get(where).text
    with web.services.engine.connect() as connection:
        taken = select(leads.c.match_key).where(leads.c.outcome == "prospect").order_by(leads.c.id).limit(2)
        keys = list(connection.execute(taken).scalars())
    assert len(keys) == 2
    with web.services.unit_of_work() as unit:
        withdraw(unit, keys, "asked_to_stop")
    page = uploader.get(where).text
    assert "Usable now" not in page
    assert "2 of them withdrawn since: nobody may write to those" in page


def test_rows_are_taken_along_as_csv_and_workbook(web, uploader):
    draft = draft_of(upload(uploader, b"email,first_name\n=cmd|x,=1+1\nann@example.com,Ann\n"))
    path = imported(uploader, draft)
    work_run(1, web.services)
    answer = uploader.get(f"{path}/rows?outcome=rejection&format=csv")
    assert "'=1+1" in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert uploader.get(f"{path}/rows?outcome=rejection&format=xlsx").data[:2] == b"PK"
    report = uploader.get(f"{path}/report").text
    assert "Rows to mend" in report
    assert "format=xlsx" in report


def test_a_workbook_goes_the_same_way(uploader, tmp_path):
    book = Workbook()
    book.active.append(["Mail", "Name"])
    book.active.append(["ann@example.com", "Ann"])
    other = book.create_sheet("More")
    other.append(["Mail", "Name"])
    other.append(["bob@example.com", "Bob"])
    book.save(tmp_path / "two.xlsx")
    draft = draft_of(upload(uploader, (tmp_path / "two.xlsx").read_bytes(), name="two.xlsx"))
    page = uploader.get(f"/desk/lists/new/{draft}/reading").text
    assert "More" in page
    assert "<td>bob@example.com</td>" in page
    assert imported(uploader, draft) == "/desk/lists/list_1"
    assert "Spring leads: " in uploader.get("/desk/lists/list_2").text


def test_what_cannot_be_read_is_said_and_not_kept(web, uploader):
    assert upload(uploader, b"").status_code == 422
    assert upload(uploader, b"%PDF-1.7 no list").status_code == 422
    assert upload(uploader, ROWS.encode(), vendor="").status_code == 303  # our own export
    assert uploader.post("/desk/lists/new", {"whose": "vendor", "vendor": "X"}).status_code == 422
    nobody = upload(uploader, ROWS.encode(), vendor=" ")
    assert (nobody.status_code, "Say who sold" in nobody.text) == (422, True)
    assert len(stored(web)) == 1


def test_an_upload_that_nobody_finishes_goes_after_a_day(web, uploader, clock):
    draft = draft_of(upload(uploader, ROWS.encode()))
    sweep_files(web.services)
    clock.set(clock.now() + KEPT - timedelta(minutes=1))
    someone = sign_in(web, "uploader", name="another")
    assert sweep_drafts(web.services) == 0
    assert someone.get(f"/desk/lists/new/{draft}/reading").status_code == 404  # not theirs
    assert len(stored(web)) == 1
    clock.move(minutes=2)
    assert sweep_drafts(web.services) == 1
    assert (stored(web), counted(web, drafts)) == ([], 0)


def test_an_upload_can_be_forgotten_at_once(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    assert uploader.post(f"/desk/lists/new/{draft}/drop").status_code == 303
    assert (stored(web), counted(web, drafts)) == ([], 0)
    assert uploader.get(f"/desk/lists/new/{draft}/import").status_code == 404


def test_a_viewer_sees_lists_and_uploads_none(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    path = imported(uploader, draft)
    viewer = sign_in(web, "viewer")
    assert "Upload a list" not in viewer.get("/desk/lists").text
    page = viewer.get(path).text
    assert "Spring leads" in page
    assert "Stop the import" not in page
    assert upload(viewer, ROWS.encode()).status_code == 403
    assert viewer.post(f"{path}/cancel").status_code == 403
    assert counted(web, drafts) == 1


def test_many_lists_are_paged_by_number(web, uploader):
    for n in range(32):
        with web.services.unit_of_work() as work:
            work.connection.execute(lists.insert().values(
                name=f"List {n}", manifest="name: x\nvendor: V\n", manifest_digest="0", statement='{"vendor": "V"}',
                created_at=work.at, created_by="test", vendor="v",
            ))  # fmt: skip
    first = uploader.get("/desk/lists").text
    assert (first.count('<th scope="row">'), "List 31" in first, "List 1<" in first) == (30, True, False)
    older = uploader.get("/desk/lists?before=3").text
    assert (older.count('<th scope="row">'), "List 1<" in older) == (2, True)
    assert uploader.get("/desk/lists?before=x").status_code == 404


def test_no_more_files_are_looked_at_at_once_than_the_server_bears(web, uploader, monkeypatch):
    monkeypatch.setattr(uploaded.LOOKS, "acquire", lambda **_: False)
    answer = upload(uploader, ROWS.encode())
    assert (answer.status_code, stored(web)) == (503, [])


def test_a_barred_vendor_is_named_before_anything_is_imported(web, uploader):
    with web.services.unit_of_work() as work:
        set_standing(work, "Quickfill Data", "barred", "scraped addresses")
    draft = draft_of(upload(uploader, ROWS.encode(), vendor="QUICKFILL  data"))
    assert "is barred" in uploader.get(f"/desk/lists/new/{draft}/reading").text


def test_the_same_bytes_are_found_by_what_arrived(web, uploader):
    draft = draft_of(upload(uploader, ROWS.encode()))
    imported(uploader, draft)
    with web.services.engine.connect() as connection:
        digest = connection.execute(select(lists.c.arrived_digest)).scalar_one()
        assert [number for number, _, _ in find_same(connection, digest)] == [1]


HOSTILE = "<script>window.hit=1</script><img src=x onerror=alert(1)>\"'{{7*7}}"


def test_hostile_cells_headings_and_names_are_shown_as_text(web, uploader):
    body = (
        f'email,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\nann@example.com,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n'
    )
    draft = draft_of(upload(uploader, body.encode(), name=f"../{HOSTILE}.csv", vendor=HOSTILE))
    path = imported(uploader, draft, name=HOSTILE, **{"notice.wording": HOSTILE, "form_url": ""})
    work_run(1, web.services)
    second = draft_of(upload(uploader, (body + "bob@example.com,\n").encode(), name=f"{HOSTILE}.csv", vendor=HOSTILE))
    pages = [
        "/desk/lists",
        path,
        f"{path}/report",
        f"{path}/undo",
        "/desk/vendors",
        "/desk/vendors/1",
        "/desk/lists/new",
    ]
    pages += [f"/desk/lists/new/{second}/{step}" for step in ("reading", "questions", "sample", "import")]
    for one in pages:
        text = uploader.get(one).text
        assert "<script>window" not in text, one
        assert "<img src=x" not in text, one
        assert "onerror=alert(1)>" not in text, one
        assert "49" not in re.findall(r"&#39;(\d+)", text), one


def test_a_foreign_upload_is_refused(web, uploader):
    answer = uploader.client.post(
        "/desk/lists/new", data={"whose": "ours"}, headers={**OURS, "Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, counted(web, drafts)) == (403, 0)
