"""What is no text is told by its bytes, in a sentence that says what to do; whatever may be a list is let through."""

import random

import pytest
from arrivals import zipped

from gateway.domain.problem import CallerError
from gateway.intake.arrival.binary import refuse_binary
from gateway.intake.arrival.parts import Unpacking
from gateway.intake.arrival.shelf import Shelf, Stored
from gateway.intake.readers.encoding import find_encoding

NOISE = random.Random(7).randbytes(3000)


def refused(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(CallerError) as caught:
        look_at(Stored(path, "", len(content)), tmp_path / "shelf")
    [problem] = caught.value.problems
    return problem.message


def look_at(stored, folder):
    for part in Unpacking(Shelf(folder), None).parts(stored, "list.csv"):
        find_encoding(part.text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"MZ\x90\0\3\0\0\0" + NOISE, "a program for Windows (EXE or DLL), not a list of rows; do not run it"),
        (b"\x7fELF\2\1\1" + NOISE, "a program for Linux"),
        (b"BM" + NOISE, "a BMP picture"),
        (b"RIFF\0\0\0\0WEBP" + NOISE, "a WebP picture"),
        (b"\0\0\0\x20ftypisom" + NOISE, "a video or a photograph"),
        (b"\0\1\0\0Standard Jet DB\0" + NOISE, "an Access database, not a list of rows; export its table"),
        (b"GIF89a\1\0", "this is a GIF picture, not a list of rows; choose the list itself"),
        (b"GIF89aA\0B\0", "a GIF picture"),  # as wide as the letter A has a number: it reads as UTF-16
        (b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0", "a BMP picture"),
        (b"\3\0\4\0\x0e\0\x0f\0", "this is no text file"),
        (b"BZh91AY&SY" + NOISE[:40], "a bzip2 archive"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 248, "a tar archive"),
        (NOISE, "this is no text, but bytes as programs, pictures or encrypted files have them; choose the list"),
        (b"\0" * 3000, "nothing but zeros"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "this is a Word document"),
        (zipped({"[Content_Types].xml": "<Types/>", "ppt/slide.xml": "<p/>"}), "this is a PowerPoint presentation"),
        (zipped({"photo.dat": b"BM" + NOISE}), "a BMP picture"),
    ],
)
def test_what_is_no_text_is_named_with_what_to_do(tmp_path, content, says):
    assert says in refused(tmp_path, content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "cp1251", "cp037"])
def test_no_text_is_taken_for_a_program(tmp_path, encoding):
    path = tmp_path / "list.csv"
    rows = "email,name,city\n" + "".join(f"p{n}@example.com,Jo {n},Riga \x1d\x1e\n" for n in range(500))
    if encoding != "cp037":
        rows = rows.replace("Riga", "\u041c\u043e\u0441\u043a\u0432\u0430" if encoding != "utf-8" else "Z\u00fcrich")
    path.write_bytes(rows.encode(encoding))
    refuse_binary(path)


@pytest.mark.parametrize("start", ["GIF87 owner", "BMI", "MZ", "ID3", "BZh9", "%PDF", "OggS", "!BDN", "PAR", "Rar!"])
def test_no_heading_is_taken_for_another_kind_of_file(tmp_path, start):
    path = tmp_path / "list.csv"
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        path.write_bytes(f"{start},email\nyes,ann@example.com\n".encode(encoding))
        refuse_binary(path)
        assert find_encoding(path).name in {encoding, "utf-16-le"}


def test_a_row_of_rubbish_among_others_is_no_reason_to_refuse_them(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"email\n" + b"ann@example.com\n" * 2000 + NOISE[:300] + b"\nbob@example.com\n")
    refuse_binary(path)
