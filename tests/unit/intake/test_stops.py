"""Suppressions exchanged: hashes out in every form, a backup that is all or nothing, a scrub with its receipt."""

import csv
import io
from hashlib import md5, sha256

import pytest
from builders import key, list_batch, make_services, signup_batch

from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.intake.restoring import key_checks
from gateway.intake.scrub import scrub
from gateway.intake.stops import Told, look_up, suppress
from gateway.intake.stops_given import Given
from gateway.lifecycle.store import export
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.suppression.backup import is_backup, read

ANN, BOB = "Ann.Reyes@gmail.com", "bob@example.org"


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def tell(services, told, scope="all", cause="opt_out"):
    with services.unit_of_work() as work:
        return suppress(services, work, told, cause, at=work.at, scope=scope, by="test")


def given(services, form, variant="lower"):
    out = Given(services)
    return list(out.lines(form, variant)), out


def test_a_hash_withdraws_whom_it_is_of_and_refuses_whose_lead_waits(services, clock):
    services.world.routes.kinds["slow.example.net"] = "unknown"
    process(signup_batch(ANN, clock.now()), services)
    process(signup_batch(" Eve@slow.example.net", clock.now()), services)
    hashes = [("md5", md5(text).digest()) for text in (b"annreyes@gmail.com", b"eve@slow.example.net", b"nobody@x.yz")]
    account = tell(services, Told(hashes=[*hashes, hashes[0]]))
    assert (account.distinct, account.recorded, account.withdrawn, account.refused) == (3, 3, 1, 1)
    assert tell(services, Told(hashes=hashes)).recorded == 0
    clock.move(days=1)
    assert process(list_batch([{"email": ANN}], clock.now()), services).outcomes == ["rejection"]
    confirmed = signup_batch(ANN, clock.now(), confirmed_at=clock.now())
    assert process(confirmed, services).outcomes == ["prospect"], "a hash is answered like any other order"
    assert services.ledger.verify(services.engine).ok


def test_a_hash_of_an_address_with_its_spaces_is_found_by_asking_as_it_was_typed(services):
    tell(services, Told(hashes=[("sha256", sha256(b" " + BOB.encode() + b" ").digest())]))
    [raw], [plain] = look_up(services, [f" {BOB} "]), look_up(services, [BOB])
    assert (raw.state, plain.state) == ("suppressed", "not_suppressed")
    assert [order.known_by for order in raw.orders] == ["sha256 of the typed address"]


def test_a_hash_of_one_source_stops_that_source_only(services, clock):
    tell(services, Told(hashes=[("sha256", sha256(BOB.encode()).digest())]), scope="source:list_1")
    assert process(list_batch([{"email": BOB}], clock.now()), services).outcomes == ["rejection"]
    assert process(signup_batch(BOB, clock.now()), services).outcomes == ["prospect"]


@pytest.mark.parametrize(
    ("variant", "texts"),
    [("lower", {"ann.reyes@gmail.com"}), ("canonical", {"annreyes@gmail.com"}), ("raw", {"Ann.Reyes@gmail.com"}),
     ("trimmed", {"Ann.Reyes@gmail.com"})],
)  # fmt: skip
def test_hashes_go_out_of_those_whose_address_is_stored(services, clock, variant, texts):
    process(signup_batch(ANN, clock.now()), services)
    process(signup_batch(BOB, clock.now()), services)
    tell(services, Told(addresses=[ANN, "gone@example.com"]))
    tell(services, Told(addresses=[BOB]), scope="source:demo")
    tell(services, Told(hashes=[("sha256", bytes(32))]))
    lines, out = given(services, "sha256", variant)
    assert lines[0] == "SHA256"
    assert {*lines[1:]} == {sha256(text.encode()).hexdigest() for text in texts} | {bytes(32).hex()}
    assert (out.people, out.orders, out.without_address) == (1, 2, 1)
    assert given(services, "plain", variant)[0] == ["email", *texts]


def test_a_backup_names_nobody_and_is_taken_in_whole_or_not_at_all(services, clock):
    tell(services, Told(addresses=[ANN], phones=["+12065550100"], hashes=[("md5", bytes(16))]))
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(BOB), "bounce", clock.now(), "brand:Harbor")], by="test")
    lines, out = given(services, "backup")
    assert is_backup(lines[0])
    assert out.lines_out == len(lines) - 2 == 4
    assert len(read(lines, key_checks(services)).orders) == 4
    with pytest.raises(CallerError, match="another secret key"):
        read(lines, ["0" * 32])
    for broken in ("{", "[]", "{}", '{"match_key": "00"}', lines[1].replace("opt_out", "boredom"),
                   lines[1].replace('"all"', '"half"'), lines[1].replace("Z", "", 1),
                   lines[1].replace("match_key", "x"),
                   lines[1].replace('"match_key": "', '"match_key": "00')):  # fmt: skip
        with pytest.raises(CallerError, match="line 5"):
            read([*lines[:4], broken, lines[-1]], key_checks(services))
    for cut in (lines[:-1], lines[:1], lines[:2], [*lines[:3], lines[-1]], [*lines[:2], *lines[1:]]):
        with pytest.raises(CallerError, match="cut off after line"):
            read(cut, key_checks(services))
    assert len(read(["\ufeff" + lines[0], *lines[1:]], key_checks(services)).orders) == 4
    for number, end in ((1, []), (2, ['{"orders": 4}'])):
        of_before = [lines[0].replace("suppressions 3", f"suppressions {number}"), *lines[1:-1], *end]
        assert is_backup(of_before[0])
        assert len(read(of_before, key_checks(services)).orders) == 4
    with pytest.raises(CallerError, match="cut off after line"):
        read(
            [lines[0].replace("suppressions 3", "suppressions 2"), *lines[1:-1], '{"orders": 3}'], key_checks(services)
        )
    with pytest.raises(CallerError, match="newer gateway"):
        read([lines[0].replace("suppressions 3", "suppressions 4"), *lines[1:]], key_checks(services))


def test_a_scrub_takes_out_who_left_and_signs_for_it(services, clock):
    process(signup_batch(ANN, clock.now()), services)
    tell(services, Told(addresses=[ANN]), cause="complaint")
    tell(services, Told(addresses=[BOB]), scope="brand:Harbor")
    data = (
        "Name;E-Mail;Note\r\nAnn;ann.reyes+x@gmail.com;=1+1\r\nBob;BOB@example.org;=1+1\r\n\r\n"
        f"Cy;{md5(b'annreyes@gmail.com').hexdigest()};\r\nDee;{md5(b'dee@example.com').hexdigest()};-x\r\n"
    ).encode()
    done = scrub(services, data)
    rows = list(csv.reader(io.StringIO("".join(done.lines).lstrip("\ufeff"))))
    kept = [["Bob", "BOB@example.org", "'=1+1"], ["Dee", md5(b"dee@example.com").hexdigest(), "'-x"]]
    assert rows == [["Name", "E-Mail", "Note"], *kept]
    assert (done.rows, done.removed, done.causes, done.unknown_hashes) == (4, 2, {"complaint": 2}, 1)
    text = services.ledger.read_attested(done.receipt)
    assert sha256(data).hexdigest() in text
    assert "example" not in text
    assert services.ledger.verify(services.engine).ok


def test_a_file_without_a_heading_stays_one(services, clock):
    process(signup_batch(BOB, clock.now()), services)
    tell(services, Told(addresses=[BOB]))
    done = scrub(services, b"ann@example.com\nbob@example.org\n")
    assert "".join(done.lines).lstrip("\ufeff").splitlines() == ['"ann@example.com"']
    assert scrub(services, b"").lines == []
    with services.engine.connect() as connection:
        assert list(export(connection)) == []


def test_no_byte_of_a_receipt_can_be_changed(services):
    receipt = scrub(services, b"ann@example.com\n").receipt
    for place, sign in enumerate(receipt):
        if place < len(receipt) - 1:
            with pytest.raises(ValueError, match="signature"):
                services.ledger.read_attested(receipt[:place] + chr(ord(sign) ^ 1) + receipt[place + 1 :])
    with pytest.raises(ValueError, match="attested"):
        services.ledger.attest("lead-gateway ledger\n5\nroot\n")


def test_a_scrub_goes_by_the_hash_beside_a_masked_address(services, clock):
    digest = sha256(b"ann@example.com").hexdigest()
    told = Told(hashes=[("sha256", bytes.fromhex(digest))])
    with services.unit_of_work() as work:
        suppress(services, work, told, "opt_out", at=clock.now(), by="test")
    done = scrub(services, f"masked,sha256\na***@example.com,{digest}\nbob@example.org,{'0' * 64}\n".encode())
    assert (done.rows, done.removed) == (2, 1)
    assert "a***" not in "".join(done.lines)


def test_a_scrub_says_where_a_cell_never_ends(services):
    with pytest.raises(CallerError, match=r"around line 2.*quote"):
        scrub(services, b'email\n"ann@example.com,' + b"x" * (1 << 22) + b"\n")
