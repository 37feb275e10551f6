"""No download runs a formula: whatever people wrote stands in CSV and workbooks as text, in JSON and Parquet as it is.

What hands something out is looked for in three ways: the desk's answers that are no pages, the API's description, and
the commands that write files. Whatever is found must stand in a table below.
"""

import ast
import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from emitting import READY, go
from filled_desk import fill
from furnished import write_over
from openpyxl import load_workbook
from running_lists import person
from sqlalchemy import select, update
from web import app_of

import gateway
from gateway.cli import gateway as commands
from gateway.economics.asking import numbers_as_of
from gateway.economics.kept import keep, seen_of
from gateway.economics.tabled import SECTIONS
from gateway.emission.destinations.files import Files
from gateway.emission.shape import Item, Way
from gateway.intake.http_lists import XLSX
from gateway.intake.http_numbers import PARQUET
from gateway.intake.tables import lists
from gateway.invoicing.tables import invoices
from gateway.outcomes.export import csv_alone, csv_meant
from gateway.outcomes.tables import leads
from gateway.vendors.book import fold
from gateway.vendors.tables import vendors

STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PAYLOADS = [f"{start}1+1" for start in STARTS] + [" =1+1", "x,=1+1", "x\n=1+1", 'x","=1+1', "x\r=1+1"]
"""The last four break out of a cell where nobody quotes it."""


SHEETS = {  # of the desk and the API, with something in them that people wrote
    "/desk/lists/list_{list}/rows?format=csv", "/desk/lists/list_{list}/rows?format=csv&reader=vendor",
    "/desk/lists/list_{list}/rows?format=xlsx", "/desk/lists/list_{list}/rows?format=xlsx&reader=vendor",
    "/desk/holds/answers/1/report/list_1", "/desk/numbers/vendors/file?format=csv", "/desk/vendors/1/invoices/1/pack",
    "/v1/lists/list_{list}/rows?format=csv", "/v1/lists/list_{list}/rows?format=csv&bom=false",
    "/v1/lists/list_{list}/rows?format=xlsx", "/v1/prospects?format=csv", "/v1/numbers/sources?format=csv",
    "/v1/numbers/vendors?format=csv", "/v1/numbers/campaigns?format=csv", "/v1/invoices/1/pack",
}  # fmt: skip
EXACT = {  # for programs: the words as they are
    "/desk/lists/list_{list}/rows?format=json", "/v1/lists/list_{list}/rows?format=json", "/v1/prospects",
    "/v1/numbers/vendors?format=parquet", "/v1/numbers/vendors",
}  # fmt: skip
NO_TABLE = {  # no pages, and nothing that a spreadsheet opens
    "/desk/lists/<list_id:list_id>/events", "/desk/overrides/<int:number>/precedent.yaml",
    "/desk/policies/what-if/<int:number>.json", "/v1/previews", "/v1/lists/{list_id}/rehearsal",
}  # fmt: skip
COMMANDS = {
    "prospects export", "lists rows", "lists download", "numbers", "suppressions export", "suppressions scrub",
    "invoices pack",
}  # fmt: skip
NO_SHEETS = {"export-person", "evidence export"}  # JSON, an archive
WRITERS = {
    "outcomes/export.py",
    "outcomes/workbook.py",
    "intake/arrival/exact.py",
    "cli/demo_month/month.py",  # for our own reading: a list that came, the demo's lists
}
ATTACHED = {
    "invoicing/http.py",
    "intake/http_lists.py",
    "intake/http_leads.py",
    "intake/http_numbers.py",
    "console/desk/holds_answer.py",  # tables, looked at here
    "intake/uploaded.py",  # reads it
    "intake/http_receipts.py",
    "console/desk/ledger.py",  # signed texts
    "console/desk/ledger_evidence.py",  # an archive
    "console/desk/leads_acts.py",
    "console/desk/policies_what_if.py",  # JSON
    "console/desk/precedents.py",  # YAML
}


def served(rule: str, paths: set[str]) -> bool:
    """Whether one of the paths is one of the rule."""
    like = re.compile(re.sub(r"(<[^>]+>|\{[^}]+\})", "[^/]+", rule) + r"(\?|$)")
    return any(like.match(path) for path in paths)


def leaks(cells):
    """Cells that a spreadsheet would run: their first sign, or the first after what it skips, begins a formula."""
    cover = ' \t\r\n\u00a0\u200b\ufeff\u3000"`'
    return [cell for cell in cells if cell[:1] in STARTS or cell.lstrip(cover)[:1] in STARTS]


def cells_of_csv(data):
    """Every cell of a CSV."""
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row if cell]


def texts_of_book(data):
    """Every text of a workbook, in which no cell is a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            assert not re.search(rb"<f[ >/]", parts.read(name)), name
    cells = [cell for sheet in load_workbook(io.BytesIO(data)) for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    return [str(cell.value) for cell in cells if cell.value is not None]


def harmless(data, what, payload):
    """A file for a spreadsheet: somebody's words are in it (a command reckons numbers anew), none runs."""
    is_book = data[:2] == b"PK"
    cells = texts_of_book(data) if is_book else cells_of_csv(data)
    assert is_book or leaks(cells) == [], what
    gist = payload.replace("\r", "\n") if is_book else payload
    assert what[0] == "numbers" or any(gist in cell for cell in cells), f"{what} shows nothing of what was written"


def kept(answer, what, payload):
    """A file for programs: the words are in it as they were written."""
    if answer.mimetype.endswith("parquet"):
        rows = pq.read_table(io.BytesIO(answer.data)).to_pylist()
    else:
        rows = (
            [json.loads(line) for line in answer.text.split("\n") if line]
            if "ndjson" in answer.mimetype
            else answer.json
        )
    assert any(text.startswith(payload) for text in texts_in(rows)), f"{what} changed what was written"


def texts_in(found):
    """Every text in a document."""
    if isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from texts_in(one)
    elif isinstance(found, str):
        yield found


def overwrite(web, payload):
    """Every free text there is, every cell and heading of every list, begins with it."""
    write_over(web, payload, first=True)
    with web.services.unit_of_work() as work:
        for number, text in work.connection.execute(select(leads.c.id, leads.c.as_arrived)).all():
            cells = json.loads(text) if text else None
            if isinstance(cells, list):
                said = json.dumps([payload] * len(cells))
                work.connection.execute(update(leads).where(leads.c.id == number).values(as_arrived=said))
        for number, text in work.connection.execute(select(lists.c.id, lists.c.inspection)).all():
            found = json.loads(text or "null")
            if found:
                found["headings"] = [f"{payload} {place}" for place, _ in enumerate(found["headings"])]
                said = json.dumps(found)
                work.connection.execute(update(lists).where(lists.c.id == number).values(inspection=said))
        for number, name, before in work.connection.execute(
            select(vendors.c.id, vendors.c.name, vendors.c.folded)
        ).all():
            work.connection.execute(update(vendors).where(vendors.c.id == number).values(folded=fold(name)))
            theirs = update(invoices).where(invoices.c.vendor == before)
            work.connection.execute(theirs.values(vendor=fold(name)))
    reckoned = numbers_as_of(web.services.engine, web.services.policies, web.services.clock.now())
    body = reckoned.body | {
        name: [dict(one, name=payload) if "name" in one else one for one in reckoned.body[name]] for name in SECTIONS
    }
    with web.services.unit_of_work() as work:
        keep(work, replace(reckoned, as_of=work.at, body=body), seen_of(work.connection), [])


def run(monkeypatch, services, *words):
    """What a command prints, on these services."""
    group = commands
    context = click.Context(group)
    for word in words:
        if not isinstance(group, click.Group):
            break
        group = group.get_command(context, word)
    monkeypatch.setattr(import_module(group.callback.__module__), "open_services", lambda: services)
    done = CliRunner().invoke(commands, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code in {0, 3}, (words, done.output)  # 3: some prospects were withheld
    return done.stdout_bytes


@pytest.fixture
def full(site, tmp_path):
    """A gateway in which everything happened, of somebody who may write to people."""
    services = replace(site.services, world=replace(site.services.world, sender=READY))
    site = replace(site, services=services, app=app_of(services))
    filled = fill(site, tmp_path)
    go(services, person(3))
    return site, filled


def test_no_download_runs_a_formula(full, tmp_path, monkeypatch):
    site, filled = full
    services, number = site.services, 1
    program = site.key("lists", "leads", "numbers", "vendors")
    book = tmp_path / "book.xlsx"
    partner = tmp_path / "partner.csv"
    for payload in PAYLOADS:
        overwrite(site, payload)
        for path in sorted(SHEETS | EXACT):
            asker = filled.boss.client if path.startswith("/desk") else site.client
            answer = asker.get(path.format(list=number), headers=None if path.startswith("/desk") else program)
            assert answer.status_code == 200, (path, answer.text[:300])
            if path in SHEETS:
                harmless(answer.data, path, payload)
            else:
                kept(answer, path, payload)
        with partner.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["email", payload], ["who@example.com", payload]])
        run(monkeypatch, services, "suppressions", "scrub", partner, "--out", tmp_path / "clean.csv")
        harmless((tmp_path / "clean.csv").read_bytes(), "scrub", payload)
        for words in (
            ("prospects", "export"), ("lists", "rows", f"list_{number}"), ("numbers", "vendors", "--csv"),
            ("lists", "download", f"list_{number}", "--format", "csv", "--out", "-"),
            ("suppressions", "export", "--as", "plain", "--variant", "raw"),
        ):  # fmt: skip
            harmless(run(monkeypatch, services, *words), words, payload)
        for words in (("lists", "download", f"list_{number}", "--out", book), ("invoices", "pack", "invoice_1", book)):
            run(monkeypatch, services, *words)
            harmless(book.read_bytes(), words, payload)
            book.unlink()


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_no_file_of_a_destination_runs_a_formula(tmp_path, clock, form):
    opened = Files({"format": form, "source": "/x"}, Way(tmp_path), "store")
    for number, payload in enumerate(PAYLOADS):
        said = {"first_name": payload, "obligations": [{"code": payload}], "scope": {"brand": payload}}
        [told] = opened.send([Item(f"dlv_{number}", "accepted", "prospect_1", 1, clock.now(), said)], clock.now())
        data = (tmp_path / "store" / told.said).read_bytes()
        if form == "csv":
            harmless(data, form, payload)
        else:
            rows = pq.read_table(io.BytesIO(data)).to_pylist() if form == "parquet" else json.loads(data)
            assert list(texts_in(rows)).count(payload) == 3


def test_a_line_of_one_cell_stays_one_cell():
    assert csv_alone("ann@example.com") == "ann@example.com"
    for text in (*PAYLOADS, 'a"b', "x;=1", "x\t=1", "x|=1"):
        line = csv_alone(text)
        assert [[csv_meant(cell) for cell in row] for row in csv.reader(io.StringIO(line, newline=""))] == [[text]]
        for separator in ";\t|":
            [row] = csv.reader(io.StringIO(line, newline=""), delimiter=separator)
            assert leaks(row) == []


def test_every_download_of_the_desk_stands_here(full):
    """Whatever a page of the desk gives that is not a page."""
    _, filled = full
    missing = {}
    for rule, paths in filled.pages.items():
        for path in paths[:1]:
            answer = filled.boss.get(path)
            if answer.mimetype != "text/html" and rule not in NO_TABLE and not served(rule, SHEETS | EXACT):
                missing[rule] = answer.mimetype
            answer.close()
    assert missing == {}


def test_every_download_of_the_api_stands_here(site):
    missing = set()
    for path, item in site.client.get("/openapi.json").json["paths"].items():
        for method, operation in item.items():
            for answer in operation["responses"].values() if method != "parameters" else ():
                if answer.get("content", {}).keys() & {"text/csv", XLSX, PARQUET, "application/x-ndjson"}:
                    missing |= {path} - NO_TABLE if not served(path, SHEETS | EXACT) else set()
    assert missing == set()


def commands_of(group, name=()):
    """Every command with its name."""
    if not isinstance(group, click.Group):
        yield " ".join(name), group
        return
    context = click.Context(group)
    for one in group.list_commands(context):
        yield from commands_of(group.get_command(context, one), (*name, one))


def test_every_command_that_writes_a_file_stands_here():
    found = set()
    for name, command in commands_of(commands):
        for option in command.params:
            choices = set(getattr(option.type, "choices", ()))
            if option.name in {"out", "as_csv", "parquet"} or choices & {"csv", "xlsx", "plain"}:
                found.add(name)
    assert found == COMMANDS | NO_SHEETS


def test_tables_are_written_in_two_places_only():
    """Whoever writes cells by another hand than these writes them as they are."""
    root, found = Path(gateway.__file__).parent, set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            told = ast.unparse(node) if isinstance(node, ast.Attribute | ast.ImportFrom | ast.Import) else ""
            if told in {"csv.writer", "csv.DictWriter"} or "xlsxwriter" in told or "openpyxl" in told:
                found.add(path.relative_to(root).as_posix())
    assert found == WRITERS


def test_every_answer_that_is_kept_as_a_file_is_known():
    """Also those that answer a post."""
    root = Path(gateway.__file__).parent
    found = {
        path.relative_to(root).as_posix() for path in root.rglob("*.py")
        if "Content-Disposition" in path.read_text(encoding="utf-8")
    }  # fmt: skip
    assert found == ATTACHED
