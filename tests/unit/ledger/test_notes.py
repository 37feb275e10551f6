from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.ledger.notes import Notary
from gateway.ledger.tree import EMPTY

SECRET = "0123456789abcdef" * 4
ROOT = sha256(b"root").digest()


def test_a_checkpoint_is_a_signed_note():
    note = Notary(SECRET).note(7, ROOT)
    origin, size, root, blank, signature, end = note.split("\n")
    assert (origin, size, b64decode(root), blank, end) == ("lead-gateway ledger", "7", ROOT, "", "")
    assert signature.startswith("\N{EM DASH} lead-gateway ")


def test_its_signature_holds_for_anyone_with_the_public_key():
    notary = Notary(SECRET)
    note = notary.note(7, ROOT)
    text, _, line = note.partition("\n\n")
    blob = b64decode(line.split()[2])
    public = notary._key.public_key().public_bytes_raw()
    assert blob[:4] == sha256(b"lead-gateway\n\x01" + public).digest()[:4]  # the key's id, as C2SP signed-note has it
    Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], (text + "\n").encode())
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], text.encode())


def test_a_checkpoint_is_read_back_however_it_was_stored():
    notary = Notary(SECRET)
    assert notary.read(notary.note(7, ROOT)) == (7, ROOT)
    assert notary.read(notary.note(0, EMPTY)) == (0, EMPTY)
    assert notary.read("\n" + notary.note(7, ROOT).replace("\n", "\r\n") + "  \n") == (7, ROOT)


@pytest.mark.parametrize("text", ["", "\n\n\n", "7", "lead-gateway ledger\nseven\nAAAA\n", "a\n7\n!!\n\n- b c\n"])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ValueError, match="it is no checkpoint"):
        Notary(SECRET).read(text)


def test_another_secret_signs_otherwise():
    with pytest.raises(ValueError, match="signature"):
        Notary(SECRET).read(Notary(SECRET[::-1]).note(7, ROOT))


def test_no_letter_of_a_checkpoint_can_be_changed():
    notary = Notary(SECRET)
    note = notary.note(12, ROOT)
    for place, letter in enumerate(note.rstrip("\n")):
        for other in {"0", "A", "b", "\n"} - {letter}:
            with pytest.raises(ValueError, match=r"it is no checkpoint|its signature"):
                notary.read(note[:place] + other + note[place + 1 :])


def test_a_secret_anyone_could_guess_is_refused():
    with pytest.raises(ValueError, match="too short"):
        Notary("secret")
