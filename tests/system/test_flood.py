"""Ten times as many signups as can be carried: who is turned away is told when to come again, and nobody is lost."""

import time
from collections import Counter

import pytest
from flood import flood, one
from sqlalchemy import text

from gateway.db.engine import open_engine


@pytest.fixture
def site(house):
    house.env["GATEWAY_PROCESSES"] = "2"
    house.run(
        "sources", "add", "site", "--title", "The site's form", "--wording", "Yes, write to me.",
        "--proof", "never", "--most-an-hour", "10000000",
    )  # fmt: skip
    return house.serve()


def kept(house):
    """How often each address is in the database."""
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    with engine.connect() as connection:
        found = Counter(connection.execute(text("SELECT address FROM leads")).scalars())
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("times", "seconds"),
    [(10, 2), pytest.param(10, 20, marks=pytest.mark.slow), pytest.param(float("inf"), 10, marks=pytest.mark.slow)],
)
def test_ten_times_the_load_is_answered_loses_nothing_and_passes(house, site, times, seconds):
    """Ten times what four callers at ease get done; or as much as 1,500 who come again at once can send."""
    port = int(house.env["GATEWAY_PORT"])
    assert one(port, "first@example.com") == 202  # reads the policies
    at_ease = flood(port, "ease", most=4, seconds=2)
    rate = times * len(at_ease.taken) / at_ease.lasted
    for name in ("flood", "again", "more"):
        told = flood(port, name, rate=rate, seconds=seconds)
        if told.statuses[503]:
            break
        rate *= 3  # at ease it was slow for want of a processor, and this was no flood
    over = time.monotonic()
    print(f"{len(at_ease.taken) / at_ease.lasted:.0f}/s at ease; {told}")
    assert set(told.statuses) <= {202, 429, 503}
    assert (told.broken, told.without_retry_after) == ([], 0)
    assert sum(told.statuses.values()) == told.sent
    assert told.statuses[503], "it was no flood"
    assert told.statuses[202], "nobody was carried"
    while (answer := one(port, "after@example.com")) != 202:
        assert answer in {429, 503}
        assert time.monotonic() < over + 10, "the flood is over, and signups are still turned away"
        time.sleep(0.2)
    found = kept(house)
    assert {address: found[address] for address in told.taken} == dict.fromkeys(told.taken, 1)
    assert found["after@example.com"] == 1
    sent = {f"{name}{number + 1}@example.com" for number in range(told.sent)}
    assert {address for address in found if address in sent} == set(told.taken), "who was turned away is not kept"
