"""Hashes where addresses should stand: lists of them are refused with what to ask for, opt-outs are taken."""

from hashlib import md5, sha256

import pytest
from arrivals import zipped
from builders import make_services

from gateway.domain.problem import CallerError
from gateway.intake.lists import bring
from gateway.intake.suppression_file import read_suppression_file

MANIFEST = "name: Spring\nvendor: Meridian Leads\nmethod: event\nrelationship: marketing\n"
MD5 = [md5(b"%d" % n).hexdigest() for n in range(40)]
SHA = [sha256(b"%d" % n).hexdigest().upper() for n in range(40)]
FILES = {
    "under the heading of an address": "email\n" + "\n".join(SHA) + "\n",
    "under a heading of its own": "name;hash\n" + "".join(f"Ann;{one}\n" for one in MD5),
    "under a heading that says so": "email_md5\n" + "\n".join(MD5) + "\n",
    "without a heading": "\n".join(MD5),
    "quoted": '"email","name"\n' + "".join(f'"{one}","Ann"\n' for one in SHA),
}


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


def refused(services, tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(CallerError) as caught:
        bring(services, path, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")
    [problem] = caught.value.problems
    assert problem.code == "hashed_addresses"
    assert "Ask for the addresses" in problem.message


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_list_of_hashes_is_refused(services, tmp_path, content):
    for encoding in ("utf-8", "utf-16"):
        refused(services, tmp_path, content.encode(encoding))
    refused(services, tmp_path, zipped({"a.csv": content, "b.csv": "email\nann@example.com\n"}))


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_hashes_of_people_who_left_are_taken(tmp_path, content):
    path = tmp_path / "left.csv"
    path.write_text(content, encoding="utf-8")
    found = read_suppression_file(path)
    assert [digest.hex() for _, digest in found.hashes] == [one.lower() for one in (MD5 if MD5[0] in content else SHA)]
    assert {algorithm for algorithm, _ in found.hashes} == {"md5" if MD5[0] in content else "sha256"}
    assert (found.rows, found.addresses, found.phones) == (40, [], [])
    assert found.unread == []


def test_a_hash_beside_an_address_is_nobody_s_concern(services, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "email,md5\n" + "".join(f"p{n}x@example.com,{one}\n" for n, one in enumerate(MD5)), encoding="utf-8"
    )
    assert bring(services, path, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]
