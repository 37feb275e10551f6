"""The view for analysts: who may be written to, about what, without anything that names them."""

import random

import pytest
from builders import key
from emitting import go, sign_up
from sqlalchemy import insert, text, update

from gateway.confirmation.tables import confirmations
from gateway.db.migrate import upgrade
from gateway.domain.purposes import kept
from gateway.handout import find_orders
from gateway.lifecycle.store import export_some
from gateway.lifecycle.tables import prospects

NAMES = [
    "prospect", "phase", "phase_since", "country", "purposes", "has_phone", "origin_kind", "source", "arrived_at",
    "accepted_at", "decision", "policy_digest", "not_for",
]  # fmt: skip


def seen(services):
    """Purposes, and what they left, by prospect."""
    with services.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM prospects_for_analysts ORDER BY prospect")).all()
    return {row.prospect: (row.purposes, row.not_for) for row in rows}


def confirmed(services, address, purposes, *, state="confirmed"):
    with services.unit_of_work() as work:
        work.connection.execute(insert(confirmations).values(
            lead_id=1, match_key=key(address), source="demo", token_digest=random.randbytes(32), purposes=purposes,
            language="en", state=state, asked_at=work.at, expires_at=work.at,
        ))  # fmt: skip


def test_what_is_in_it(services):
    sign_up(services, "ann@example.com", purposes="news offers")
    with services.engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM prospects_for_analysts"))
        assert list(found.keys()) == NAMES
        (row,) = found.all()
    assert (row.prospect, row.purposes, row.not_for, row.origin_kind, row.source) == (
        1,
        "news offers",
        None,
        "form",
        "demo",
    )
    assert not any("ann" in str(cell) for cell in row)


def test_a_purpose_that_was_left_is_not_shown_and_said_beside(services, clock):
    sign_up(services, "ann@example.com", purposes="news,offers events")
    sign_up(services, "bob@example.com", purposes="news offers")
    clock.move(minutes=1)
    go(services, "ann@example.com", scope="purpose:Offers")
    assert seen(services) == {1: ("news events", "offers"), 2: ("news offers", None)}


def test_who_left_every_purpose_is_not_in_it(services, clock):
    sign_up(services, "ann@example.com", purposes="news offers")
    clock.move(minutes=1)
    for word in ("news", "offers"):
        go(services, "ann@example.com", scope=f"purpose:{word}")
    assert seen(services) == {}


def test_of_a_lead_that_names_none_only_what_they_left_is_said(services, clock):
    sign_up(services, "ann@example.com")
    clock.move(minutes=1)
    go(services, "ann@example.com", scope="purpose:offers")
    assert seen(services)[1][1] == "offers"
    assert not seen(services)[1][0]


@pytest.mark.parametrize(("purposes", "state", "shown"),
    [("offers", "confirmed", ("news offers", None)), ("news,OFFERS", "confirmed", ("news offers", None)),
     ("news", "confirmed", ("news", "offers")), ("offers", "asked", ("news", "offers")),
     ("special-offers", "confirmed", ("news", "offers"))],
)  # fmt: skip
def test_a_later_yes_that_was_confirmed_brings_it_back_and_nothing_else_does(services, clock, purposes, state, shown):
    sign_up(services, "ann@example.com", purposes="news offers")
    clock.move(minutes=1)
    go(services, "ann@example.com", scope="purpose:offers")
    clock.move(minutes=1)
    confirmed(services, "ann@example.com", purposes, state=state)
    assert seen(services)[1] == shown


def test_a_yes_before_it_was_left_again_brings_nothing_back(services, clock):
    sign_up(services, "ann@example.com", purposes="news offers")
    for again in range(2):
        clock.move(minutes=1)
        go(services, "ann@example.com", scope="purpose:offers")
        if not again:
            clock.move(minutes=1)
            confirmed(services, "ann@example.com", "offers")
    assert seen(services)[1] == ("news", "offers")


@pytest.mark.parametrize("seed", range(3))
def test_it_says_what_is_handed_out(services, clock, seed):
    """Whatever people agreed to, left and asked for again: as gateway/handout.py has it."""
    rng = random.Random(seed)
    words = ["news", "Offers", "events", "it's", 'a"b', "100%", "x_y"]
    people = [f"p{n}@example.com" for n in range(12)]
    for address in people:
        sign_up(services, address, purposes="news")
        with services.unit_of_work() as work:
            said = rng.choice([" ", ", ", ","]).join(rng.sample(words, rng.randint(1, 4)))
            here = update(prospects).where(prospects.c.match_key == key(address))
            work.connection.execute(here.values(purposes=rng.choice([said, said, said, None])))
    for _ in range(40):
        clock.move(minutes=1)
        address, word = rng.choice(people), rng.choice(words)
        if rng.random() < 0.7:
            go(services, address, scope=f"purpose:{rng.choice([word, word.upper()])}")
        else:
            confirmed(services, address, rng.choice([word, f"{word},news"]))
    with services.engine.connect() as connection:
        page = export_some(connection, list(range(1, len(people) + 1)))
        orders = find_orders(connection, page)
    wanted = {}
    for one in page:
        left = orders.get(one["id"], frozenset())
        if left is not None:
            purposes = " ".join(kept(one["purposes"], left)) if one["purposes"] else one["purposes"]
            wanted[one["id"]] = (purposes, sorted(left))
    told = {n: (purposes, sorted((left or "").split())) for n, (purposes, left) in seen(services).items()}
    assert {n: (" ".join((said or "").replace(",", " ").split()), left) for n, (said, left) in told.items()} == {
        n: (said or "", left) for n, (said, left) in wanted.items()
    }


def test_the_view_from_before_is_made_again_by_a_downgrade(services):
    sign_up(services, "ann@example.com", purposes="news")
    from pathlib import Path

    from alembic import command
    from alembic.config import Config

    from gateway.db import migrate

    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    with services.engine.connect() as connection:
        assert list(connection.execute(text("SELECT * FROM prospects_for_analysts")).keys()) == NAMES[:-1]
    upgrade(services.engine)
    assert seen(services) == {1: ("news", None)}
