"""The upload wizard, first half: a file is dropped, and its uploader sees and says how it is read."""

from typing import Any, cast

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from gateway.console.desk.fields_in_words import FIELD_GROUPS, field_words
from gateway.console.desk.gate import me, page, shown
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.columns.headings import digest_of
from gateway.intake.drafts import (
    Draft,
    answer,
    begin_draft,
    drafts_of,
    drop_draft,
    find_draft,
    find_same,
    last_said,
    sweep_drafts,
)
from gateway.intake.encodings import encoding_named
from gateway.intake.http import refuse_unstorable, services
from gateway.intake.lists import keep_file
from gateway.intake.manifest.fields import USES
from gateway.intake.mappings import check_mapping, save_mapping
from gateway.intake.uploaded import LARGEST, looking, plain_name
from gateway.intake.values import DATE_ORDERS
from gateway.vendors.book import find_standing, page_vendors

STEPS = (("reading", "Reading"), ("questions", "Questions"), ("sample", "Sample"), ("import", "Import"))
OFFERED = 200  # columns that can be given another meaning on the page; a manifest can say it of more
EXAMPLES, LONGEST_EXAMPLE = 3, 60
SUGGESTED = 500  # vendors' names


@page("GET", "/lists/new", role="uploader")
def begin() -> Response:
    """The file, and whose it is."""
    with reading(services().engine) as connection:
        vendors = page_vendors(connection, limit=SUGGESTED)
        mine = drafts_of(connection, me().by)
    return shown("lists/begin.html", here="lists", vendors=vendors, mine=mine, vendor=request.args.get("vendor", ""))


@page("POST", "/lists/new", role="uploader")
def take() -> Response:
    """Take the file in and look at it."""
    sweep_drafts(services())
    request.max_content_length = LARGEST
    with looking():  # before its bytes are taken in
        given = request.files.get("file")
        answers = _whose()
        if given is None or not given.filename:
            raise CallerError([Problem("missing", "Choose a file first.", "file")])
        number = begin_draft(services(), keep_file(services(), given.stream, _name(given)), answers, by=me().by)
    return to_step(number, "reading")


@page("GET", "/lists/new/<int:draft>/reading", role="uploader")
def reads(draft: int) -> Response:
    """How the file is read: encoding, columns, days and months, its first rows."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    with reading(services().engine) as connection:
        same = find_same(connection, one.digest)
        standing = find_standing(connection, one.vendor) if one.vendor else None
    chosen = one.answers.get("columns") or {}
    return shown(
        "lists/reading.html", here="lists", draft=one, steps=STEPS, step="reading", same=same, standing=standing,
        chosen=chosen, groups=FIELD_GROUPS, words=field_words, offered=OFFERED, seen=_seen(one), examples=_examples,
    )  # fmt: skip


@page("POST", "/lists/new/<int:draft>/reading", role="uploader")
def read_so(draft: int) -> Response:
    """Read it as its uploader says."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    changes = _reading_of(one)
    saved = _to_remember(one, changes.get("columns"))
    for headings, columns in saved:  # before anything is changed: a refusal of the page leaves all as it was
        check_mapping(one.vendor or "", headings, columns)
    if changes != {key: one.answers.get(key) for key in changes}:
        with looking():
            answer(services(), one, changes, looks_again=True)
    for headings, columns in saved:
        save_mapping(services(), one.vendor or "", headings, columns, by=me().by)
    now = find_draft(services(), draft, by=me().by)
    asks = now.preview.get("encodings") or _questions(now) - _questions(one)
    return to_step(draft, "reading" if asks or request.form.get("go") == "look" else "questions")


@page("POST", "/lists/new/<int:draft>/drop", role="uploader")
def drop(draft: int) -> Response:
    """Forget the upload, file and all."""
    drop_draft(services(), find_draft(services(), draft, by=me().by))
    return cast("Response", redirect("/desk/lists", 303))


def to_step(draft: int, step: str) -> Response:
    """On to a step of the wizard."""
    return cast("Response", redirect(f"/desk/lists/new/{draft}/{step}", 303))


def to_list(number: int, **said: Any) -> Response:
    """On to the list that came of it."""
    return cast("Response", redirect(url_for("desk.lists_show", list_id=number, **said), 303))


def _name(given: FileStorage) -> str:
    return plain_name(given.filename or "")


def _whose() -> dict[str, Any]:
    """What the manifest says so far: whose list it is, and what held for that vendor's last one."""
    vendor = " ".join(request.form.get("vendor", "").split())
    refuse_unstorable({"vendor": vendor})
    if request.form.get("whose") == "ours":
        return {"direct": True}
    if not vendor:
        message = phrase("Say who sold or handed us the list, or that it is an export of our own.")
        raise CallerError([Problem("missing", message, "vendor")])
    if "@" in vendor:
        raise CallerError([Problem("contains_address", "A vendor is called by its name, not by an address.", "vendor")])
    with reading(services().engine) as connection:
        before = last_said(connection, vendor)
    return {"vendor": vendor} | {key: said for key, said in (before[1] if before else {}).items() if key != "vendor"}


def _examples(part: dict[str, Any], place: int) -> list[str]:
    """What stands in a column of the rows that are shown."""
    cells = [row["cells"][place] for row in part["rows"] if place < len(row["cells"])]
    return list(dict.fromkeys(cell[:LONGEST_EXAMPLE] for cell in cells if cell.strip()))[:EXAMPLES]


def _seen(draft: Draft) -> str:
    """The headings that the page showed, by which a form of an older look is told from one of this."""
    return digest_of([heading for part in draft.preview.get("parts", ()) for heading in part["read_as"]["headings"]])


def _questions(draft: Draft) -> set[tuple[str, str]]:
    """What only the uploader knows; a question that came up by an answer is asked before anything goes on."""
    parts = draft.preview.get("parts", ())
    return {(one["code"], one["column"]) for part in parts for one in part["read_as"]["questions"]}


def _reading_of(draft: Draft) -> dict[str, Any]:
    """How the uploader wants the file read; None takes an answer away."""
    form = request.form
    changes: dict[str, Any] = {}
    if "encoding" in form:
        changes["encoding"] = encoding_named(form["encoding"]) if form["encoding"] else None
    if "date_order" in form:
        changes["date_order"] = form["date_order"] if form["date_order"] in DATE_ORDERS else None
    if "seen" not in form:
        return changes
    if form["seen"] != _seen(draft):
        message = phrase(
            "The file was read in another way meanwhile, perhaps in another tab. Look at its columns once more."
        )
        raise CallerError([Problem("seen_otherwise", message)], 409, "Look again")
    columns = {heading: use for place, heading in enumerate(_headings(draft)) if (use := form.get(f"column-{place}"))}
    if any(use not in USES for use in columns.values()):
        raise CallerError([Problem("not_a_field", "Choose what a column means from the list.", "columns")])
    return changes | {"columns": columns or None}


def _headings(draft: Draft) -> list[str]:
    """Each heading once, in the order of the page."""
    found = [heading for part in draft.preview.get("parts", ()) for heading in part["read_as"]["headings"]]
    return list(dict.fromkeys(found))[:OFFERED]


def _to_remember(draft: Draft, columns: dict[str, str] | None) -> list[tuple[list[str], dict[str, str]]]:
    """What to save for the vendor's later files, where the uploader wants that: headings, and what they mean."""
    if "remember" not in request.form or not columns or not draft.vendor:
        return []
    parts = [part["read_as"]["headings"] for part in draft.preview.get("parts", ())]
    found = [(headings, {one: use for one, use in columns.items() if one in headings}) for headings in parts]
    return [(headings, mine) for headings, mine in found if mine]
