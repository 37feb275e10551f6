"""Dropped files that still lie there, without somebody who was erased: their lines go, every other stays as it is.

A line that revokes them names nobody, and stays. Which lines are theirs is said by the prospect's number, and by their
address wherever it stands. Whoever fetched a file before is told by ``prospect.revoked``.
"""

import csv
import io
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gateway.db.base import text_of
from gateway.emission.destinations.files import put
from gateway.person.who import Who

MANIFEST = ".manifest.json"
REVOKED = "prospect.revoked"
_MARK = "\ufeff"
_FORMATS = (".csv", ".ndjson", ".parquet")


class NotReadableError(Exception):
    """A file cannot be read here, as Parquet where pyarrow is gone, or is being written: it may hold them."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Whose lines go: of these prospects, and of whoever has the address."""

    prospects: Collection[str]
    who: Who
    busy: Collection[str] = ()  # folders into which somebody may be writing

    def takes(self, prospect: Any, what: Any, address: Any) -> bool:
        """Whether a line is theirs."""
        return what != REVOKED and (prospect in self.prospects or bool(address and self.who.named_in(str(address))))


@dataclass(slots=True)
class _Left:
    """What is left of a file."""

    body: bytes = b""
    kept: list[str] = field(default_factory=list)  # the types of its lines
    gone: int = 0
    named: int = 0  # lines of others that named the address


def forget(drops: Path, gone: Gone, at: datetime) -> int:
    """Take a person's lines out of every file under this folder; how many. Raises NotReadableError at the end.

    A draft that somebody left behind goes: whoever serves the folder makes it anew.
    """
    lines, unread = 0, ""
    for path in sorted(drops.glob("*/*")):  # a draft begins with a dot, which this finds, too
        try:
            if path.name.endswith(".part"):
                if path.parent.name in gone.busy:
                    raise NotReadableError("a dropped file is being written")  # noqa: TRY301 - as of any other file
                path.unlink()
            elif path.suffix in _FORMATS:
                lines += _rewrite(path, gone, at)
        except FileNotFoundError:  # fetched and removed meanwhile
            continue
        except NotReadableError as error:
            unread = str(error)
    if unread:
        raise NotReadableError(unread)
    return lines


def _rewrite(path: Path, gone: Gone, at: datetime) -> int:
    left = {".csv": _csv, ".ndjson": _ndjson, ".parquet": _parquet}[path.suffix](path.read_bytes(), gone)
    if not left.gone and not left.named:
        return 0
    manifest = path.with_name(path.name + MANIFEST)
    if manifest.exists():  # first: cut off between the two, the file is looked at again and says so once more
        told = json.loads(manifest.read_bytes())
        kinds = {name: count for name in told["kinds"] if (count := left.kept.count(f"prospect.{name}"))}
        told |= {
            "items": len(left.kept), "kinds": kinds, "sha256": sha256(left.body).hexdigest(),
            "rewritten_at": text_of(at),
        }  # fmt: skip
        put(manifest, json.dumps(told, indent=1).encode() + b"\n")
    put(path, left.body)
    return left.gone


def _ndjson(body: bytes, gone: Gone) -> _Left:
    texts, left = list[bytes](), _Left()
    for line in body.splitlines(keepends=True):
        event: dict[str, Any] = json.loads(line)
        if gone.takes(event["subject"], event["type"], event["data"].get("address")):
            left.gone += 1
            continue
        text = line.decode()
        if gone.who.named_in(text):
            left.named += 1
            text = gone.who.without_json(text) + "\n"
        texts.append(text.encode())
        left.kept.append(event["type"])
    left.body = b"".join(texts)
    return left


def _csv(body: bytes, gone: Gone) -> _Left:
    """The lines of others stay to the byte: what disarms a cell is not put before it twice."""
    lines = list(io.StringIO(body.decode(), newline=""))
    reader = csv.reader(lines)
    headings = [name.removeprefix(_MARK) for name in next(reader)]
    places = [headings.index(name) for name in ("prospect", "type", "address")]
    start, texts, left = reader.line_num, lines[: reader.line_num], _Left()
    for row in reader:
        text, start = "".join(lines[start : reader.line_num]), reader.line_num
        if gone.takes(*(row[place] for place in places)):
            left.gone += 1
            continue
        if gone.who.named_in(text):
            left.named += 1
            text = gone.who.without(text)
        texts.append(text)
        left.kept.append(row[places[1]])
    left.body = "".join(texts).encode()
    return left


def _parquet(body: bytes, gone: Gone) -> _Left:
    if find_spec("pyarrow") is None:
        raise NotReadableError("a dropped file is Parquet, and pyarrow is not installed here: tools/venv.sh bulk")
    import pyarrow as pa
    import pyarrow.parquet as pq

    table, left, rows = pq.read_table(pa.BufferReader(body)), _Left(), []
    for row in table.to_pylist():
        if gone.takes(row["prospect"], row["type"], row["address"]):
            left.gone += 1
            continue
        if gone.who.named_in(" ".join(cell for cell in row.values() if cell)):
            left.named += 1
            row = {name: cell and gone.who.without(cell) for name, cell in row.items()}  # noqa: PLW2901 - as it is kept
        rows.append(row)
        left.kept.append(row["type"])
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), out)
    left.body = bytes(out.getvalue())
    return left
