"""Files that are made to hurt, dropped on the wizard: refused in words within seconds, and nothing of them is kept."""

import gzip
import io
import time
import zipfile

import pytest
from desk import sign_in
from openpyxl import Workbook
from wizard import upload

SECONDS = 20  # a laden machine's; a bomb that goes off takes minutes or the memory


def zipped(*members, level=9):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def bomb():
    return zipped(("leads.csv", b"0" * 300_000_000))


def nested():
    inner = zipped(("leads.csv", b"email\n" + b"a@example.com\n" * 10))
    for _ in range(12):
        inner = zipped(("inner.zip", inner))
    return inner


def laughing():
    """A workbook whose sheet says ten entities of ten entities of ..., as XML knows them."""
    book, made = Workbook(), io.BytesIO()
    book.active.append(["email"])
    book.save(made)
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>'
    with zipfile.ZipFile(made) as old:
        members = [(one, old.read(one)) for one in old.namelist()]
    return zipped(*(
        (name, (head + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>'
                '<c t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>').encode())
        if name.startswith("xl/worksheets/sheet") else (name, content) for name, content in members
    ))  # fmt: skip


HOSTILE = {
    "bomb.zip": bomb,
    "bomb.csv.gz": lambda: gzip.compress(b"0" * 300_000_000),
    "nested.zip": nested,
    "up.zip": lambda: zipped(("../../../../tmp/owned.csv", b"email\nann@example.com\n")),
    "many.zip": lambda: zipped(*((f"{n}.csv", b"email\nann@example.com\n") for n in range(3_000))),
    "laughing.xlsx": laughing,
    "deep.json": lambda: b"[" * 200_000 + b"]" * 200_000,
    "line.csv": lambda: b'email\n"' + b"a" * 30_000_000,
    "wide.csv": lambda: b",".join(b"c%d" % n for n in range(200_000)) + b"\n",
    "nul.csv": lambda: b"email\n" + b"\0" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_words_or_read_within_bounds(site, tmp_path, name):
    uploader = sign_in(site, "uploader")
    begun = time.monotonic()
    answer = upload(uploader, HOSTILE[name](), name=name)
    assert answer.status_code in {303, 400, 413, 422}, answer.text[:500]
    if answer.status_code == 303:
        page = uploader.get(answer.headers["Location"])
        assert page.status_code in {200, 303, 422}
        assert len(page.data) < 2_000_000
    else:
        assert "<h1>" in answer.text
        assert "Traceback" not in answer.text
    assert time.monotonic() - begun < SECONDS
    kept = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert kept < 100_000_000
    assert not (tmp_path.parent / "owned.csv").exists()
