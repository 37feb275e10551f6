"""Makes malformed and odd files of every kind that lists come in, each with a name that says what is odd about it.

``odd_files()`` gives them all. Nobody in them exists; everything is made here, nothing is downloaded.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product

HEAD = ["email", "first_name", "phone", "note"]
PEOPLE = [
    ["ann@example.com", "Ann", "+1 212 555 0101", "first"],
    ["zoë@example.org", "Zoë", "+44 20 7946 0000", "größe, naïve"],
    ["bob@example.net", "Bob", "", ""],
]


@dataclass(frozen=True, slots=True)
class Odd:
    """One odd file. ``rows``: how many rows its sender means it to have; None where that can be argued."""

    name: str
    content: bytes
    rows: int | None = None
    encoding: str | None = None  # declared by the uploader


def odd_files() -> list[Odd]:
    """Every file, each name once."""
    found = [odd for make in MAKERS for odd in make()]
    names = [odd.name for odd in found]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return found


def table(
    rows: list[list[str]], *, head: list[str] | None = HEAD, delimiter: str = ",", end: str = "\n", quote: str = "some"
) -> str:
    """A table as text; ``quote``: none, some (where needed) or all."""

    def cell(text: str) -> str:
        if quote == "all" or (quote == "some" and any(sign in text for sign in (delimiter, '"', "\n", "\r"))):
            return '"' + text.replace('"', '""') + '"'
        return text.replace(delimiter, " ") if quote == "none" else text

    return "".join(delimiter.join(map(cell, row)) + end for row in ([head] if head else []) + rows)


def utf8(name: str, text: str, rows: int | None = None) -> Odd:
    return Odd(name, text.encode("utf-8", "surrogatepass"), rows)


# --- text ----------------------------------------------------------------------------------------------------------


def encodings() -> Iterator[Odd]:
    coded = {
        "utf-8": "utf-8",
        "utf-8-marked": "utf-8-sig",
        "utf-16-marked": "utf-16",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
        "utf-32-marked": "utf-32",
        "gb18030": "gb18030",
        "cp1252": "cp1252",
    }
    for (name, codec), (called, sign) in product(
        coded.items(), {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}.items()
    ):
        content = table(PEOPLE, delimiter=sign).encode(codec)
        guessed = codec not in {"gb18030", "cp1252"}
        yield Odd(f"encoding-{name}-{called}.csv", content, 3 if guessed else None)
    for codec in ("cp1252", "latin-1", "mac-roman", "cp850", "gb18030"):
        yield Odd(f"encoding-declared-{codec}.csv", table(PEOPLE).encode(codec), 3, codec)
    yield Odd("encoding-declared-wrongly.csv", table(PEOPLE).encode("cp1252"), 3, "utf-8")
    yield Odd("encoding-declared-ascii.csv", table(PEOPLE).encode(), 3, "ascii")
    yield Odd("encoding-declared-nonsense.csv", table(PEOPLE).encode(), None, "klingon")
    yield Odd("encoding-mixed.csv", table(PEOPLE).encode() + "eva@example.com,Zoé,,\n".encode("cp1252"))
    yield Odd("encoding-mark-twice.csv", b"\xef\xbb\xbf\xef\xbb\xbf" + table(PEOPLE).encode())
    yield Odd("encoding-mark-alone.csv", b"\xef\xbb\xbf")
    yield Odd("encoding-mark-of-utf16-alone.csv", b"\xff\xfe")
    yield Odd("encoding-utf16-odd-byte.csv", table(PEOPLE).encode("utf-16") + b"\x20")
    yield Odd("encoding-utf7.csv", table(PEOPLE).encode("utf-7"), 3)
    yield Odd("encoding-overlong.csv", table(PEOPLE).encode() + b"\xc0\xaf@example.com,x,,\n")
    yield Odd(
        "encoding-surrogates.csv", table(PEOPLE).encode() + "cy@example.com,\ud800,,\n".encode("utf-8", "surrogatepass")
    )
    yield Odd("encoding-cut-letter.csv", table(PEOPLE)[:-1].encode() + "ë".encode()[:1], 3)
    yield Odd("encoding-ebcdic.csv", table(PEOPLE).encode("cp500", "replace"))


def lines() -> Iterator[Odd]:
    ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "crcrlf": "\r\r\n"}
    for (name, end), quote in product(ends.items(), ("none", "some", "all")):
        yield utf8(
            f"lines-{name}-quotes-{quote}.csv", table(PEOPLE, end=end, quote=quote), None if name == "crcrlf" else 3
        )
    text = table(PEOPLE)
    yield utf8("lines-no-end.csv", text.rstrip("\n"), 3)
    yield utf8("lines-mixed.csv", text.replace("\n", "\r\n", 1).replace("\n", "\r", 2))
    yield utf8("lines-lfcr.csv", table(PEOPLE, end="\n\r"))
    yield utf8("lines-many-blank.csv", text + "\n" * 500)
    yield utf8("lines-blank-first.csv", "\n\n\n" + text, 3)
    yield utf8("lines-of-delimiters.csv", text + ",,,\n,,,\n", 5)
    yield utf8("lines-of-spaces.csv", text + "   \n\t\n")
    yield utf8("lines-form-feeds.csv", text.replace("\n", "\x0c\n"))
    yield utf8("lines-unicode-separators.csv", text.replace("first", "one\u2028two\x85three"), 3)
    yield utf8("lines-ctrl-z.csv", text + "\x1a")
    yield utf8("lines-vertical-tabs.csv", text.replace("first", "a\x0bb"), 3)


def quotes() -> Iterator[Odd]:
    rows = {
        "unclosed-first": '"ann@example.com,Ann,,\nbob@example.net,Bob,,\n',
        "unclosed-last": 'ann@example.com,"Ann,,\n',
        "unclosed-middle": 'ann@example.com,Ann,,\nbob@example.net,"Bob,,\ncy@example.com,Cy,,\n',
        "stray": 'ann@example.com,An"n,,\nbob@example.net,"Bob" jr,,\n',
        "tripled": '"""ann@example.com""",Ann,,\n',
        "single": "'ann@example.com','Ann','',''\n",
        "backslash": '"ann@example.com","A\\"nn","",""\n',
        "curly": "“ann@example.com”,“Ann”,,\n",
        "spaced": 'ann@example.com, "Ann, B.", ,\n',
        "lone": '"\n',
        "only": '""\n"",""\n',
        "whole-row": '"ann@example.com,Ann,,"\n"bob@example.net,Bob,,"\n',
        "newlines": 'ann@example.com,"A\nn\r\nn",,\n',
        "many-newlines": f'ann@example.com,"{chr(10) * 5000}",,\n',
        "swallows-people": 'ann@example.com,"A\n' + "x@example.com,X,,\n" * 20 + '",,\n',
        "doubled-inside": 'ann@example.com,"A ""n"" n",,\n',
        "after-blank": ' "ann@example.com" ,Ann,,\n',
    }
    for name, text in rows.items():
        yield utf8(f"quotes-{name}.csv", ",".join(HEAD) + "\n" + text)


def headings() -> Iterator[Odd]:
    mails = (
        "E-Mail",
        "E-mail Address",
        "EMAIL_ADDRESS",
        "e mail",
        "Adresse e-mail",
        "Correo electrónico",
        "E-Mail-Adresse",
        "电子邮件",
        "メールアドレス",
        "Электронная почта",
        "Posta elettronica",
        "emailaddress1",
        '"email"',
        "email*",
        "Email:",
        "(email)",
        "  email  ",
        "\ufeffemail",
        "email\u200b",
        "EMAIL ADDRESS (primary)",
        "Kontakt",
        "",
        "?",
        "@",
        "null",
        "1",
        "column_1",
        "_c0",
        "e\u0301mail",
        "mail!",
    )
    for number, mail in enumerate(mails):
        yield utf8(
            f"headings-mail-{number:02}.csv", table(PEOPLE, head=[mail, "first_name", "phone", "note"], quote="none")
        )
    heads = {
        "doubled": ["email", "email", "phone", "phone"],
        "empty": ["", "", "", ""],
        "one-only": ["email"],
        "more-than-cells": [*HEAD, "x", "y"],
        "fewer-than-cells": HEAD[:2],
        "numbers": ["1", "2", "3", "4"],
        "huge": ["email", "x" * 100_000, "", ""],
        "newline": ["email", "first\nname", "phone", "note"],
        "formula": ["email", "=1+1", "@x", "+44"],
        "markup": ["email", "<b>x</b>", "{{x}}", "%s"],
        "sensitive": ["email", "health condition", "religion", "party"],
        "stop": ["email", "unsubscribed", "bounced", "dnc"],
        "hashes": ["md5", "sha1", "sha256", "note"],
        "ours": ["email", "gateway: row", "gateway: why", "row"],
        "same-use": ["work email", "home email", "email", "other email"],
        "caution": ["email", "opt-in", "verified", "stage"],
    }
    for name, head in heads.items():
        yield utf8(f"headings-{name}.csv", table(PEOPLE, head=head))
    yield utf8("headings-none.csv", table(PEOPLE, head=None), 3)
    yield utf8("headings-twice.csv", table([HEAD, *PEOPLE]))
    yield utf8("headings-in-the-middle.csv", table([*PEOPLE, HEAD, *PEOPLE]))
    yield utf8("headings-alone.csv", ",".join(HEAD) + "\n", 0)
    yield utf8("headings-alone-no-end.csv", ",".join(HEAD), 0)
    yield utf8("headings-none-and-no-address.csv", "a,b\nc,d\n")
    for count in (1, 3, 10, 30):
        yield utf8(f"titles-{count}.csv", "Leads of spring\n" * count + table(PEOPLE))
    yield utf8("titles-with-an-address.csv", "made by vendor@example.com\n\n" + table(PEOPLE))
    for sign in (";", ",", "|", "\t", "^", "~", "@", ""):
        yield utf8(
            f"sep-line-{ord(sign) if sign else 'none'}.csv", f"sep={sign}\n" + table(PEOPLE, delimiter=sign or ",")
        )
    for sign in ("^", "~", ":", " ", "\x01", "\u00a6", "||", "\t\t", " ; "):
        text = table(PEOPLE, delimiter=sign, quote="none")
        yield utf8(f"delimiter-{'-'.join(str(ord(one)) for one in sign)}.txt", text)


def shapes() -> Iterator[Odd]:
    text = table(PEOPLE)
    footers = {
        "total": "Total: 3\n",
        "blank-total": "\n\nTotal,3,,\n",
        "copyright": "© Example Leads Ltd\n",
        "end": "-- end --\n",
        "rule": "====,====,====,====\n",
        "sql": "(3 rows affected)\n",
        "generated": "Generated on 2026-11-01 by x@example.com\n",
        "page": "Page 1 of 1\n" * 3,
    }
    for name, footer in footers.items():
        yield utf8(f"footer-{name}.csv", text + footer)
    ragged = {
        "short": "cy@example.com\n",
        "long": "cy@example.com,Cy,,,,,,,\n",
        "too-long": "cy@example.com,Cy,,,more,than,fits\n",
        "very-long": "cy@example.com" + ",x" * 20_000 + "\n",
        "growing": "".join("a" + ",b" * n + "\n" for n in range(12)),
        "shifted": ",cy@example.com,Cy,\n",
        "other-delimiter": "cy@example.com;Cy;;\n",
        "one-cell": "cy\n",
    }
    for name, row in ragged.items():
        yield utf8(f"ragged-{name}.csv", text + row, 3 + row.count("\n"))
    for width in (1, 2, 50, 999, 1000, 1001, 5000):
        head = ["email", *(f"c{n}" for n in range(1, width))]
        yield utf8(
            f"width-{width:04}.csv",
            table([["ann@example.com", *["x"] * (width - 1)]], head=head),
            1 if width <= 1000 else None,
        )
    for size in (1_000, 65_535, 65_537, 1_100_000):
        yield utf8(f"cell-of-{size}.csv", table([["ann@example.com", "x" * size, "", ""], *PEOPLE]), 4)
        yield utf8(
            f"quoted-cell-of-{size}.csv", table([["ann@example.com", "x" * size, "", ""], *PEOPLE], quote="all"), 4
        )
    yield utf8("line-of-3-million.csv", text + "x" * 3_000_000 + "\n" + "cy@example.com,Cy,,\n", 5)
    yield utf8("line-of-3-million-alone.csv", "@" * 3_000_000)
    yield utf8("rows-10000-short.csv", "email\n" + "x\n" * 10_000, 10_000)
    yield utf8("rows-all-the-same.csv", table(PEOPLE[:1] * 300), 300)
    yield utf8("rows-counted-up.csv", table([[f"user{n}@example.com", "", "", ""] for n in range(300)]), 300)
    yield utf8(
        "rows-3000.csv", table([[f"p{n * n % 7919}-{n}@example.org", f"N{n}", "", ""] for n in range(3_000)]), 3_000
    )
    yield utf8("one-address.txt", "ann@example.com", 1)
    yield utf8("one-address-a-line.txt", "ann@example.com\nbob@example.net\n", 2)
    yield utf8("addresses-in-one-line.txt", "ann@example.com, bob@example.net; cy@example.com")
    yield utf8("fixed-width.txt", "".join(f"{row[0]:<30}{row[1]:<20}{row[2]:<20}\n" for row in [HEAD, *PEOPLE]))
    yield utf8("markdown-table.md", "| email | name |\n| --- | --- |\n| ann@example.com | Ann |\n")
    yield utf8("key-values.txt", "email: ann@example.com\nname: Ann\n\nemail: bob@example.net\nname: Bob\n")


def cells() -> Iterator[Odd]:
    odd = (
        "Ann Lee <ann@example.com>",
        "mailto:ann@example.com",
        "ann@example.com; bob@example.net",
        "ann@example.com,bob@example.net",
        "ann@example.com / bob@example.net",
        "<ann@example.com>",
        "ann@example.com.",
        "ann@@example.com",
        "ann at example dot com",
        "ann\u200b@example.com",
        "\u00a0ann@example.com\u00a0",
        "ann@example.com\x00",
        "\x00",
        "ann@exa\u00admple.com",
        "ann＠example.com",  # noqa: RUF001 - look-alikes are the point
        "ann@example。com",
        "ANN@EXAMPLE.COM",
        "ann+tag@example.com",
        '"a b"@example.com',
        "ann@[192.0.2.1]",
        "ann@localhost",
        "ann@xn--mnchen-3ya.example.com",
        "ann@münchen.example.com",
        "ann@-x.example.com",
        "a" * 65 + "@example.com",
        "ann@" + "x" * 64 + ".example.com",
        "ann@" + ".".join(["x"] * 130),
        "ann@example.com(comment)",
        "N/A",
        "NULL",
        "none",
        "-",
        "0",
        "#REF!",
        "=cmd|' /C calc'!A0",
        "+ann@example.com",
        "@SUM(1+1)",
        "'ann@example.com'",
        "<script>alert(1)</script>@example.com",
        "'; DROP TABLE leads; --@example.com",
        "%41nn@example.com",
        "ann&#64;example.com",
        "\u202emoc.elpmaxe@nna",
        "ann@exаmple.com",  # noqa: RUF001 - look-alikes are the point
        "😀@example.com",
        "e\u0301va@example.com",
        "ann@example.com\u2028",
        "\ud83d",
        "test@example.com",
        "1.23457E+11",
        "ann@example.c",
        "https://www.example.com/ann@example.com",
        "ann@example.com?subject=x",
        "{{email}}",
        "ann@example.com\tbob@example.net",
        "file:///etc/passwd@example.com",
        "../../etc/passwd",
        "ann@example.com'||pg_sleep(1)||'",
        "ann\\@example.com",
        "ann@example..com",
    )
    for number, cell in enumerate(odd):
        yield utf8(f"address-{number:02}.csv", table([[cell, "Ann", "", ""], PEOPLE[0]], quote="all"), 2)
    phones = (
        "2.12555E+09",
        '="0205550101"',
        "'+44 20 7946 0000",
        "p:+442079460000",
        "0044 20 7946 0000",
        "call me",
        "+" * 50,
        "٠٢٠٥٥٥٠١٠١",
        "212-555-0101 x5",
        "00000000000",
    )
    for number, phone in enumerate(phones):
        yield utf8(f"phone-{number}.csv", table([["ann@example.com", "Ann", phone, ""]], quote="all"), 1)
    dates = (
        "31/12/2026",
        "02/03/2026",
        "2026-02-30",
        "45000",
        "0000-00-00",
        "1e400",
        "9999-12-31T23:59:59Z",
        "yesterday",
        "2026-10-01T12:00:00",
        "1790000000000",
        "2026-10-25T02:30:00 Europe/Berlin",
        "१२/०३/२०२६",
    )
    for number, date in enumerate(dates):
        yield utf8(f"date-{number:02}.csv", table([["ann@example.com", date]], head=["email", "consent date"]), 1)


# --- other kinds of file, under the name of a list -------------------------------------------------------------------


def magic() -> Iterator[Odd]:
    starts = {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
        "gif": b"GIF89a\1\0\1\0",
        "pdf": b"%PDF-1.7\n%\xe2\xe3",
        "exe": b"MZ\x90\0\3\0\0\0",
        "elf": b"\x7fELF\2\1\1\0",
        "sqlite": b"SQLite format 3\0",
        "rtf": b"{\\rtf1\\ansi ann@example.com}",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "7z": b"7z\xbc\xaf\x27\x1c\0\4",
        "rar": b"Rar!\x1a\7\1\0",
        "mp4": b"\0\0\0\x18ftypmp42",
        "parquet": b"PAR1",
        "arrow": b"ARROW1\0\0",
        "avro": b"Obj\1",
        "orc": b"ORC",
        "class": b"\xca\xfe\xba\xbe",
        "wasm": b"\0asm\1\0\0\0",
        "gzip": b"\x1f\x8b\x08",
        "zstd": b"\x28\xb5\x2f\xfd",
        "zip": b"PK\3\4",
        "empty-zip": b"PK\5\6" + b"\0" * 18,
        "pgp": b"-----BEGIN PGP MESSAGE-----\n",
        "outlook": b"!BDN",
        "numbers": b"\0\0\x1a\0\2\x10\4\0",
        "bom-png": b"\xef\xbb\xbf\x89PNG",
    }
    noise = random.Random("magic")
    for name, start in starts.items():
        yield Odd(f"magic-{name}.csv", start)
        yield Odd(f"magic-{name}-long.csv", start + noise.randbytes(5_000))
    texts = {
        "page.xls": "<html><body><table><tr><td>email</td></tr><tr><td>ann@example.com</td></tr></table></body></html>",
        "error-page.csv": "<!DOCTYPE html><html><body><h1>403 Forbidden</h1></body></html>",
        "login-page.csv": "<html><form><input name=email value=a@example.com></form></html>",
        "page-without-end.xls": "<table><tr><td>email<td>name<tr><td>ann@example.com<td>Ann",
        "page-nested.xls": "<table>" * 3000 + "<tr><td>ann@example.com",
        "sheet.xml": '<?xml version="1.0"?><Workbook><Row>ann@example.com</Row></Workbook>',
        "entities.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        "mail.eml": "From: ann@example.com\nTo: bob@example.net\nSubject: list\n\nhello\n",
        "card.vcf": "BEGIN:VCARD\nFN:Ann\nEMAIL:ann@example.com\nEND:VCARD\n",
        "people.ldif": "dn: cn=Ann\nmail: ann@example.com\n",
        "dump.sql": "INSERT INTO people VALUES ('ann@example.com','Ann');\n",
        "list.yaml": "- email: ann@example.com\n  name: Ann\n",
        "error.txt": "An error occurred while exporting your list. Please try again.\n",
        "script.py": "import this\nprint('a@b')\n",
        "prose.txt": "Dear Sir,\n\nplease write to ann@example.com about the list.\n\nYours\n",
        "pixel.svg": "<svg xmlns='x'/>",
    }
    for name, text in texts.items():
        yield utf8(f"not-a-list-{name}", text)


def bytes_() -> Iterator[Odd]:
    for byte in (0, 9, 10, 13, 26, 34, 44, 64, 127, 255):
        yield Odd(f"byte-{byte:03}-once.csv", bytes([byte]))
        yield Odd(f"byte-{byte:03}-often.csv", bytes([byte]) * 70_000)
    yield Odd("empty.csv", b"")
    for seed in range(8):
        noise = random.Random(seed)
        yield Odd(f"noise-{seed}.csv", noise.randbytes(20_000))
        signs = 'ab@.,;"\n\r\t |\\\0é=<>{}[]:1'
        yield utf8(f"soup-{seed}.csv", "".join(noise.choice(signs) for _ in range(4_000)))
        yield utf8(
            f"soup-with-headings-{seed}.csv", "email,name\n" + "".join(noise.choice(signs) for _ in range(4_000))
        )
        damaged = bytearray(table(PEOPLE * 20).encode())
        for _ in range(25):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        yield Odd(f"damaged-{seed}.csv", bytes(damaged))


# --- containers ------------------------------------------------------------------------------------------------------


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def zstd(content: bytes) -> bytes:
    """A frame of raw blocks (RFC 8878, 3.1.1), which needs no library."""
    blocks = [content[start : start + 100_000] for start in range(0, len(content), 100_000)] or [b""]
    body = b"".join(
        struct.pack("<I", len(block) << 3 | (number == len(blocks) - 1))[:3] + block
        for number, block in enumerate(blocks)
    )
    return b"\x28\xb5\x2f\xfd" + bytes([0xA0]) + struct.pack("<I", len(content)) + body


def containers() -> Iterator[Odd]:
    text = table(PEOPLE).encode()
    other = table([["cy@example.com", "Cy", "", ""]]).encode()
    plain = zipped({"leads.csv": text})
    yield Odd("gzip.csv.gz", gzip.compress(text), 3)
    yield Odd("gzip-twice.csv.gz", gzip.compress(gzip.compress(text)))
    yield Odd("gzip-members.csv.gz", gzip.compress(text) + gzip.compress(b"cy@example.com,Cy,,\n"), 4)
    yield Odd("gzip-with-tail.csv.gz", gzip.compress(text) + b"garbage")
    yield Odd("gzip-of-nothing.csv.gz", gzip.compress(b""))
    yield Odd("gzip-wrong-sum.csv.gz", gzip.compress(text)[:-8] + b"\0" * 8)
    yield Odd("gzip-bomb.csv.gz", gzip.compress(b"\0" * (64 << 20)))
    yield Odd("gzip-of-zip.gz", gzip.compress(plain))
    deep = text
    for _ in range(12):
        deep = gzip.compress(deep)
    yield Odd("gzip-twelve-deep.gz", deep)
    yield Odd("gzip-utf16.csv.gz", gzip.compress(table(PEOPLE).encode("utf-16")), 3)
    yield Odd("zstd.csv.zst", zstd(text), 3)
    yield Odd("zstd-of-nothing.csv.zst", zstd(b""))
    yield Odd("zstd-two-frames.csv.zst", zstd(text) + zstd(b"cy@example.com,Cy,,\n"), 4)
    yield Odd("bzip2.csv.bz2", bz2.compress(text))
    yield Odd("xz.csv.xz", lzma.compress(text))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        member = tarfile.TarInfo("leads.csv")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    yield Odd("tar.tar", tar.getvalue())
    yield Odd("tar.tar.gz", gzip.compress(tar.getvalue()))
    yield Odd("zip.zip", plain, 3)
    for name, method in {"stored": zipfile.ZIP_STORED, "bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}.items():
        yield Odd(f"zip-{name}.zip", zipped({"leads.csv": text}, method))
    members = {
        "two": {"a.csv": text, "b.csv": other},
        "folder": {"x/": b"", "x/leads.csv": text},
        "empty": {},
        "folder-only": {"x/": b""},
        "mac": {"leads.csv": text, "__MACOSX/._leads.csv": b"\0\5\x16\7\0\2\0\0Mac OS X", ".DS_Store": b"\0\0\0\1Bud1"},
        "readme": {"leads.csv": text, "README.txt": b"Read me"},
        "picture": {"leads.csv": text, "logo.png": b"\x89PNG\r\n\x1a\n"},
        "up": {"../../etc/leads.csv": text},
        "absolute": {"/etc/leads.csv": text},
        "windows": {"C:\\x\\leads.csv": text},
        "names": {"\u202evsc.sdael": text, "a\x01b.csv": other},
        "nested": {"inner.zip": plain, "b.csv": other},
        "long-name": {"x" * 5000 + ".csv": text},
        "with-gzip": {"leads.csv.gz": gzip.compress(text)},
        "same-text": {"a.csv": text, "b.csv": text},
        "different-headings": {"a.csv": text, "b.csv": b"mail;name\nx@example.com;X\n"},
        "empty-file": {"a.csv": text, "b.csv": b""},
        "cp1252": {"a.csv": table(PEOPLE).encode("cp1252")},
        "one-bad": {"a.csv": text, "b.csv": b"\0\1\2" * 100},
        "mailchimp": {
            f"{kind}_members_export_1.csv": b"Email Address,MEMBER_RATING,LEID,EUID\nann@example.com,2,1,a\n"
            for kind in ("subscribed", "unsubscribed", "cleaned")
        },
        "many": {f"{n:03}.csv": b"email\n%d@example.com\n" % n for n in range(20)},
        "docx": {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"},
        "unsubscribed": {"unsubscribed.csv": b"email\nann@example.com\n"},
    }
    for name, inside in members.items():
        yield Odd(f"zip-{name}.zip", zipped(inside))
    nest = plain
    for level in range(12):
        nest = zipped({f"{level}.zip": nest})
    yield Odd("zip-twelve-deep.zip", nest)
    yield Odd("zip-bomb.zip", zipped({"leads.csv": b"\0" * (64 << 20)}))
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("a.csv", text)
        archive.comment = b"leads" * 100
    yield Odd("zip-comment.zip", twice.getvalue(), 3)
    yield Odd("zip-behind-other-bytes.zip", b"x" * 100 + plain)
    yield Odd("zip-with-tail.zip", plain + b"x" * 100)
    encrypted = bytearray(zipped({"leads.csv": text}, zipfile.ZIP_STORED))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        encrypted[encrypted.find(mark) + at] |= 1
    yield Odd("zip-encrypted.zip", bytes(encrypted))
    wrong = bytearray(zipped({"leads.csv": text}, zipfile.ZIP_STORED))
    wrong[60] ^= 0xFF
    yield Odd("zip-wrong-sum.zip", bytes(wrong))
    lying = bytearray(plain)
    at = lying.find(b"PK\1\2")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    yield Odd("zip-lies-about-its-size.zip", bytes(lying))
    yield Odd("zip-named-csv.csv", plain)
    yield Odd("csv-named-zip.zip", text, 3)
    yield Odd("csv-named-xlsx.xlsx", text, 3)
    yield Odd("csv-named-gz.csv.gz", text, 3)


# --- tables of other programs ----------------------------------------------------------------------------------------


def xlsx(sheets: dict[str, list[list[object]]], change: Callable[[object], None] | None = None) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbooks() -> Iterator[Odd]:
    import datetime as dt

    people: list[list[object]] = [HEAD, *PEOPLE]
    yield Odd("workbook.xlsx", xlsx({"Leads": people}), 3)
    yield Odd("workbook-named.csv", xlsx({"Leads": people}), 3)
    kinds: list[object] = [
        "ann@example.com",
        42,
        2125550101,
        1.5e300,
        True,
        None,
        dt.datetime(2026, 10, 1, 12),  # noqa: DTZ001 - a workbook's dates have no zone
        dt.date(2026, 1, 2),
        dt.time(3),
    ]
    books: dict[str, dict[str, list[list[object]]]] = {
        "kinds": {"a": [["email", *(f"c{n}" for n in range(8))], kinds]},
        "two-sheets": {"a": people, "b": people},
        "empty": {"a": []},
        "empty-first": {"a": [], "b": people},
        "titles": {"a": [["Leads of spring"], [], *people]},
        "formulas": {"a": [HEAD, ['=CONCATENATE("ann","@example.com")', "=1/0", "=NOW()", '=HYPERLINK("x")']]},
        "no-addresses": {"a": [["x", "y"], [1, 2]]},
        "one-cell": {"a": [["ann@example.com"]]},
        "wide": {"a": [["email", *range(1200)], ["ann@example.com"]]},
        "gaps": {"a": [HEAD, [None, None, None, None], PEOPLE[0], [], PEOPLE[2]]},
        "footer": {"a": [*people, [], ["Total", 3]]},
        "sheet-name": {"=cmd|x!A0"[:20].replace("!", ""): people},
        "unsubscribed-sheet": {"Subscribed": people, "Unsubscribed": people},
        "long-cell": {"a": [HEAD, ["ann@example.com", "x" * 32_000, "", ""]]},
        "headings-only": {"a": [HEAD]},
    }
    for name, sheets in books.items():
        yield Odd(f"workbook-{name}.xlsx", xlsx(sheets))

    def hide(book: object) -> None:
        book["b"].sheet_state = "hidden"  # type: ignore[index]

    def merge(book: object) -> None:
        book["a"].merge_cells("A2:B3")  # type: ignore[index]

    def far(book: object) -> None:
        book["a"]["XFD1048576"] = "far away"  # type: ignore[index]

    yield Odd("workbook-hidden-sheet.xlsx", xlsx({"a": people, "b": people}, hide))
    yield Odd("workbook-merged.xlsx", xlsx({"a": people}, merge))
    yield Odd("workbook-far-cell.xlsx", xlsx({"a": people}, far))
    whole = xlsx({"a": people})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
        + b"]>"
    )
    broken = {
        "no-sheet": {name: part for name, part in parts.items() if name != sheet},
        "cut-sheet": parts | {sheet: parts[sheet][: len(parts[sheet]) // 2]},
        "sheet-of-noise": parts | {sheet: b"\xff\xfe\0x" * 100},
        "entities": parts
        | {sheet: parts[sheet].replace(b"<worksheet", laughs + b"<worksheet", 1).replace(b">first<", b">&a8;<")},
        "outside-entity": parts
        | {
            sheet: parts[sheet].replace(
                b"<worksheet", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet', 1
            )
        },
        "no-types": {name: part for name, part in parts.items() if name != "[Content_Types].xml"},
        "no-strings": {name: part for name, part in parts.items() if "sharedStrings" not in name},
        "sheet-bomb": parts | {sheet: parts[sheet] + b" " * (64 << 20)},
        "macro": parts | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100},
    }
    for name, inside in broken.items():
        yield Odd(f"workbook-{name}.xlsx", zipped(inside))
    yield Odd(
        "workbook-encrypted.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1000,
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in people
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    row = "<table:table-row"
    blank = f"{row} table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    bodies = {
        "plain": rows,
        "repeated": rows + blank,
        "repeated-full": rows.replace(f"{row}>", f'{row} table:number-rows-repeated="500">'),
        "empty": "",
    }
    for name, body in bodies.items():
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="a">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>"
        )
        manifest = '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        ods = {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
        yield Odd(f"opendocument-{name}.ods", zipped(ods, zipfile.ZIP_STORED), 3 if name == "plain" else None)


def records() -> Iterator[Odd]:
    people = [dict(zip(HEAD, row, strict=True)) for row in PEOPLE]
    lines_ = "".join(json.dumps(one) + "\n" for one in people)
    yield utf8("records.json", json.dumps(people), 3)
    yield utf8("records-indented.json", json.dumps(people, indent=2, ensure_ascii=False), 3)
    yield utf8("records.ndjson", lines_, 3)
    texts = {
        "marked.json": "\ufeff" + json.dumps(people),
        "blank-lines.ndjson": lines_.replace("\n", "\n\n"),
        "cut.ndjson": lines_[:-20],
        "bad-line.ndjson": lines_ + '{"email": "x@example.com"\n' + lines_,
        "prose-between.ndjson": lines_ + "hello\n" + lines_,
        "arrays.json": json.dumps([HEAD, *PEOPLE]),
        "strings.json": '["ann@example.com", "bob@example.net"]',
        "empty.json": "[]",
        "object.json": json.dumps(people[0]),
        "wrapped.json": json.dumps({"data": people, "total": 3}),
        "number.json": "42",
        "text.json": '"ann@example.com"',
        "null.json": "null",
        "nulls.json": "[null, null]",
        "mixed.json": json.dumps([people[0], 1, None, "x", [2]]),
        "trailing-comma.json": json.dumps(people)[:-1] + ",]",
        "nested.json": json.dumps([{"email": "ann@example.com", "name": {"first": "Ann"}, "tags": ["a", "b"]}]),
        "twice.json": '[{"email": "a@example.com", "email": "b@example.com"}]',
        "lone-surrogate.json": '[{"email": "ann@example.com", "first_name": "\\ud800"}]',
        "nul.json": '[{"email": "ann@example.com", "first_name": "\\u0000"}]',
        "nan.json": '[{"email": "ann@example.com", "n": NaN}]',
        "huge-number.json": '[{"email": "ann@example.com", "n": ' + "9" * 5000 + "}]",
        "deep.json": "[" * 5000 + "]" * 5000,
        "deep-object.json": '[{"email": "ann@example.com", "x": ' + "[" * 2000 + "]" * 2000 + "}]",
        "different-keys.json": '[{"email": "a@example.com"}, {"mail": "b@example.com"}, {"x": 1}]',
        "no-address.json": '[{"x": 1}]',
        "two-values.json": "[] []",
        "many-keys.json": json.dumps([{"email": "ann@example.com", **{f"k{n}": n for n in range(1500)}}]),
        "keys-of-junk.json": '[{"": "ann@example.com", "\\u0000": 1}]',
        "single-quotes.json": "[{'email': 'ann@example.com'}]",
        "comments.json": '[ // people\n{"email": "ann@example.com"}]',
        "later-key.ndjson": lines_ + '{"email": "x@example.com", "zz": 1}\n',
    }
    for name, text in texts.items():
        yield utf8(f"records-{name}", text)
    yield Odd("records-utf16.json", json.dumps(people).encode("utf-16"))
    yield Odd("records-not-utf8.json", json.dumps(people, ensure_ascii=False).encode("cp1252"))
    yield Odd("records.ndjson.gz", gzip.compress(lines_.encode()), 3)


def parquets() -> Iterator[Odd]:
    if find_spec("pyarrow") is None:  # comes with [bulk]
        return
    import pyarrow as pa
    from pyarrow import parquet

    def written(columns: dict[str, list[object]]) -> bytes:
        out = io.BytesIO()
        parquet.write_table(pa.table(columns), out)
        return out.getvalue()

    people: dict[str, list[object]] = {name: [row[place] for row in PEOPLE] for place, name in enumerate(HEAD)}
    yield Odd("table.parquet", written(people), 3)
    yield Odd("table-nulls.parquet", written({"email": [None, "ann@example.com"], "n": [1, None]}), 2)
    yield Odd(
        "table-kinds.parquet",
        written({"email": ["ann@example.com"], "b": [b"\xff\0"], "f": [1.5], "l": [[1, 2]], "d": [{"a": 1}]}),
        1,
    )
    yield Odd("table-empty.parquet", written({"email": []}))
    yield Odd("table-no-address.parquet", written({"x": [1, 2]}))
    whole = bytearray(written(people))
    whole[10:60] = b"\xff" * 50
    yield Odd("table-damaged.parquet", bytes(whole))


def truncations() -> Iterator[Odd]:
    text = table([*PEOPLE, ["cy@example.com", 'C "y"', "", "one\ntwo"]] * 5)
    people: list[list[object]] = [HEAD, *PEOPLE]
    wholes = {
        "text.csv": text.encode(),
        "utf16.csv": text.encode("utf-16"),
        "gzip.csv.gz": gzip.compress(text.encode()),
        "zip.zip": zipped({"a.csv": text.encode()}),
        "workbook.xlsx": xlsx({"a": people}),
        "zstd.csv.zst": zstd(text.encode()),
        "records.json": json.dumps([dict.fromkeys(HEAD, "a@example.com")] * 9).encode(),
    }
    for odd in parquets():
        if odd.name == "table.parquet":
            wholes["table.parquet"] = odd.content
    for (name, whole), part in product(wholes.items(), (0.03, 0.3, 0.6, 0.9, 0.99)):
        yield Odd(f"cut-at-{part * 100:02.0f}-{name}", whole[: max(1, int(len(whole) * part))])


MAKERS = (
    encodings,
    lines,
    quotes,
    headings,
    shapes,
    cells,
    magic,
    bytes_,
    containers,
    workbooks,
    records,
    parquets,
    truncations,
)
