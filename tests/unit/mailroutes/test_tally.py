"""Most frequent first, in bounded memory."""

from gateway.mailroutes.tally import Tally, rough_domains


def test_the_most_frequent_come_first_each_once():
    tally = Tally()
    tally.feed(["a.example.com", "b.example.com", "b.example.com", None, "c.example.com"])
    tally.feed(["c.example.com", "c.example.com"])
    assert tally.take(2) == ["c.example.com", "b.example.com"]
    assert (tally.take(5), tally.take(5), len(tally)) == (["a.example.com"], [], 0)


def test_what_comes_later_finds_its_place():
    tally = Tally()
    tally.feed(f"d{i}.example.com" for i in range(100))
    tally.take(10)
    tally.feed(["new.example.com"] * 5 + [f"e{i}.example.com" for i in range(40)])
    assert tally.take(1) == ["new.example.com"]


def test_no_more_are_counted_than_allowed_and_those_known_go_on_counting():
    tally = Tally(3)
    tally.feed(f"d{i}.example.com" for i in range(10))
    tally.feed(["d1.example.com", "d9.example.com", "d9.example.com"])
    assert len(tally) == 3
    assert tally.take(10)[0] == "d1.example.com"


def test_what_cannot_be_a_domain_is_left_out():
    tally = Tally()
    tally.feed(
        [
            "",
            "nodot",
            "a..b",
            "-a.example.com",
            "a.-b",
            "ü.example.com",
            "a b.example.com",
            "x" * 64 + ".com",
            "a" * 260,
        ]
    )
    assert len(tally) == 0


def test_the_domain_of_a_cell():
    cells = [" Ann@EXAMPLE.com ", "ann@a@example.org", "no address", "", None, 5]
    assert list(rough_domains(cells)) == ["example.com", "example.org", "no address", ""]
