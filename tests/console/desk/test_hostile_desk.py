"""Three hundred hostile texts in everything that people write, and every page of the desk in Chromium: nothing runs."""

from desk import seat
from furnished import FREE, crawl, furnish, golden, is_whole, write_over
from hostile import payloads
from sqlalchemy import select

from gateway.db.base import metadata

ELSEWHERE = {
    "/desk/sign-in", "/desk/sign-in/company", "/desk/sign-in/company/back", "/desk/sign-in/second-factor",
    "/desk/sign-in/set-up", "/desk/join/<token>", "/desk/account/app",
}  # fmt: skip
"""Pages of the door, which show nothing but their own person's name; tests of the door open them."""
BESIDE = [
    "/desk/settings/mails", "/desk/settings/mails/1", "/desk/holds/under-way",
    "/desk/holds/answers/1", "/desk/holds/answers/1/report/list_101", "/desk/vendors", "/desk/wordings?show=all",
    "/desk/vendors/1/recall",
]  # fmt: skip
LISTENS = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.blockedURI))"


def dump(web):
    """Everything in the database, but when somebody was seen last."""
    with web.services.engine.connect() as connection:
        return {
            table.name: sorted(repr(row) for row in connection.execute(
                select(*(one for one in table.c if one.name != "seen_at"))))
            for table in metadata.sorted_tables
        }  # fmt: skip


def test_looking_at_any_page_changes_nothing(site, clock):
    boss = furnish(site)
    clock.move(hours=1)
    before = dump(site)
    found = crawl(boss)
    for path in BESIDE:
        boss.get(path).close()
    assert [table for table, rows in dump(site).items() if rows != before[table]] == []
    missing = {rule for method, rule, _ in golden() if method == "GET" and not found.get(rule)}
    assert missing <= ELSEWHERE | {"/desk/settings/mails/<int:number>", "/desk/lists/<list_id:list_id>/progress",
        "/desk/lists/<list_id:list_id>/events", "/desk/due/<day>/<code>", "/desk/vendors/<int:number>/recall",
        "/desk/holds/under-way", "/desk/holds/answers/<int:number>",
        "/desk/holds/answers/<int:number>/report/<list_id:list_number>"}, missing  # fmt: skip


def test_the_free_texts_are_columns_that_there_are():
    known = {table.name: set(table.c.keys()) for table in metadata.sorted_tables}
    assert {
        f"{table}.{name}" for table, names in FREE.items() for name in names if name not in known.get(table, ())
    } == set()


def test_nothing_of_it_runs_on_any_page(browser, site, address):
    boss, every = furnish(site), payloads()
    assert len(every) >= 300
    with site.services.unit_of_work() as work:
        site.services.ledger.append(work, "odd.said", {"by": "<b>x", "text": " ".join(every[:60]).replace("@", "")})
    context = browser.new_context()
    seat(context, address, boss)
    context.add_init_script(LISTENS)
    page, amiss = context.new_page(), []
    page.on("dialog", lambda dialog: (amiss.append(("dialog", page.url, dialog.message)), dialog.dismiss()))
    page.on("console", lambda said: amiss.append((page.url, said.text)) if said.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append((page.url, str(error))))
    page.on("request", lambda one: None if one.url.startswith(address) else amiss.append((page.url, one.url)))
    for start in range(0, len(every), 107):
        write_over(site, " ".join(one[:300] for one in every[start : start + 107]))
        some = [path for here in crawl(boss, each=1, but=is_no_page).values() for path in here]
        paths = some + [path for path in BESIDE if not is_no_page(boss.get(path, buffered=True))]
        assert len(paths) > 40
        for path in paths:
            answer = page.goto(address + path, wait_until="domcontentloaded")
            assert answer.status < 500, path
            assert (
                page.evaluate("document.querySelectorAll('[onerror],[onload],[onclick],iframe,object,embed').length")
                == 0
            )
    context.close()
    assert amiss == []


def is_no_page(answer):
    return not is_whole(answer)
