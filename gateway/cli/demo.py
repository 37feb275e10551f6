"""The demo: made-up vendors, a list, a form and an officer, loaded on first start so that there is something to see."""

import os
from pathlib import Path

from gateway.access.keys import SCOPES, new_key
from gateway.cli.demo_people import CAST, seat, seat_people, who_signs_in
from gateway.db.work import UnitOfWork, reading
from gateway.domain.lead import REQUEST_PARTS, Statement
from gateway.domain.ports import Suppression
from gateway.emission.book import Terms, add, list_all
from gateway.intake.forms import Source, create_source, find_source
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.outcomes.leave import leave
from gateway.pipeline import Services
from gateway.screening.address.keys import key_of
from gateway.vendors.book import set_standing
from gateway.wiring import DEMO_MARK

DATA = Path(__file__).parent / "demo_data"
STORE = "store"
WORDING = (
    "Yes, The Demo Company may send me the Harbour Letter with news and offers by e-mail. I can unsubscribe with one "
    "click at any time. The Demo Company, 1 Example Quay, Nowhere, ZZ 00000; hello@harbor.example.com."
)


def load_demo(services: Services) -> list[str]:
    """Load what is missing and say what to try next. A second start finds everything in place."""
    with reading(services.engine) as connection:
        fresh = find_source(connection, "demo") is None
    key_file = services.settings.data / DEMO_MARK
    if fresh:
        _load(services, key_file)
    seat_people(services)
    return _next_steps(services, key_file)


def _load(services: Services, key_file: Path) -> None:
    statement = Statement(
        direct=True, method="form", form_url=services.settings.public_url or None, wording=WORDING, language="en",
        consent_act="unticked_box", relationship="marketing", audience="general", legal_basis="consent",
        form_capture="the demo's home page, as it is served", request_parts=frozenset(REQUEST_PARTS),
        products=frozenset({"general"}), advertisers=("The Demo Company",),
    )  # fmt: skip
    with services.unit_of_work() as work:
        set_standing(work, "Meridian Leads", "approved", "A first small list, on trial; its forms were seen.")
        set_standing(work, "Quickfill Data", "barred", "Supplied scraped addresses before.")
        person = seat(work, *CAST[0])
        key = new_key(work, "demo officer", set(SCOPES), person_id=person)
        gone = key_of("left.already@harbor.example.com", services.world.match_keys)
        leave(work, services.ledger, [Suppression(gone, "opt_out", work.at)], by="demo", note="made up for the demo")
        create_source(work, Source("demo", "The demo signup form", statement, published=True))
        add_store(work, services)
        services.ledger.append(work, "demo.loaded", {"person": person, "key": key.id})
    key_file.unlink(missing_ok=True)
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key.secret + "\n")
    begun = bring(
        services, DATA / "meridian-october.csv", (DATA / "meridian-october.yaml").read_text(encoding="utf-8"),
        manifest_name="meridian-october.yaml", encoding=None, again=False, by="demo",
    )  # fmt: skip
    work_run(begun["run"], services)


def add_store(work: UnitOfWork, services: Services) -> None:
    """A folder of files as the place where prospects are used, unless there is one."""
    if not any(one.name == STORE for one in list_all(work.connection)):
        add(work, services, (STORE, "files"), {"format": "ndjson"}, Terms(), by="demo")


def _next_steps(services: Services, key_file: Path) -> list[str]:
    where = f"http://{services.settings.host}:{services.settings.port}"
    return [
        "This is the demo. Its people are made up; DNS answers for its own domains are recorded, all others are asked.",
        "",
        f"  Open        {where}/  and sign up, for example as ann@harbor.example.com",
        f"  The desk    {where}/desk",
        *who_signs_in(services),
        f"  The API     {where}/docs",
        "",
        "In another terminal, in this folder, after `. .venv/bin/activate`:",
        "  The list    gateway lists show list_1",
        "  Why?        gateway explain lead_1",
        "  What is due gateway clocks",
        "  Our mails   gateway mail",
        "  The ledger  gateway ledger verify",
        f"  An officer  Dana Reyes; her API key is in {key_file}",
        "",
        "Stop with Ctrl-C.",
    ]
