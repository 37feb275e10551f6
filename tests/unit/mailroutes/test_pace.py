"""How fast servers are asked: a limit that holds, halved when they fail, and the way back."""

import pytest

from gateway.config import Settings, SettingsError, load
from gateway.mailroutes.pace import FAR, NEAR, OWN, SLOWEST, Pace, usual_rate
from gateway.mailroutes.routes import Routes


class Watch:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def sent(pace, watch, seconds, step=0.001):
    count = 0
    for _ in range(round(seconds / step)):
        watch.now += step
        while pace.spend():
            count += 1
    return count


@pytest.mark.parametrize("limit", [50, 1000, 4000])
def test_no_more_than_the_limit_but_for_what_idleness_saved(limit):
    watch = Watch()
    pace = Pace(limit, watch)
    most = max(10, limit / 20)
    assert limit * 2 - 1 <= sent(pace, watch, 2) <= limit * 2 + most
    watch.now += 3600
    assert sent(pace, watch, 1) <= limit + most


def test_it_says_how_long_to_wait():
    watch = Watch()
    pace = Pace(50, watch)
    while pace.spend():
        pass
    assert pace.wait() == pytest.approx(0.02)


def hear(pace, watch, good, bad):
    for is_good in [True] * good + [False] * bad:
        pace.heard(good=is_good)
    watch.now += 1.1
    pace.heard(good=True)


def test_failures_halve_it_down_to_a_floor_and_answers_bring_it_back():
    watch = Watch()
    pace = Pace(1600, watch)
    hear(pace, watch, 90, 10)  # a list's dead domains
    assert pace.rate == 1600
    hear(pace, watch, 60, 40)
    assert pace.rate == 800
    for _ in range(10):
        hear(pace, watch, 0, 100)
    assert pace.rate == 1600 / SLOWEST
    for _ in range(10):
        hear(pace, watch, 100, 0)
    assert pace.rate == 1600


def test_a_few_failures_say_nothing():
    watch = Watch()
    pace = Pace(1600, watch)
    hear(pace, watch, 0, 10)
    assert pace.rate == 1600


@pytest.mark.parametrize(
    ("hosts", "rate"),
    [
        (["127.0.0.1"], OWN), (["::1"], OWN), (["127.0.0.53"], NEAR), (["10.0.0.2"], NEAR), (["fe80::1%eth0"], NEAR),
        (["fd00::1"], NEAR), (["8.8.8.8"], FAR), (["2001:4860:4860::8888"], FAR), (["127.0.0.1", "8.8.8.8"], FAR),
        (["https://example.com/dns-query"], FAR), ([], NEAR),
    ],
)  # fmt: skip
def test_the_usual_rate_is_that_of_the_least_able(hosts, rate):
    assert usual_rate([(host, 53) for host in hosts]) == rate


def test_the_setting_decides_where_there_is_one():
    def of(env):
        return Routes(None, load(env)).pace().limit

    server = {"GATEWAY_NAMESERVERS": "127.0.0.1"}
    assert of(server) == of(server | {"GATEWAY_DNS_RATE": "0"}) == OWN
    assert of(server | {"GATEWAY_DNS_RATE": "70"}) == 70


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DNS_RATE", "fast"),
        ("DNS_RATE", "-1"),
        ("DNS_RATE", "100001"),
        ("RUN_DNS_SECONDS", "0"),
        ("RUN_DNS_SECONDS", "481"),
    ],
)
def test_settings_that_make_no_sense_are_refused(name, text):
    with pytest.raises(SettingsError, match=name):
        load({f"GATEWAY_{name}": text})
    assert Settings().run_dns_seconds == load({"GATEWAY_RUN_DNS_SECONDS": "120"}).run_dns_seconds == 120
