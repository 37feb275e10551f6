from datetime import UTC, datetime, timedelta

from gateway.db.work import reading, unit_of_work
from gateway.economics.kept import Numbers, find_kept, keep
from gateway.economics.worth import Kept, Worth, worth_of

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def kept(scope, name, minor, currency="USD", *, per="prospect", people=100):
    return Kept(scope, name, per, Worth(minor, minor // 2, minor * 2, currency, people))


FOUND = [
    kept("all", "", 500), kept("all", "", 400, "EUR"),
    kept("vendor", "meridian leads", 300), kept("vendor", "", 200, people=0),
    kept("form", "newsletter", 900), kept("form", "newsletter", 600, per="row"), kept("list", "list_7", 250),
]  # fmt: skip


def write(engine, at=AT, found=FOUND):
    with unit_of_work(engine, at) as work:
        keep(work, Numbers(at, 5, {"people": 3}), "[]", found)


def test_a_source_then_its_vendor_then_its_kind_then_all_are_asked(engine):
    write(engine)
    with reading(engine) as connection:
        assert worth_of(connection, as_of=AT, source="list_7").minor == 250
        assert worth_of(connection, as_of=AT, source="list_8", vendor=" Meridian  LEADS ").minor == 300
        assert worth_of(connection, as_of=AT, vendor="Nobody Yet") == Worth(200, 100, 400, "USD", 0)
        assert worth_of(connection, as_of=AT, source="newsletter").minor == 900
        assert worth_of(connection, as_of=AT, source="newsletter", per="row").minor == 600
        assert worth_of(connection, as_of=AT, source="other-form").minor == 500


def test_currencies_are_never_mixed(engine):
    write(engine)
    with reading(engine) as connection:
        assert worth_of(connection, as_of=AT, currency="EUR") == Worth(400, 200, 800, "EUR", 100)
        assert worth_of(connection, as_of=AT).currency == "USD"  # the one in which it is worth most
        assert worth_of(connection, as_of=AT, currency="JPY") is None


def test_what_was_reckoned_later_is_not_known_yet(engine):
    write(engine)
    write(engine, AT + timedelta(days=1), [kept("all", "", 777)])
    with reading(engine) as connection:
        assert worth_of(connection, as_of=AT - timedelta(seconds=1)) is None
        assert worth_of(connection, as_of=AT).minor == 500
        assert worth_of(connection, as_of=AT + timedelta(days=2)).minor == 777


def test_the_oldest_numbers_make_room(engine):
    for day in range(12):
        write(engine, AT + timedelta(days=day))
    with reading(engine) as connection:
        assert find_kept(connection, AT + timedelta(days=1)) is None
        assert worth_of(connection, as_of=AT + timedelta(days=1)) is None
        assert find_kept(connection, AT + timedelta(days=2)).body == {"people": 3}
