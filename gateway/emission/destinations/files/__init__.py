"""Files in a folder of ours, from where others fetch them: CSV, NDJSON or Parquet, each with a manifest beside it.

A file appears whole or not at all: it is written beside itself, brought to the disk and renamed, and its manifest last.
The name comes of what is in it, so a batch that is written again takes its own place. Tables carry text cells only;
in CSV those that a spreadsheet would run are disarmed (CWE-1236).
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gateway.db.base import text_of
from gateway.emission.shape import Answered, Item, Kind, Setting, Settings, Way, whole
from gateway.emission.wire import as_bytes, event_of
from gateway.outcomes.export import csv_lines
from gateway.outgoing import UnreachableError

FORMATS = ("csv", "ndjson", "parquet")
LACKS = "Parquet is written with pyarrow, which is not installed here. Type: tools/venv.sh bulk"
HEADINGS = (
    "id", "type", "prospect", "sequence", "at", "cause", "address", "first_name", "last_name", "phone", "phone_use",
    "country", "phase", "since", "lead", "decision", "basis", "purposes", "not_for", "source", "brand", "obligations",
    "first_due_on", "evidence", "unsubscribe_url", "list_unsubscribe", "list_unsubscribe_post",
)  # fmt: skip


class Files:
    """An open folder."""

    def __init__(self, settings: Settings, way: Way, name: str) -> None:
        self._format = settings["format"]
        self._source = settings["source"]
        self._folder = way.drops / name  # a name has no dots and no slashes
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def close(self) -> None:
        """Nothing is open between two files."""

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """One file of all, and its manifest."""
        if items[0].what == "test":
            return [Answered(os.access(self._folder, os.W_OK), str(self._folder))]
        digest = sha256(" ".join(item.id for item in items).encode()).hexdigest()[:12]
        path = self._folder / f"prospects-{int(items[0].id.partition('_')[2]):012d}-{digest}.{self._format}"
        put(path, self._body(items))
        kinds = {what: count for what in ("accepted", "updated", "revoked")
                 if (count := sum(item.what == what for item in items))}  # fmt: skip
        manifest = {
            "file": path.name, "format": self._format, "items": len(items), "kinds": kinds,
            "sha256": sha256(path.read_bytes()).hexdigest(), "written_at": text_of(at),
        }  # fmt: skip
        put(path.with_name(path.name + ".manifest.json"), json.dumps(manifest, indent=1).encode() + b"\n")
        return [Answered(True, path.name)] * len(items)

    def _body(self, items: Sequence[Item]) -> bytes:
        if self._format == "ndjson":
            return b"".join(as_bytes(event_of(item, self._source)) + b"\n" for item in items)
        rows = [row_of(item) for item in items]
        if self._format == "csv":
            return "".join(csv_lines(list(HEADINGS), rows)).encode()
        return _parquet(rows)


def row_of(item: Item) -> list[str]:
    """An item as a row of a table."""
    told = {**(item.content or {}), "id": item.id, "type": f"prospect.{item.what}", "prospect": item.prospect,
            "sequence": item.sequence, "at": text_of(item.at), "cause": item.cause}  # fmt: skip
    scope, basis = told.get("scope") or {}, told.get("basis") or {}
    told |= {
        "source": scope.get("source"),
        "brand": scope.get("brand"),
        "basis": [f"{name}={value}" for name, value in basis.items() if value is not None],
    }
    return [_cell(told.get(name)) for name in HEADINGS]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_one, value))
    return "" if value is None else str(value)


def _one(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['code']}" + (f" by {value['due_on']}" if value.get("due_on") else "")
    return str(value)


def _can_be_written(form: str) -> None:
    if form == "parquet" and find_spec("pyarrow") is None:
        raise ValueError(LACKS)


def _parquet(rows: Sequence[Sequence[str]]) -> bytes:
    if find_spec("pyarrow") is None:  # it was there when this destination was added
        raise UnreachableError(LACKS)
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: [row[place] or None for row in rows] for place, name in enumerate(HEADINGS)}
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), out)
    return bytes(out.getvalue())


def put(path: Path, body: bytes) -> None:
    """A file, whole or not at all, on the disk when this returns; for ours and whoever may read our folder."""
    draft = path.with_name("." + path.name + ".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


KIND = Kind(
    title="File drop",
    about="Files in a folder on this machine, each with a manifest that is written last.",
    settings=(
        Setting("format", "How they are written", default="csv", choices=FORMATS, check=_can_be_written),
        Setting("batch", "Prospects in one file, at most", default="5000", check=whole(1, 20_000)),
        Setting("source", "The source that events name", default="/lead-gateway"),
    ),
    open=Files,
    most=5000,
    is_push=False,
)  # fmt: skip
