"""Files of domains: the plain forms are taken, and every line that is none is named."""

import pytest

from gateway.domain.problem import CallerError
from gateway.reference.domains import as_domain, read_domains


@pytest.mark.parametrize(
    "text",
    [
        "vtext.com\ntmomail.net\n",
        "# the FCC's list\n\nVText.COM.\n  tmomail.net  \nvtext.com\n",
        "Domain Name\nvtext.com\ntmomail.net\n",
        "carrier,domain,since\nOne,vtext.com,2005\n# gone\nTwo,tmomail.net,2006\n",
        'carrier\tDomain_Name\n"One"\tvtext.com\nTwo\ttmomail.net\n',
        "domain;carrier\r\nvtext.com;One\r\ntmomail.net;Two\r\n",
        '"carrier, if known","wireless domain"\n"Verizon, Inc.","vtext.com"\n,"tmomail.net"\n',
    ],
)
def test_the_plain_forms(text):
    assert read_domains(text) == ["vtext.com", "tmomail.net"]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("sms.Example.COM", "sms.example.com"), ("münchen.example", "xn--mnchen-3ya.example"), ("a.b-c.d1", "a.b-c.d1"),
        ("com", None), ("192.0.2.1", None), ("-a.com", None), ("a_b.com", None), ("a..com", None), ("", None),
        ("ann@example.com", None), ("*.vtext.com", None), (f"{'a' * 64}.com", None), ("\u2603\u200d.com", None),
    ],
)  # fmt: skip
def test_what_a_domain_is(text, domain):
    assert as_domain(text) == domain


def test_every_line_that_is_no_domain_is_named():
    with pytest.raises(CallerError) as refused:
        read_domains("vtext.com\n*.mms.att.net\n\nnonsense\n@vtext.com\n")
    problems = [(p.line, p.code, p.suggestion) for p in refused.value.problems]
    assert problems == [
        (2, "not_a_domain", "mms.att.net"), (4, "not_a_domain", None), (5, "not_a_domain", "vtext.com"),
    ]  # fmt: skip


def test_a_row_too_short_is_named():
    with pytest.raises(CallerError) as refused:
        read_domains("carrier,domain\nOne,vtext.com\nTwo\n")
    assert [p.line for p in refused.value.problems] == [3]


def test_a_file_that_is_something_else_is_refused_in_few_words():
    with pytest.raises(CallerError) as refused:
        read_domains("\n".join(f"<p>line {n}</p>" for n in range(1000)))
    assert len(refused.value.problems) == 21
    assert "980" in refused.value.problems[-1].message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_list"), ("# nothing\n\n", "empty_list"), ("domain\n", "empty_list"),
        ("vtext.com,Verizon\n", "no_domain_column"), ("carrier,notes\nOne,x\n", "no_domain_column"),
    ],
)  # fmt: skip
def test_nothing_is_guessed(text, code):
    with pytest.raises(CallerError) as refused:
        read_domains(text)
    assert [p.code for p in refused.value.problems] == [code]


def test_a_cell_beyond_the_reader_s_limit_is_named_by_its_line():
    with pytest.raises(CallerError) as refused:
        read_domains(f"carrier,domain\nOne,vtext.com\nTwo,{'a' * 200_000}\n")
    assert [(p.line, p.code) for p in refused.value.problems] == [(3, "unreadable")]


def test_one_more_line_is_one_line():
    with pytest.raises(CallerError) as refused:
        read_domains("nonsense\n" * 21)
    assert refused.value.problems[-1].message == "and 1 more line like these"
