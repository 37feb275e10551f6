"""Every opt-out in a file is found, however it is wrapped; what is not understood is said."""

import time
from hashlib import sha256

import pytest

from gateway.domain.problem import CallerError
from gateway.intake.suppression_file import read_suppression_file
from gateway.screening.address.found import find_addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("stop@example.com", ["stop@example.com"]),
        ("Olga <o2@example.com>", ["o2@example.com"]),
        ('"o3@example.com; please stop",2026-01-01', ["o3@example.com"]),
        ("o4@example.com o5@example.com", ["o4@example.com", "o5@example.com"]),
        ("MAILTO:o6@example.com", ["o6@example.com"]),
        ("o7@example.com,2026-01-01,a|b", ["o7@example.com"]),
        ('o1@example.com,2026,"Mozilla/5.0 (X11; Linux)"', ["o1@example.com"]),
        ("zed4@example.com,", ["zed4@example.com"]),
        ("o'brien@example.com", ["o'brien@example.com"]),
        ("Pat <o'brien@example.com>,'o'dea.x@example.com'", ["o'brien@example.com", "o'dea.x@example.com"]),
        ("o\u2019brien@example.com", ["o\u2019brien@example.com"]),
        ("'o8@example.com' email='o9@example.com'", ["o8@example.com", "o9@example.com"]),
        ("\u201co10@example.com\u201d \u2018o11@example.com\u2019", ["o10@example.com", "o11@example.com"]),
        ("mailto:o'hara@example.com?subject=stop", ["o'hara@example.com"]),
        ("a@@example.com b@c@example.com", ["a@@example.com", "b@c@example.com"]),
        ("@example.com", []),
        ("nobody", []),
    ],
)  # fmt: skip
def test_addresses_are_found_in_whatever_stands_around_them(text, found):
    assert find_addresses(text) == found


@pytest.mark.parametrize("text", ["a" * 200_000, "a'" * 100_000, "a@" * 100_000, "a@a" + "@" * 200_000])
def test_a_long_text_is_read_once(text):
    began = time.process_time()
    find_addresses(text)
    assert time.process_time() - began < 20  # a far limit: read again from each letter it takes an hour


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_file_is_read_whatever_its_encoding(tmp_path, encoding):
    path = tmp_path / "opt.csv"
    path.write_bytes("Email,Name\r\nann@example.com,Zoë\r\n\r\nbob@example.org\r\n@example.net\r\n".encode(encoding))
    found = read_suppression_file(path)
    assert found.addresses == ["ann@example.com", "bob@example.org"]
    assert (found.rows, found.unread) == (3, [{"row": 5, "reason": "no_address"}])


def test_a_first_line_without_a_heading_counts(tmp_path):
    path = tmp_path / "opt.txt"
    path.write_text("ann@example.com\nb..ob@example.org\n", encoding="utf-8")
    found = read_suppression_file(path)
    assert found.addresses == ["ann@example.com", "b..ob@example.org"]
    assert found.unread == [{"row": 2, "reason": "address_not_valid"}]


def test_a_file_without_any_address_is_an_error(tmp_path):
    path = tmp_path / "opt.txt"
    path.write_text("email\nnobody\n", encoding="utf-8")
    with pytest.raises(CallerError, match="no address"):
        read_suppression_file(path)


def test_a_line_without_an_address_may_hold_phone_numbers(tmp_path):
    path = tmp_path / "opt.csv"
    text = "Name,Phone\nAnn,(206) 555-0100\nBo;+44 20 7946 0018\nCy,2026-11-21\nann@example.com,2065550199\n"
    path.write_text(text, encoding="utf-8")
    found = read_suppression_file(path)
    assert (found.addresses, found.phones) == (["ann@example.com"], ["+12065550100", "+442079460018"])
    assert (found.rows, found.unread) == (4, [{"row": 4, "reason": "no_address"}])


def test_a_file_of_phone_numbers_alone(tmp_path):
    path = tmp_path / "calls.txt"
    path.write_text("+1 206 555 0100\n0044 20 7946 0018\n", encoding="utf-8")
    found = read_suppression_file(path)
    assert (found.addresses, found.phones, found.unread) == ([], ["+12065550100", "+442079460018"], [])


def test_a_hash_beside_a_masked_address_names_its_person(tmp_path):
    joe, ann = (sha256(one).digest() for one in (b"joe@example.com", b"ann@example.com"))
    path = tmp_path / "opt.csv"
    text = f"sha256;masked\n{joe.hex()};j***@example.com\n{ann.hex().upper()};Ann@Example.com\n"
    path.write_text(text, encoding="utf-8")
    found = read_suppression_file(path)
    assert found.hashes == [("sha256", joe)], "Ann's is her address's own"
    assert found.addresses == ["j***@example.com", "Ann@Example.com"]


@pytest.mark.parametrize("before", ["sha256:", "SHA-256=", "{SHA256}", "0x", "sha256: "])
def test_a_hash_may_be_called_what_it_is(tmp_path, before):
    path = tmp_path / "opt.csv"
    path.write_text(f"{before}{'ab' * 32}\n", encoding="utf-8")
    found = read_suppression_file(path)
    assert (found.hashes, found.unread) == ([("sha256", bytes.fromhex("ab" * 32))], [])
