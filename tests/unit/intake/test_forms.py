"""The sources room: forms written down, found again, refused when they make no sense."""

import pytest
from builders import FORM

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.intake.forms import (
    Source,
    create_source,
    find_source,
    list_sources,
    origin_of,
    published_origins,
    redirect_after,
)

SHOP = Source(
    "shop-1", "The shop's footer", FORM, published=True, requires_tick=False, origins=("https://shop.example.com",),
    received_url="https://shop.example.com/thanks", problems_url="https://shop.example.com/again",
)  # fmt: skip


def make(engine, clock, *sources):
    with unit_of_work(engine, clock.now()) as work:
        for source in sources:
            create_source(work, source)


def test_a_form_comes_back_as_it_was_written_down(engine, clock):
    make(engine, clock, SHOP)
    with reading(engine) as connection:
        assert find_source(connection, "shop-1") == SHOP
        assert find_source(connection, "shop-2") is None


@pytest.mark.parametrize("key", ["", "SHOP-1", "shop-1\0", "shop-1'--", "x" * 65, "\ud800"])
def test_text_that_is_no_key_finds_nothing_and_harms_nothing(engine, clock, key):
    make(engine, clock, SHOP)
    with reading(engine) as connection:
        assert find_source(connection, key) is None


def test_forms_are_listed_by_key(engine, clock):
    make(engine, clock, Source("zebra", "Z", FORM), SHOP, Source("ant", "A", FORM))
    with reading(engine) as connection:
        assert [source.key for source in list_sources(connection)] == ["ant", "shop-1", "zebra"]


def test_only_published_forms_open_their_origins(engine, clock):
    make(engine, clock, SHOP, Source("private", "P", FORM, origins=("https://private.example.com",)))
    with reading(engine) as connection:
        assert published_origins(connection) == {"https://shop.example.com"}


def test_a_key_is_given_once(engine, clock):
    make(engine, clock, SHOP)
    with pytest.raises(CallerError) as caught:
        make(engine, clock, SHOP)
    assert [problem.code for problem in caught.value.problems] == ["source_exists"]


def test_everything_that_is_wrong_is_told_at_once(engine, clock):
    bad = Source(
        "Bad Key",
        " ",
        FORM,
        origins=("https://x.example.com/", "*"),
        received_url="/thanks",
        problems_url="javascript:1",
    )
    with pytest.raises(CallerError) as caught:
        make(engine, clock, bad)
    assert [problem.field for problem in caught.value.problems] == [
        "key", "title", "origins[0]", "origins[1]", "received_url", "problems_url",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "origin"),
    [("https://www.example.com/a?b#c", "https://www.example.com"),
     ("https://www.example.com:443/", "https://www.example.com"),
     ("http://www.example.com:8080", "http://www.example.com:8080"), ("https://[2001:db8::1]/x", "https://[2001:db8::1]"),
     ("HTTPS://WWW.Example.com/", "https://www.example.com"), ("https://www.example.com:x/", None),
     ("https://[x]/", None),
     ("ftp://www.example.com/", None), ("//www.example.com/", None), ("https:///x", None), ("null", None), ("", None),
     ("https://a@www.example.com/", None), ("https://www.example.com\\.evil.example.net/", None),
     ("https://www.example.com\t/", None)],
)  # fmt: skip
def test_the_origin_of_an_address(url, origin):
    assert origin_of(url) == origin


def test_a_form_without_pages_of_its_own_leads_to_ours():
    assert redirect_after(Source("demo", "D", FORM), "https://anywhere.example.com/") is None
    assert redirect_after(SHOP, None) == "https://shop.example.com/thanks"
