"""Our reader of plain answers against dnspython, on real messages and on what chance makes of them."""

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mailroutes.odd import MalformedError, read_any
from gateway.mailroutes.wire import (
    AAAA,
    MX,
    A,
    OddError,
    Reply,
    is_answer,
    is_truncated,
    is_useless,
    message_of,
    question_of,
    read_plain,
)

NAME = "mail.example.com"
SOA = ("example.com. {} IN SOA ns.example.com. dns.example.com. 1 60 60 60 {}",)
KINDS = {"MX": MX, "A": A, "AAAA": AAAA}


def reply_to(kind, *, answer=(), authority=(), additional=(), rcode="NOERROR", name=NAME, edns=True, compress=True):
    """The wire form of a response as dnspython writes it; a long-hand name where ``compress`` is off."""
    query = dns.message.make_query(name, kind, use_edns=0 if edns else -1, payload=1232)
    query.id = 7
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(dns.rcode.from_text(rcode))
    for section, texts in (
        (response.answer, answer),
        (response.authority, authority),
        (response.additional, additional),
    ):
        section.extend(record(text) for text in texts)
    wire = response.to_wire()
    return wire if compress else wire.replace(b"\xc0\x0c", question_of(name, KINDS[kind])[:-4])


def record(text):
    owner, ttl, space, kind, data = text.split(" ", 4)
    return dns.rrset.from_text(owner, int(ttl), space, kind, data)


def of(kind, *data, owner=NAME, ttl=300):
    """Records of one kind, each in an RRset of its own."""
    return [f"{owner}. {ttl} IN {kind} {one}" for one in data]


def _with_options_twice(wire):
    return wire[:11] + b"\x02" + wire[12:] + wire[-11:]


MESSAGES = {
    "mx": ("MX", reply_to("MX", answer=of("MX", "10 mx.example.com.", "20 mx.example.net."))),
    "null mx": ("MX", reply_to("MX", answer=of("MX", "0 ."))),
    "null mx twice": ("MX", reply_to("MX", answer=of("MX", "0 .", "0 ."))),
    "null mx among others": ("MX", reply_to("MX", answer=of("MX", "0 .", "10 mx.example.com."))),
    "the root with a preference": ("MX", reply_to("MX", answer=of("MX", "10 ."))),
    "preference 0": ("MX", reply_to("MX", answer=of("MX", "0 mail.example.com."))),
    "many": ("MX", reply_to("MX", answer=of("MX", *(f"{i} mx{i}.example.com." for i in range(40))))),
    "two ttls": ("MX", reply_to("MX", answer=[*of("MX", "1 a."), *of("MX", "2 b.", ttl=60)])),
    "the longest ttl": ("MX", reply_to("MX", answer=of("MX", "1 a.", ttl=2**31 - 1))),
    "no ttl": ("MX", reply_to("MX", answer=of("MX", "1 a.", ttl=0))),
    "without edns": ("MX", reply_to("MX", answer=of("MX", "1 a."), edns=False)),
    "not compressed": ("MX", reply_to("MX", answer=of("MX", "1 a."), compress=False)),
    "a": ("A", reply_to("A", answer=of("A", "192.0.2.1", "192.0.2.2"))),
    "aaaa": ("AAAA", reply_to("AAAA", answer=of("AAAA", "2001:db8::1"))),
    "with addresses": (
        "MX",
        reply_to(
            "MX", answer=of("MX", "1 mx.example.com."),
            additional=[
                *of("A", "192.0.2.1", owner="mx.example.com"),
                *of("AAAA", "2001:db8::1", owner="mx.example.com"),
            ],
        ),
    ),
    "with name servers": (
        "MX", reply_to("MX", answer=of("MX", "1 a."), authority=of("NS", "ns.example.com.", owner="example.com")),
    ),
    "alias": ("MX", reply_to("MX", answer=[*of("CNAME", "x.example.net."), *of("MX", "1 a.", owner="x.example.net")])),
    "alias of nothing": (
        "MX",
        reply_to("MX", answer=of("CNAME", "x.example.com."), authority=[SOA[0].format(60, 30)]),
    ),
    "aliases in a circle": ("MX", reply_to("MX", answer=[*of("CNAME", "x."), *of("CNAME", f"{NAME}.", owner="x")])),
    "another type": ("MX", reply_to("MX", answer=of("TXT", '"v=spf1 -all"'))),
    "another name": ("MX", reply_to("MX", answer=of("MX", "1 a.", owner="x.example.net"))),
    "no such name": ("MX", reply_to("MX", rcode="NXDOMAIN", authority=[SOA[0].format(60, 30)])),
    "no such name, of the root": (
        "MX", reply_to("MX", rcode="NXDOMAIN", authority=[". 60 IN SOA a. b. 1 2 3 4 86400"]),
    ),
    "no such name, and nobody says so": ("MX", reply_to("MX", rcode="NXDOMAIN")),
    "no such name, of another zone": (
        "MX", reply_to("MX", rcode="NXDOMAIN", authority=["example.net. 60 IN SOA a. b. 1 2 3 4 5"]),
    ),
    "empty": ("MX", reply_to("MX", authority=[SOA[0].format(7200, 3600)])),
    "empty for long": ("MX", reply_to("MX", authority=[SOA[0].format(60, 2**32 - 1)])),
    "empty, and nobody says so": ("MX", reply_to("MX")),
    "name servers only": ("MX", reply_to("MX", authority=of("NS", "ns.example.com.", owner="example.com"))),
    "options twice": ("MX", _with_options_twice(reply_to("MX", answer=of("MX", "1 a.")))),
    "answer to a name that is not there": ("MX", reply_to("MX", rcode="NXDOMAIN", answer=of("MX", "1 a."))),
}  # fmt: skip
PLAIN = {
    "mx", "null mx", "null mx among others", "the root with a preference", "preference 0", "many",
    "two ttls", "no ttl", "without edns", "a", "aaaa", "with addresses", "no such name", "no such name, of the root",
    "empty", "empty for long",
}  # fmt: skip


def ours(wire, kind):
    try:
        return read_plain(wire, question_of(NAME, KINDS[kind]))
    except OddError:
        return OddError


def theirs(wire):
    try:
        return read_any(wire)
    except MalformedError:
        return MalformedError


@pytest.mark.parametrize("case", MESSAGES)
def test_plain_answers_mean_the_same_as_to_dnspython(case):
    kind, wire = MESSAGES[case]
    assert is_answer(wire, 7, question_of(NAME, KINDS[kind]))
    got = ours(wire, kind)
    assert got in {OddError, theirs(wire)}
    if case in PLAIN:
        assert isinstance(got, Reply), "read by hand, or it would be slow"


def test_some_meanings_by_name():
    assert ours(MESSAGES["null mx"][1], "MX") == Reply("null_mx", 300)
    assert ours(MESSAGES["null mx among others"][1], "MX") == Reply("records", 300)
    assert ours(MESSAGES["two ttls"][1], "MX") == Reply("records", 60)
    assert ours(MESSAGES["no such name"][1], "MX") == Reply("no_such_name", 30)
    assert ours(MESSAGES["empty"][1], "MX") == Reply("empty", 3600)
    assert theirs(MESSAGES["alias of nothing"][1]) == Reply("empty", 30)
    assert theirs(MESSAGES["aliases in a circle"][1]) is None
    assert theirs(b"\x00\x01\x02") is MalformedError


@st.composite
def spoiled(draw):
    """A real message with octets changed, cut out, put in, counts and pointers preferred."""
    kind, wire = draw(st.sampled_from(list(MESSAGES.values())))
    octets = bytearray(wire)
    tail = 12 + len(question_of(NAME, KINDS[kind]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.one_of(st.integers(2, 11), st.integers(tail, max(tail, len(octets) - 1))))
        value = draw(st.one_of(st.sampled_from([0, 1, 2, 4, 6, 12, 15, 41, 63, 64, 0xC0, 255]), st.integers(0, 255)))
        match draw(st.sampled_from(["set", "set", "set", "cut", "put", "end"])):
            case "set" if at < len(octets):
                octets[at] = value
            case "cut":
                del octets[max(at, tail) : at + draw(st.integers(1, 5))]
            case "put":
                octets[max(at, tail) : max(at, tail)] = bytes([value])
            case "end":
                octets += octets[tail : tail + draw(st.integers(1, 40))]
    return kind, bytes(octets)


@settings(max_examples=600, deadline=None)
@given(spoiled())
def test_whatever_chance_makes_of_a_message_it_never_means_something_else(case):
    kind, wire = case
    question = question_of(NAME, KINDS[kind])
    if not is_answer(wire, 7, question) or is_truncated(wire) or is_useless(wire):
        return  # nobody reads further
    got = ours(wire, kind)
    if got is not OddError:
        assert got == theirs(wire)
    theirs(wire)  # never another exception


@given(st.binary(max_size=80))
def test_random_octets_are_no_answer_and_no_crash(junk):
    question = question_of(NAME, MX)
    if is_answer(junk, 7, question):
        ours(junk, "MX")
    theirs(junk)


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        (lambda wire: wire, True),
        (lambda wire: wire.replace(b"example", b"eXAMple", 1), True),
        (lambda wire: b"\x00\x08" + wire[2:], False),  # another id
        (lambda wire: wire[:2] + bytes([wire[2] & 0x7F]) + wire[3:], False),  # a question
        (lambda wire: wire[:2] + bytes([wire[2] | 0x28]) + wire[3:], False),  # another opcode
        (lambda wire: wire.replace(b"example", b"exemple", 1), False),
        (lambda wire: wire.replace(b"\x00\x0f\x00\x01", b"\x00\x10\x00\x01", 1), False),  # another type
        (lambda wire: wire[:5] + b"\x02" + wire[6:], False),  # two questions
        (lambda wire: wire[:5] + b"\x00" + wire[6:], False),  # none, and yet an answer
        (lambda wire: wire[:3] + b"\x82\x00\x00" + wire[6:12], True),  # SERVFAIL need not repeat the question
        (lambda wire: wire[:11], False),
        (lambda _wire: b"", False),
    ],
)
def test_only_the_answer_to_our_question_counts(change, is_one):
    wire = change(reply_to("MX", answer=of("MX", "1 a.")))
    assert is_answer(wire, 7, question_of(NAME, MX)) is is_one


@pytest.mark.parametrize("kind", KINDS)
def test_questions_are_written_as_dnspython_writes_them(kind):
    query = dns.message.make_query(NAME, kind, use_edns=0, payload=1232)
    query.id = 4711
    assert message_of(4711, question_of(NAME, KINDS[kind])) == query.to_wire()


@pytest.mark.parametrize(
    ("domain", "is_askable"),
    [
        ("example.com", True), ("EXAMPLE.com", True), ("_dmarc.example.com", True), ("a", True),
        ("a" * 63 + ".com", True),
        ("a" * 64 + ".com", False), (".".join(["a" * 62] * 4), True), (".".join(["a" * 63] * 4), False),
        ("a..com", False), ("a b.example.com", True), ("\\", False),
    ],
)  # fmt: skip
def test_what_can_be_asked(domain, is_askable):
    assert (question_of(domain, MX) is not None) is is_askable
