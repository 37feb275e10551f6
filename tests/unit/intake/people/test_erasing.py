"""Whoever is erased is in no byte of ours any more, and nothing else is lost: counts, ledger, replay, other people."""

import base64
import io
import json
from pathlib import Path

import pytest
from arrivals import xlsx, zipped
from builders import key, list_batch, tallies_fit
from running_lists import MANIFEST
from sqlalchemy import insert, select
from web import make_web

from gateway.confirmation.tables import confirmations
from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.feedback.tables import feedback_events
from gateway.intake.drafts import begin_draft, find_draft
from gateway.intake.lists import bring, keep_file
from gateway.intake.people import erasing
from gateway.intake.people.erasing import erase_person, finish_erasures
from gateway.intake.receipts import view_list
from gateway.intake.runs import work_run
from gateway.intake.tables import lists
from gateway.ledger.tables import entries
from gateway.lifecycle.tables import prospects
from gateway.mail.tables import mails
from gateway.outcomes.holds import load_waiting
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import holds, leads
from gateway.person.tables import erasures
from gateway.pipeline import process, release
from gateway.replay.recorded import audit
from gateway.suppression.book import find
from gateway.wordings.tables import wordings

ADDRESS = "Zenobia.Quill@harbor.example.com"
NAMES = ("Zenobia", "Quillfeather", "+1 212 555 0187", "1984-02-29")
HEADINGS = "email,first_name,last_name,phone,born,note"
THEIRS = f'{ADDRESS},Zenobia,Quillfeather,+1 212 555 0187,1984-02-29,"likes\ngardens"'
OTHERS = [
    "ann@example.com,Ann,Lee,,,plain",
    f"bob@example.org,Bob,Ray,,,told by {ADDRESS.upper()}",
    "joZenobia.Quill@harbor.example.com,Jo,Poe,,,another person",
    "no address,Nob,Ody,,,broken",
]


def csv_of(*, first=HEADINGS, rows=(OTHERS[0], THEIRS, *OTHERS[1:])):
    return "\r\n".join([first, *rows]) + "\r\n"


def import_file(services, path, *, encoding=None, manifest=MANIFEST, work=True):
    begun = bring(services, path, manifest, manifest_name="m.yaml", encoding=encoding, again=True, by="test")
    for part in begun.get("parts", [begun]):
        if work:
            work_run(part["run"], services)
    return begun["list"]


def needles():
    """What must not be found, in every dress it might wear; the address of somebody whose begins like it may stay."""
    for text in (ADDRESS, "zenobia.quill@harbor.example.com", "zenobia.quill%40harbor", *NAMES):
        raw = text.encode()
        yield text.lower().encode()
        yield from (text.lower().encode(kind) for kind in ("utf-16-le", "utf-16-be"))
        yield raw.hex().encode()
        for shift in range(3):
            yield base64.b64encode(b"x" * shift + raw)[4:-4].lower()


def found_in(folder: Path):
    """(file, needle) for everything found in any file, whatever the case of letters."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            for allowed in (b"jozenobia.quill@harbor.example.com",):
                for kind in ("utf-8", "utf-16-le", "utf-16-be"):
                    data = data.replace(allowed.decode().encode(kind), b"")
            for one in needles():
                if one in data:
                    yield path.name, one


def cells(engine):
    """All that the database says, as one text."""
    from gateway.db.base import metadata

    with engine.connect() as connection:
        said = [
            " ".join(str(bytes(cell) if isinstance(cell, memoryview) else cell) for cell in row)
            for table in metadata.sorted_tables if table.name != "policy_sets"
            for row in connection.execute(select(table))
        ]  # fmt: skip
    return "\n".join(said).lower().replace("jozenobia.quill@harbor.example.com", "")


@pytest.fixture
def web(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path / "var")


@pytest.fixture
def lived_in(web, tmp_path, clock):
    """A gateway that has the person everywhere: by form, by lists of several kinds, in mails and reports."""
    services, client = web.services, web.client
    told = {"ticked": True, "wording": "Yes, write to me.", "page_url": "https://www.example.com/join"}
    posted = {"email": ADDRESS, "source": "demo", "first_name": "Zenobia", "last_name": "Quillfeather",
              "phone": "+1 212 555 0187", "country": "US", "consent": told,
              "attributes": {"born": "1984-02-29"}}  # fmt: skip
    headers = web.key("decisions") | {"Idempotency-Key": ADDRESS}
    assert client.post("/v1/signups", json=posted, headers=headers).status_code == 200
    posted["email"] = ADDRESS.lower().replace("@", "+news@")
    assert client.post("/v1/signups", json=posted).status_code in {200, 202}
    (tmp_path / "plain.csv").write_text(csv_of(), "utf-8", newline="")
    import_file(services, tmp_path / "plain.csv")
    (tmp_path / "wide.csv").write_text(csv_of(), "utf-16", newline="")
    import_file(services, tmp_path / "wide.csv")
    rows = [
        HEADINGS.split(","),
        OTHERS[0].split(","),
        [ADDRESS, "Zenobia", "Quillfeather", "+1 212 555 0187", "1984-02-29", ""],
    ]
    (tmp_path / "book.xlsx").write_bytes(xlsx(People=rows))
    import_file(services, tmp_path / "book.xlsx")
    (tmp_path / "packed.zip").write_bytes(zipped({"inner.csv": csv_of()}))
    import_file(services, tmp_path / "packed.zip")
    document = [{"email": ADDRESS, "first_name": "Zenobia", "last_name": "Quillfeather"}, {"email": "ann@example.com"}]
    (tmp_path / "people.json").write_text(json.dumps(document))
    import_file(services, tmp_path / "people.json")
    with services.unit_of_work() as work:
        plain = {"match_key": key(ADDRESS), "source": "demo", "language": "en"}
        work.connection.execute(insert(mails).values(
            **plain, kind="confirmation", recipient=ADDRESS, subject="Zenobia", text=f"Dear {ADDRESS}", html="Zenobia",
            headers="{}", message_id="<1@example.com>", state="new", not_before=work.at, tries=0, unknown=0, attempt=0,
            created_at=work.at))  # fmt: skip
        for number in range(2):
            work.connection.execute(insert(confirmations).values(
                **plain, lead_id=1, token_digest=bytes([number] * 32), purposes="", state="asked", asked_at=work.at,
                expires_at=work.at, ip="203.0.113.9", agent="Zenobia's browser"))  # fmt: skip
        work.connection.execute(insert(feedback_events).values(
            reporter="dsn", event_key="e" * 64, kind="soft_bounce", match_key=key(ADDRESS), at=work.at, lead_id=1,
            received_at=work.at, detail="Quillfeather is on holiday"))  # fmt: skip
    return services


def other_people(services):
    """What stands of everybody else, without the rows that named the person."""
    with services.engine.connect() as connection:
        mine = (leads.c.address.is_(None)) | leads.c.address.ilike("zenobia.quill%")
        rows = connection.execute(select(leads).where(~mine).order_by(leads.c.id)).all()
        return [tuple(row) for row in rows if "told by" not in row.as_arrived], connection.execute(
            select(prospects).where(prospects.c.match_key != key(ADDRESS), prospects.c.address != "")
        ).all()


def test_no_byte_of_the_person_is_left_and_nothing_else_is_lost(lived_in, tmp_path, clock):
    services = lived_in
    data = tmp_path / "var"
    before, receipts = other_people(services), [view_list(services, number)["run"] for number in range(1, 6)]
    assert ADDRESS.lower() in cells(services.engine)
    assert {name for name, _ in found_in(data)}
    told = erase_person(services, ADDRESS.lower(), why="asked for by letter", by="test")
    assert told["done"]
    assert told["rows"]["leads"] >= 7
    assert told["rows"]["named_in"] == 3
    assert (told["rows"]["prospects"], told["rows"]["mails"], told["rows"]["confirmations"]) == (1, 1, 2)
    assert told["files"] == {"rows": 8, "removed": 2, "dropped": 0, "uploads": 0}
    said = cells(services.engine)
    assert [text for text in (ADDRESS.lower(), *(name.lower() for name in NAMES), "203.0.113.9'") if text in said] == []
    if services.engine.dialect.name == "sqlite":
        folder = Path(services.engine.url.database).parent
        assert list(found_in_database(folder, Path(services.engine.url.database).name)) == []
    assert list(found_in(data)) == []
    assert other_people(services) == before
    assert [view_list(services, number)["run"] for number in range(1, 6)] == receipts
    with services.engine.connect() as connection:
        assert tallies_fit(connection)
        assert [order.cause for order in find(connection, [key(ADDRESS)])[key(ADDRESS)]] == ["erasure"]
        assert connection.execute(select(erasures.c.state)).scalars().all() == ["done"]
        kinds = connection.execute(select(entries.c.kind).order_by(entries.c.seq)).scalars().all()
        assert kinds[-2:] == ["person.erased", "person.erased_from_files"]
        assert connection.execute(select(mails.c.state)).scalars().all() == ["stopped"]
        notes = " ".join(connection.execute(select(lists.c.inspection)).scalars())
    assert notes.count("a person in it was erased") == 2
    assert services.ledger.verify(services.engine).ok
    assert audit(services).differences == []


def found_in_database(folder, name):
    """The same for SQLite's own files alone; other databases lie beside them."""
    for path in folder.glob(name + "*"):
        data = path.read_bytes().lower().replace(b"jozenobia.quill@harbor.example.com", b"")
        for one in needles():
            if one in data:
                yield path.name, one


def test_a_row_of_somebody_else_loses_the_address_and_nothing_more(lived_in):
    erase_person(lived_in, ADDRESS, why="asked", by="test")
    with lived_in.engine.connect() as connection:
        row = connection.execute(select(leads).where(leads.c.address == "bob@example.org").limit(1)).one()
    assert json.loads(row.as_arrived) == ["bob@example.org", "Bob", "Ray", "", "", "told by (erased)"]


@pytest.mark.parametrize("kind", ["plain.csv", "wide.csv", "book.xlsx", "people.json"])
def test_the_same_list_again_accepts_nobody_and_keeps_nothing(lived_in, tmp_path, kind):
    services = lived_in
    erase_person(services, ADDRESS, why="asked", by="test")
    number = import_file(services, tmp_path / kind)
    receipt = view_list(services, number)["run"]
    assert receipt["prospects"] == 0
    assert receipt["erased"] == 1
    said = cells(services.engine)
    assert ADDRESS.lower() not in said.replace(f"told by {ADDRESS.lower()}", "")
    assert "quillfeather" not in said
    # Our copy of the file goes with the end of its run.
    assert [one for one in found_in(tmp_path / "var") if one[0] != "gateway.sqlite"] == []
    with services.engine.connect() as connection:
        assert connection.execute(select(leads.c.id).where(leads.c.match_key == key(ADDRESS))).all() == []
        assert tallies_fit(connection)


def test_erased_while_the_list_is_under_way(web, tmp_path):
    """What is still to come of the file is blank, and what was read ahead is stored without its content."""
    services = web.services
    rows = [*(f"p{i}@example.com,P,{i},,," for i in range(30)), THEIRS, *OTHERS]
    (tmp_path / "list.csv").write_text(csv_of(rows=rows), newline="")
    number = import_file(services, tmp_path / "list.csv", work=False)
    work_run(1, services, batch_rows=10, seconds=0.0)
    erase_person(services, ADDRESS, why="asked", by="test")
    work_run(1, services, batch_rows=10)
    receipt = view_list(services, number)["run"]
    assert receipt["rows"] == 35
    assert "quillfeather" not in cells(services.engine)
    assert list(found_in(tmp_path / "var")) == []


def test_a_batch_judged_before_the_erasure_is_stored_without_content(web, clock):
    """The tombstone is younger than the instant the batch is judged at: the last look alone can know of it."""
    services = web.services
    batch = list_batch([{"email": ADDRESS, "first_name": "Zenobia"}, {"email": "ann@example.com"}], clock.now())
    as_of = clock.now()
    clock.move(minutes=1)
    erase_person(services, ADDRESS, why="asked", by="test")
    settled = process(batch, services, as_of=as_of)
    assert settled.outcomes[0] == "rejection"
    theirs, other = web.leads()
    assert (theirs.address, theirs.match_key, theirs.as_arrived) == (None, None, '{"erased": "erasure"}')
    assert other.address == "ann@example.com"


def test_an_erased_further_address_refuses_the_row_and_empties_it(web, clock):
    services = web.services
    erase_person(services, ADDRESS, why="asked", by="test")
    process(list_batch([{"email": "zen@example.com", "other_emails": ADDRESS}], clock.now()), services)
    (lead,) = web.leads()
    assert (lead.outcome, lead.extra, lead.address) == ("rejection", "suppressed_meanwhile", None)
    assert lead.as_arrived == '{"erased": "erasure"}'


def test_a_lead_that_waits_is_refused_and_cannot_come_back(web, clock):
    services = web.services
    process(list_batch([{"email": "zed@silent.example.net", "first_name": "Zenobia"}], clock.now()), services)
    with reading(services.engine) as connection:
        waiting = load_waiting(connection, [1])
        assert connection.execute(select(holds.c.state)).scalar() == "waiting"
    erase_person(services, "zed@silent.example.net", why="asked", by="test")
    release([1], services, by="test")
    for batch in waiting:  # a worker had it in hand already
        process(batch, services)
    (lead,) = web.leads()
    assert (lead.outcome, lead.address, lead.as_arrived) == ("rejection", None, '{"erased": "erasure"}')
    with reading(services.engine) as connection:
        assert connection.execute(select(holds.c.fields, holds.c.domain)).all() == [(None, None)]
        assert tallies_fit(connection)


class KilledError(Exception):
    """The process dies here."""


@pytest.mark.parametrize("by_worker", [True, False])
@pytest.mark.parametrize("where", ["blank", "scrub", "_note_removed"])
def test_cut_off_before_its_files_are_done_it_goes_on(lived_in, tmp_path, monkeypatch, where, by_worker):
    services = lived_in

    def die(*_args, **_kwargs):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(erasing, where, die)
        with pytest.raises(KilledError):
            erase_person(services, ADDRESS, why="asked", by="test")
    assert ADDRESS.lower() not in cells(services.engine)
    if by_worker:
        assert finish_erasures(services) == 1
    else:
        assert erase_person(services, ADDRESS, why="asked", by="test")["done"]
    assert list(found_in(tmp_path / "var")) == []
    with services.engine.connect() as connection:
        assert set(connection.execute(select(erasures.c.state)).scalars()) == {"done"}
    assert finish_erasures(services) == 0
    assert services.ledger.verify(services.engine).ok


def test_where_it_was_cut_off_and_nobody_knows_the_address_any_more_the_file_is_made_anew(lived_in, monkeypatch):
    """A page that was split may hold a copy of the row, and there is no text by which it could be found."""
    services = lived_in
    is_sqlite = services.engine.dialect.name == "sqlite"

    def die(*_):
        raise KilledError

    def free_pages():
        if not is_sqlite:  # PostgreSQL frees the space of old rows where they are
            return 0
        with services.engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()

    with services.unit_of_work() as work:
        for sql in ("CREATE TABLE filler AS SELECT zeroblob(100000)", "DROP TABLE filler") if is_sqlite else ():
            work.connection.exec_driver_sql(sql)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "scrub", die)
        with pytest.raises(KilledError):
            erase_person(services, ADDRESS, why="asked", by="test")
    assert (free_pages() > 0) is is_sqlite
    assert finish_erasures(services) == 1
    assert free_pages() == 0


def test_twice_is_once(lived_in):
    erase_person(lived_in, ADDRESS, why="asked", by="test")
    again = erase_person(lived_in, ADDRESS, why="asked again", by="test")
    assert again["rows"] == {**dict.fromkeys(again["rows"], 0)}
    assert again["files"] == {"rows": 0, "removed": 0, "dropped": 0, "uploads": 0}


def test_an_earlier_opt_out_stands_and_its_note_goes(web, clock):
    from gateway.domain.ports import Suppression

    services = web.services
    with services.unit_of_work() as work:
        order = Suppression(key(ADDRESS), "opt_out", work.at)
        leave(work, services.ledger, [order], by="officer", note="Mrs Quillfeather rang")
    erase_person(services, ADDRESS, why="asked", by="test")
    with services.engine.connect() as connection:
        assert sorted(order.cause for order in find(connection, [key(ADDRESS)])[key(ADDRESS)]) == ["erasure", "opt_out"]
    assert "quillfeather" not in cells(services.engine)


@pytest.mark.parametrize(("address", "why"), [("nobody", "asked"), ("a@example.com b@example.com", "asked"),
                                              (ADDRESS, " "), (ADDRESS, f"asked by {ADDRESS}")])  # fmt: skip
def test_what_cannot_be_erased_is_refused_before_anything_is_written(web, address, why):
    from gateway.domain.problem import CallerError

    with pytest.raises(CallerError):
        erase_person(web.services, address, why=why, by="test")
    with web.services.engine.connect() as connection:
        assert connection.execute(select(erasures)).all() == []


def test_a_worker_that_was_quicker_with_the_files_leaves_nothing_to_fail_at(lived_in, tmp_path, monkeypatch):
    """Between the rows and the files a worker sees the erasure and does them all."""
    finish = erasing._finish

    def overtaken(*args):
        monkeypatch.setattr(erasing, "_finish", finish)
        assert finish_erasures(lived_in) == 1
        return finish(*args)

    monkeypatch.setattr(erasing, "_finish", overtaken)
    assert erase_person(lived_in, ADDRESS, why="asked", by="test")["done"]
    assert list(found_in(tmp_path / "var")) == []
    with lived_in.engine.connect() as connection:
        kinds = connection.execute(select(entries.c.kind)).scalars().all()
    assert kinds.count("person.erased_from_files") == 1


def test_words_that_hold_a_person_keep_none_of_them_and_ones_own_are_forgotten(web):
    """A notice may name who agreed. The address never stays with the words; words of nobody else go altogether."""
    own = "I, Zenobia Quillfeather ({}), agree"
    with_address = f"Yes, write to {ADDRESS}"
    batch = list_batch(
        [
            {"email": ADDRESS, "consent_wording": own.format(ADDRESS)},
            {"email": "ann@example.com", "consent_wording": "Yes, write to ann@example.com"},
            {"email": ADDRESS.lower(), "consent_wording": with_address},
        ],
        web.services.clock.now(),
    )
    batch.as_arrived = [json.dumps([row, words]) for row, words in zip(
        batch.columns["email"], batch.columns["consent_wording"], strict=True
    )]  # fmt: skip
    process(batch, web.services)
    with web.services.engine.connect() as connection:
        texts = set(connection.execute(select(wordings.c.text)).scalars())
    assert {"I, Zenobia Quillfeather ([address]), agree", "Yes, write to [address]"} <= texts
    told = erase_person(web.services, ADDRESS, why="asked by letter", by="test")
    assert told["rows"]["wordings"] == 1
    with web.services.engine.connect() as connection:
        texts = set(connection.execute(select(wordings.c.text)).scalars())
    assert "Yes, write to [address]" in texts  # hers and another's
    assert not [text for text in texts if "Zenobia" in text]
    if web.services.engine.dialect.name == "sqlite":
        place = Path(web.services.engine.url.database)
        assert list(found_in_database(place.parent, place.name)) == []


def uploaded(services, name, data):
    """An upload on the desk that nobody has finished; its number."""
    given = keep_file(services, io.BytesIO(data), name)
    return begin_draft(services, given, {"vendor": "Meridian Leads"}, by="test")


@pytest.mark.parametrize(
    ("name", "data", "stays"),
    [("a.csv", csv_of().encode(), False), ("b.csv", csv_of().encode("utf-16"), False),
     ("upper.csv", csv_of().upper().encode(), False),
     ("far.csv", ("email,n\r\n" + "".join(f"p{n}@example.com,x\r\n" for n in range(9_000)) + THEIRS).encode(), False),
     ("c.xlsx", xlsx(People=[["email", "name"], ["ann@example.com", "Ann"]]), False),
     ("d.json", b'[{"email": "ann@example.com"}]', False),
     (f"{ADDRESS}.csv", b"email,name\r\nann@example.com,Ann\r\n", False),
     (f"{ADDRESS}.csv.txt", b"email,name\r\nann@example.com,Ann\r\n", False),
     ("e.csv", csv_of(rows=[OTHERS[0], OTHERS[2]]).encode(), True),
     ("f.csv", "email,name\r\nann@example.com,Zo\u00eb\r\n".encode("cp1252"), True)],
)  # fmt: skip
def test_an_upload_that_is_no_list_yet_goes_if_it_holds_the_person(web, tmp_path, name, data, stays):
    services = web.services
    number = uploaded(services, name, data)
    done = erase_person(services, ADDRESS, why="asked by letter", by="test")
    assert (done["done"], done["files"]["uploads"]) == (True, 0 if stays else 1)
    if stays:
        assert find_draft(services, number, by="test").path.exists()
    else:
        with pytest.raises(CallerError, match="not here any more"):
            find_draft(services, number, by="test")
        assert list(found_in(tmp_path)) == []
        assert list((services.settings.data / "files").glob("*")) == []


def test_a_list_s_file_is_not_called_after_somebody_who_was_erased(web, tmp_path):
    services = web.services
    path = tmp_path.parent / f"{ADDRESS}.csv"
    path.write_text(csv_of(rows=OTHERS[:1]), newline="")
    number = import_file(services, path)
    path.unlink()
    assert erase_person(services, ADDRESS, why="asked by letter", by="test")["done"]
    with services.engine.connect() as connection:
        row = connection.execute(select(lists).where(lists.c.id == int(str(number).removeprefix("list_")))).one()
    assert (row.file_name, json.loads(row.inspection)["name"]) == ("(erased).csv", "(erased).csv")
    assert list(found_in(tmp_path)) == []
