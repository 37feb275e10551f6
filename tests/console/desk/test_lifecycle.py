"""Lifecycle at the desk: that the rules tell the past otherwise by now is said there, with the entry that notes it."""

from dataclasses import replace

from desk import sign_in

from gateway.becoming.restating import note

HEAD = "Rules that tell the past otherwise"


def page(someone):
    answer = someone.get("/desk/lifecycle")
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def write(site, rules):
    with site.services.unit_of_work() as work:
        note(work, site.services.ledger, rules)


def edited(rules, name, digest, **values):
    new = tuple(replace(rule, **values) if rule.id == name else rule for rule in rules.rules)
    return replace(rules, rules=new, digest=digest)


def test_an_edit_that_counts_for_the_past_is_shown_with_its_day_what_changed_and_its_entry(site, clock):
    rules = site.services.policies.lifecycle
    viewer = sign_in(site, "viewer")
    write(site, rules)
    assert HEAD not in page(viewer)  # the first rules restate nothing
    clock.move(days=1)
    viewer = sign_in(site, "viewer")
    other = edited(rules, "LC-20", "another", kind="long_term")
    paces = {**other.paces, "coffee": replace(other.paces["coffee"], lasts=30)}
    write(site, replace(other, paces=paces))
    shown = page(viewer)
    assert HEAD in shown
    title = next(rule.title for rule in rules.rules if rule.id == "LC-20")
    assert f"<code>LC-20</code> {title}, <code>pace coffee</code> how long something lasts" in shown
    entry = shown.partition('href="/desk/ledger/')[2].partition('"')[0]
    assert "LC-20" in viewer.get(f"/desk/ledger/{entry}").get_data(as_text=True)
    day = clock.now()
    assert f"{day.day} {day:%b %Y}" in shown.partition(HEAD)[2].partition("LC-20")[0]


def test_the_newest_come_first_and_only_the_last_few(site, clock):
    rules = site.services.policies.lifecycle
    write(site, rules)
    for n in range(7):
        clock.move(days=1)
        rules = edited(rules, "LC-20", f"digest {n}", kind="long_term" if n % 2 else "short_term", phase="inactive")
        rules = edited(rules, "LC-20", f"digest {n}", from_on=clock.now().date().replace(year=2020 - n))
        write(site, rules)
    shown = page(sign_in(site, "viewer")).partition(HEAD)[2].partition("</section>")[0]
    entries = [int(part.partition('"')[0]) for part in shown.split('href="/desk/ledger/')[1:]]
    assert entries == sorted(entries, reverse=True)
    assert len(entries) == 5
