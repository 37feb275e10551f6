"""Whatever somebody changes in a bundle is found; whatever a hostile file tries does no harm."""

import io
import json
import random
import zipfile
from functools import cache
from hashlib import sha256

import pytest
from builders import ToldRoutes, list_batch, make_services, signup_batch
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.db.engine import open_engine
from gateway.evidence import archive, verify
from gateway.evidence import members as m
from gateway.evidence.archive import BundleError, pack, unpack
from gateway.evidence.make import make_bundle
from gateway.evidence.verify import is_good, verify_bundle
from gateway.ledger.book import Ledger
from gateway.pipeline import process, release
from gateway.policy.loader import load_texts

FOREIGN = Ledger("the secret of somebody else, long enough as it is")


@pytest.fixture(scope="module")
def made(databases, tmp_path_factory):
    """The services of a gateway and the bundle of a lead that waited and was released."""
    from datetime import UTC, datetime

    class Noon:
        def now(self):
            return datetime(2026, 11, 21, 12, tzinfo=UTC)

    at, url = Noon().now(), databases.fresh("sqlite")
    engine = open_engine(url)
    routes = ToldRoutes({"slow.example.net": "unknown"})
    services = make_services(engine, Noon(), tmp_path_factory.mktemp("made"), routes=routes)
    process(signup_batch("ana@example.com", at), services, as_of=at)
    process(list_batch([{"email": "ben@slow.example.net"}, {"email": "cyd@example.org"}], at), services, as_of=at)
    routes.kinds["slow.example.net"] = "mx"
    release([2], services, by="dns")
    yield services, make_bundle(services, 2, {"by": "cli", "reason": "a test"})
    engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module", autouse=True)
def _same_texts_same_policies():
    """Policies are read from each text once: hundreds of bundles hold the same to the letter."""
    read = cache(lambda texts, name: load_texts(texts, name=name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "load_texts", lambda texts, *, name: read(tuple(texts), name))
        yield


@pytest.fixture
def services(made):
    return made[0]


@pytest.fixture
def data(made):
    return made[1]


def wrong(data, **options):
    """What is wrong with it, which must be something, said on one printable line each."""
    found = verify_bundle(data, **options)
    assert not is_good(found), "\n".join(map(str, found))
    assert all(str(one).isprintable() for one in found)
    return "\n".join(str(one) for one in found if one.state == "wrong")


def resigned(members, ledger):
    """The same members under a manifest of their own, signed by this ledger."""
    document = json.loads(members[m.MANIFEST])
    others = {name: data for name, data in members.items() if name not in {m.MANIFEST, m.NOTE}}
    document["members"] = {
        name: {"sha256": digest, "bytes": len(others[name]), "what": ""} for name, digest in m.digests(others).items()
    }
    manifest = m.to_json(document)
    return {**others, m.MANIFEST: manifest, m.NOTE: ledger.attest(m.signed_text(manifest)).encode()}


def redigested(members):
    """A manifest that names the changed members, under the old signature."""
    return {**resigned(members, FOREIGN), m.NOTE: members[m.NOTE]}


def test_as_made_it_is_good(data):
    assert is_good(verify_bundle(data))


def test_every_member_changed_removed_or_added_is_found(data):
    members = unpack(data)
    for name, content in members.items():
        place = len(content) // 2
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        without = {other: kept for other, kept in members.items() if other != name}
        for forged in ({**members, name: changed}, {**members, name: b""}, without):
            said = wrong(pack(forged))
            assert name in {m.MANIFEST, m.NOTE, m.KEYS} or name in said, (name, said)
            if name not in {m.MANIFEST, m.NOTE}:
                wrong(pack(redigested(forged)))
    assert "notes.txt was added" in wrong(pack({**members, "notes.txt": b"x"}))


def test_any_byte_of_the_file_that_is_changed_is_found(data):
    """Every byte between the members and at the end; of the members, which have a test of their own, some."""
    within = set()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            start = info.header_offset + 30 + len(info.filename)
            within.update(range(start, start + info.file_size))
    rest = [place for place in range(len(data)) if place not in within]
    assert len(rest) > 2000
    some = random.Random(6).sample(sorted(within), 100) + random.Random(7).sample(rest, 400) + rest[:60] + rest[-60:]
    for place in some:
        forged = bytearray(data)
        forged[place] ^= 1 << place % 8
        wrong(bytes(forged))


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 1000, -1, -22])
def test_a_part_of_it_is_refused(data, cut):
    wrong(data[:cut])
    wrong(data + data[:cut] if cut else data + b"x")


def test_who_signs_it_anew_with_another_key_is_found_by_the_key(services, data):
    members = unpack(data)
    members[m.KEYS] = (FOREIGN.public_keys()[0] + "\n").encode()
    forged = pack(resigned(members, FOREIGN))
    assert "none of the keys made its signature" in wrong(forged, known=services.ledger.public_keys())
    assert "checkpoint" in wrong(forged)  # which the other key did not sign


@pytest.mark.parametrize(
    "forgery",
    [
        ("settlements.json", '"outcome": "prospect"', '"outcome": "rejection"', "has no line that says"),
        ("batches/2.txt", " hold ", " prospect ", "are not those whose digest is in entry"),
        ("ledger.json", '\\"holds\\":1', '\\"holds\\":0', "does not lead to the root"),
        ("policies.json", '"policies/', '"policies/../', "is missing"),
        ("receipt.jws", ".", ",", "this receipt is not good"),
        ("lead.json", "ben@", "eve@", "the receipt is of somebody else"),
        ("decision.json", '"lead_2"', '"lead_1"', "one and the same lead"),
    ],
)
def test_even_under_our_own_signature_nothing_else_can_be_said(services, data, forgery):
    """Whoever steals the server's key cannot rewrite what the ledger holds: the checks go down to it."""
    name, old, new, says = forgery
    members = unpack(data)
    forged = members[name].decode().replace(old, new).encode()
    assert forged != members[name]
    found = wrong(pack(resigned({**members, name: forged}, services.ledger)), known=services.ledger.public_keys())
    assert says in found


def test_facts_and_rules_cannot_be_exchanged_for_others(services, data):
    members = unpack(data)
    name = f"decisions/{json.loads(members[m.DECISION])['decision']}.json"
    document = json.loads(members[name])
    for changed in (
        {"facts": {**document["facts"], "person.country": "DE"}}, {"verdict": "reject"}, {"obligations": []},
        {"findings": []}, {"facts": {**document["facts"], "no.such": 1}},
    ):  # fmt: skip
        forged = resigned({**members, name: m.to_json({**document, **changed})}, services.ledger)
        assert "dec_" in wrong(pack(forged)) or "no fact" in wrong(pack(forged)), changed
    rules = next(one for one in members if one.endswith("us-can-spam.yaml"))
    forged = resigned({**members, rules: members[rules].replace(b"then: reject", b"then: accept", 1)}, services.ledger)
    wrong(pack(forged))


def test_the_entries_of_another_ledger_are_none_of_this_one(services, data, databases, clock, tmp_path):
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    other = make_services(engine, clock, tmp_path)
    process(signup_batch("ana@example.com", clock.now()), other, as_of=clock.now())
    theirs = unpack(make_bundle(other, 1, {"by": "cli", "reason": "a test"}))
    mine = unpack(data)
    for name in (m.LEDGER, m.CHECKPOINT):
        wrong(pack(resigned({**mine, name: theirs[name]}, services.ledger)))
    wrong(pack(resigned({**mine, m.LEDGER: theirs[m.LEDGER], m.CHECKPOINT: theirs[m.CHECKPOINT]}, services.ledger)))
    engine.dispose()
    databases.drop(url)


# --- hostile files


def zipped(*entries, mode=zipfile.ZIP_STORED, **more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", mode, **more) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "name", ["../up.json", "/etc/passwd", "a/../../b", "a\\b", "C:x", ".", "..", "a//b", "a/", "A", "a b", "x" * 300]
)  # fmt: skip
def test_no_name_leads_out_of_the_bundle(name):
    with pytest.raises(BundleError):
        unpack(zipped((name, b"x")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_doubled_name_is_refused(data):
    members = unpack(data)
    assert "same name" in wrong(zipped(*members.items(), ("lead.json", b"{}")))


def test_nothing_packed_is_unpacked():
    bomb = zipped(("a.json", b"0" * 50_000_000), mode=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert "packed" in wrong(bomb)


def test_sizes_and_counts_are_bounded(monkeypatch):
    assert "at most" in wrong(zipped(*((f"a{n}", b"") for n in range(archive.MOST_MEMBERS + 1))))
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 10)
    assert "a is larger than" in wrong(zipped(("a", b"x" * 11)))
    monkeypatch.setattr(archive, "LARGEST", 400)
    assert "larger than 400" in wrong(zipped(("a", b"x" * 500)))


def test_links_remarks_and_things_before_it_are_refused(data):
    link = zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0))
    link.external_attr = 0o120777 << 16
    wrong(zipped((link, b"/etc/passwd")))
    wrong(b"#!/bin/sh\n" + data)
    wrong(data[:-2] + b"\x01\x00x")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b"[" * 100_000, b"1" * 10_000, b'{"members": 3}', b"\xff\xfe", b'{"format": "\x1b[2J"}',
     b'{"format": "lead-gateway evidence 1", "members": [], "lead": {}}', b'{"format": NaN}'],
)  # fmt: skip
def test_members_that_say_nonsense_are_refused_in_words(services, data, content):
    members = unpack(data)
    for name in (
        m.MANIFEST,
        m.SETTLEMENTS,
        m.LEAD,
        m.DECISION,
        m.POLICIES,
        m.LEDGER,
        m.CHECKPOINT,
        m.KEYS,
        m.NOTE,
        m.JWKS,
    ):
        forged = {**members, name: content}
        wrong(pack(forged))
        if name not in {m.MANIFEST, m.NOTE}:
            wrong(pack(resigned(forged, services.ledger)))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_without_a_traceback(content):
    assert not is_good(verify_bundle(content))
    assert not is_good(verify_bundle(zipped(("manifest.json", content))))


def test_the_digest_of_contents_leaves_nothing_out(data):
    members = unpack(data)
    before = m.digest_of_contents(members)
    assert before != m.digest_of_contents({**members, "x": b""})
    assert sha256(members["lead.json"]).hexdigest() in m.digests(members).values()
