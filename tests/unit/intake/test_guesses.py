"""How a file reads under the likely encodings: the right one first, for each of the languages that they write."""

import pytest

from gateway.intake.encodings import ENCODINGS
from gateway.intake.readers.guesses import LETTERS, preview_encodings

GERMAN, POLISH, RUSSIAN = (
    "Jürgen Weiß,Köln;Élodie;Señor Muñoz;Zoë",
    "Łukasz Żółć,Kraków,Dvořáková",
    "Иван Петров,Москва",
)
TEXTS = {
    "cp1252": GERMAN, "mac-roman": GERMAN, "cp850": GERMAN, "iso8859-15": "Jürgen Weiß 10 €", "cp1250": POLISH,
    "cp852": POLISH, "cp1251": RUSSIAN, "cp866": RUSSIAN, "koi8-r": RUSSIAN, "shift_jis": "山田太郎,東京都,やまだ",
    "gbk": "王小明,北京市,李华", "big5": "王小明,臺北市,陳美麗", "euc_kr": "김철수,서울",
    "cp1254": "Ayşe Gündoğan,İstanbul",
    "cp1253": "Γιώργος Παπαδόπουλος,Αθήνα",
}  # fmt: skip


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_right_encoding_comes_first(tmp_path, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes(f"email,name\na@example.com,Ann\nb@example.com,{TEXTS[encoding]}\n".encode(encoding))
    first = preview_encodings(path)[0]
    assert first.rows[0] == f"b@example.com,{TEXTS[encoding]}"
    assert first.undecodable == 0


def test_rows_with_letters_come_first_and_ten_are_shown(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("".join(f"a{n}@example.com,{'Zoë' if n == 40 else 'Ann'}\n" for n in range(50)).encode("cp1252"))
    first = preview_encodings(path)[0]
    assert len(first.rows) == 10
    assert first.rows[0] == "a40@example.com,Zoë"
    assert first.rows[1] == "a0@example.com,Ann"


def test_choices_read_differently_and_may_be_declared(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"a@example.com,Zo\xeb\n")
    guesses = preview_encodings(path)
    assert len({guess.rows for guess in guesses}) == len(guesses) <= 6
    assert set(LETTERS) <= ENCODINGS


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x81\x81\x81\n" * 100, b"plain\n", bytes(range(256))])
def test_whatever_the_bytes_are_there_is_something_to_look_at(tmp_path, data):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    assert all(0 <= guess.fits <= 1 for guess in preview_encodings(path))
