"""Receipts are checked by their public keys alone; nothing that was changed, and no other algorithm, passes."""

import base64
import json

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from gateway.domain.problem import CallerError
from gateway.person.sealing import TYPE, Sealer, verify

FIRST, SECOND = "the first secret of thirty-two characters!", "the second secret of thirty-two characters"
RECEIPT = {"metadata": {"pii_principal_id": "ana@example.com"}, "wording": "Ja, schreibt mir für immer."}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_receipt_says_what_was_signed_and_needs_the_public_keys_alone():
    sealer = Sealer(FIRST)
    assert verify(sealer.seal(RECEIPT) + "\n", json.loads(json.dumps(sealer.public_keys()))) == RECEIPT
    assert "d" not in sealer.public_keys()["keys"][0]


def test_every_changed_character_is_noticed():
    sealer = Sealer(FIRST)
    good = sealer.seal(RECEIPT)
    for place, letter in enumerate(good):
        for other in {"A" if letter != "A" else "B", "."} - {letter}:
            with pytest.raises(CallerError):
                verify(good[:place] + other + good[place + 1 :], sealer.public_keys())


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "ed25519", None])
def test_another_algorithm_is_refused_whatever_its_signature(alg):
    """Among them the old trick: the public key as the secret of an HMAC."""
    keys = Sealer(FIRST).public_keys()
    public = keys["keys"][0]
    head = {"alg": alg, "typ": TYPE, "kid": public["kid"]}
    unsigned = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(RECEIPT).encode())}."
    forged = [unsigned, unsigned + b64(bytes(64))]
    if alg == "HS256":
        forged.append(jws.serialize_compact(head, json.dumps(RECEIPT).encode(), OctKey.import_key(public["x"])))
    for text in forged:
        with pytest.raises(CallerError, match="not good"):
            verify(text, keys)


def test_a_stranger_s_key_is_refused_also_under_our_key_s_name():
    ours = Sealer(FIRST).public_keys()
    stranger = OKPKey.generate_key("Ed25519")
    for kid in (stranger.thumbprint(), ours["keys"][0]["kid"]):
        head = {"alg": "Ed25519", "typ": TYPE, "kid": kid}
        forged = jws.serialize_compact(head, json.dumps(RECEIPT).encode(), stranger, algorithms=["Ed25519"])
        with pytest.raises(CallerError):
            verify(forged, ours)


def test_another_thing_that_we_signed_is_no_receipt():
    sealer = Sealer(FIRST)
    import gateway.person.sealing as module

    head = {"alg": "Ed25519", "typ": "JWT", "kid": sealer.public_keys()["keys"][0]["kid"]}
    text = jws.serialize_compact(head, b"{}", module._key(FIRST), algorithms=["Ed25519"])
    with pytest.raises(CallerError, match="consent receipt"):
        verify(text, sealer.public_keys())


def test_after_a_rotation_old_receipts_are_good_and_new_ones_bear_the_new_key():
    before, after = Sealer(FIRST), Sealer(SECOND, [FIRST])
    old, new = before.seal(RECEIPT), after.seal(RECEIPT)
    assert verify(old, after.public_keys()) == verify(new, after.public_keys()) == RECEIPT
    with pytest.raises(CallerError):
        verify(new, before.public_keys())
    assert [key["kid"] for key in after.public_keys()["keys"]][1] == before.public_keys()["keys"][0]["kid"]


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "....", "\N{SNOWMAN}.x.y", "a" * 2_000_000])
def test_what_is_no_receipt_is_said_to_be_none(text):
    with pytest.raises(CallerError):
        verify(text, Sealer(FIRST).public_keys())


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": [{}]}, {"keys": [{"kty": "OKP", "crv": "Ed25519"}]}])
def test_what_are_no_keys_check_nothing(keys):
    with pytest.raises(CallerError):
        verify(Sealer(FIRST).seal(RECEIPT), keys)
