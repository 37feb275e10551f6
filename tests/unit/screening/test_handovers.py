"""By whose hands a lead came: the links as stated, and where the chain is broken first."""

from dataclasses import replace
from datetime import date

from builders import BOUGHT, FORM

from gateway.domain.lead import Hop
from gateway.domain.ports import Sender
from gateway.screening.handovers import Link, chain_is_complete, first_break, links_of

US = Sender(("Riverside Garden Ltd",))


def said(*hops):
    return replace(BOUGHT, hops=tuple(Hop(*one) for one in hops))


def gaps(statement, sender=US):
    return [(link.giver, link.taker, link.gap) for link in links_of(statement, sender) if link.gap]


def test_what_the_person_gave_us_has_no_links():
    assert links_of(FORM, US) == []
    assert chain_is_complete(FORM, US) is True


def test_a_chain_that_joins_has_each_handover_and_no_gap():
    whole = said(("Site", "Broker", date(2026, 10, 1), "terms"), ("BROKER.", "riverside garden, ltd"))
    assert links_of(whole, US) == [
        Link("Site", "Broker", date(2026, 10, 1), "terms"), Link("BROKER.", "riverside garden, ltd"),
    ]  # fmt: skip
    assert chain_is_complete(whole, US) is True


def test_nothing_recorded_is_a_gap_before_the_vendor():
    assert gaps(BOUGHT) == [("", "Meridian Leads", "not_recorded")]
    assert links_of(BOUGHT, US)[-1] == Link("Meridian Leads", "Riverside Garden Ltd")
    assert chain_is_complete(BOUGHT, US) is False
    assert gaps(replace(BOUGHT, vendor=None)) == [("", "Riverside Garden Ltd", "not_recorded")]


def test_a_missing_step_stands_where_it_is_missing():
    torn = said(("Site", "First"), ("Second", "Vendor"), ("Vendor", "us"))
    assert gaps(torn) == [("First", "Second", "does_not_join")]
    assert [link.taker for link in links_of(torn, US)] == ["First", "Second", "Vendor", "us"]
    assert chain_is_complete(torn, US) is False


def test_a_chain_that_ends_elsewhere_does_not_reach_us():
    assert gaps(said(("Site", "Broker"))) == [("Broker", "Riverside Garden Ltd", "does_not_reach_us")]


def test_without_a_name_of_ours_nobody_can_tell():
    assert gaps(said(("Site", "Broker")), Sender()) == [("Broker", "", "we_have_no_name")]
    assert chain_is_complete(said(("Site", "Broker")), Sender()) is None
    assert chain_is_complete(said(("Site", "Broker"), ("Other", "Us Ltd")), Sender()) is False


DATED = replace(BOUGHT, collected_from=date(2026, 10, 1), collected_until=date(2026, 10, 31))


def test_the_first_broken_handover_is_named_with_why():
    whole = replace(DATED, hops=(Hop("Site", "Broker", date(2026, 11, 1)), Hop("Broker", "us", date(2026, 11, 2))))
    assert first_break(whole, US) == ("none", None)
    assert first_break(FORM, US) == ("none", None)
    assert first_break(BOUGHT, US) == ("not_recorded", "1: nobody says who to Meridian Leads")
    torn = said(("Site", "First"), ("Second", "Vendor"), ("Vendor", "elsewhere"))
    assert first_break(torn, US) == ("does_not_join", "2: First to Second")
    assert first_break(said(("Site", "Broker")), Sender()) == ("none", None)


def test_a_handover_before_the_collecting_or_before_an_earlier_one_breaks_the_chain_that_is_complete():
    early = replace(DATED, hops=(Hop("Site", "us", date(2026, 9, 30)),))
    assert first_break(early, US) == ("before_collected", "1: Site to us on 2026-09-30")
    assert chain_is_complete(early, US) is True
    steps = (
        Hop("Site", "Broker", date(2026, 11, 3)), Hop("Broker", "Other"), Hop("Other", "us", date(2026, 11, 2)),
    )  # fmt: skip
    assert first_break(replace(DATED, hops=steps), US) == ("goes_back", "3: Other to us on 2026-11-02")
    assert first_break(replace(DATED, hops=(Hop("Site", "us", date(2026, 10, 1)),)), US) == ("none", None)


def test_a_notice_must_name_who_took_the_leads():
    def broken(*hops):
        return first_break(replace(DATED, hops=hops), US)

    assert broken(Hop("Site", "Broker", names=("Another",)), Hop("Broker", "us")) == (
        "taker_not_named", "1: Site to Broker",
    )  # fmt: skip
    assert broken(Hop("Site", "Broker", names=("BROKER.", "Another")), Hop("Broker", "us")) == ("none", None)
    assert broken(Hop("Site", "us", names=("riverside garden, ltd",))) == ("none", None)
    assert broken(Hop("Site", "us", names=("us",))) == ("none", None)
    assert broken(Hop("Site", "us", names=("Another",)))[0] == "taker_not_named"
    assert broken(Hop("Site", "us")) == ("none", None)
    assert first_break(replace(DATED, hops=(Hop("Site", "Us Ltd", names=("Us Ltd",)),)), Sender()) == ("none", None)
