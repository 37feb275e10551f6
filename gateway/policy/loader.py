"""Loads policies from folders: every file read strictly, checked against the catalogue and against one another.

The only module that opens policy files. What may stand in them is entries.py.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.domain.problem import CallerError
from gateway.policy.apart import APART, Apart
from gateway.policy.entries import Entries
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.form import Form, shortened
from gateway.policy.overlay import Overlays
from gateway.policy.pack import PolicySet, PolicyText
from gateway.policy.reading import Document, read_strict
from gateway.policy.reasons import NEEDED

REASONS, OBLIGATIONS, CASES, COVERAGE = "reasons.yaml", "obligations.yaml", ".test.yaml", "coverage.yaml"
MAX_BYTES = 4_000_000  # a million characters at their widest; nobody's pack is a hundredth of that


def load_policies(folders: Sequence[Path]) -> PolicySet:
    """All packs of these folders as one set. Raises PolicyError with everything that is wrong in any file."""
    complaints: list[Complaint] = []
    texts, documents = [], []
    for number, folder in enumerate(folders):
        for file in _files(folder, complaints):
            text = read_text(file, complaints)
            document = None if text is None else parse(text, str(file), complaints)
            if text is not None and document is not None:
                texts.append(PolicyText(number, file.name, text))
                documents.append(document)
    apart = Apart()
    for folder in folders:
        for name in APART:
            document = read_file(folder / name, complaints) if (folder / name).exists() else None
            if document is not None:
                apart.read(name, Form(document, (), complaints))
    apart.end()
    found = _assemble(documents, texts, complaints, home=str(folders[0]) if folders else ".")
    apart.give(found)
    found.folders = tuple(folders)
    return found


def is_changed(policies: PolicySet) -> bool:
    """Whether its files read otherwise now than when it was loaded, remarks among them."""
    now = [
        PolicyText(number, file.name, read_text(file, []) or "")
        for number, folder in enumerate(policies.folders) for file in _files(folder, [])
    ]  # fmt: skip
    return bool(policies.folders) and now != list(policies.texts)


def stands_alone(folder: Path) -> bool:
    """Whether a folder words what the gateway itself says, as ours does. A company's own is read after ours."""
    document = read_file(folder / REASONS, []) if (folder / REASONS).exists() else None
    return document is not None and isinstance(document.data, dict) and not document.data.keys().isdisjoint(NEEDED)


def load_texts(texts: Sequence[PolicyText], *, name: str) -> PolicySet:
    """A set that was kept as it was read; ``name`` stands for its folder in messages. Raises PolicyError."""
    complaints: list[Complaint] = []
    documents = [
        document for kept in texts if (document := parse(kept.text, f"{name}/{kept.name}", complaints)) is not None
    ]
    return _assemble(documents, texts, complaints, home=name)


def _assemble(
    documents: list[Document], texts: Sequence[PolicyText], complaints: list[Complaint], *, home: str
) -> PolicySet:
    reasons = [found for found in documents if _is(found, REASONS)]
    obligations = [found for found in documents if _is(found, OBLIGATIONS)]
    rest = [found for found in documents if found not in reasons and found not in obligations]
    overlays = [found for found in rest if isinstance(found.data, dict) and "overlay" in found.data]
    packs = [found for found in rest if found not in overlays]
    read = Entries(complaints)
    for document in reasons:
        read.read_each(document, read.read_reason)
    for document in obligations:
        read.read_each(document, read.read_obligation)
    for document in packs:
        read.read_pack(document)
    if not packs and not complaints:
        complaints.append(Complaint(home, 1, "no policy pack is here"))
    where = reasons[0].name if reasons else f"{home}/{REASONS}"
    complaints.extend(
        Complaint(where, 1, f"no wording for {code}, which the gateway itself uses")
        for code in dict.fromkeys(NEEDED)
        if code not in read.reasons
    )
    changes = Overlays(read.packs)
    for document in overlays:
        changes.apply(Form(document, (), complaints))
    if complaints:
        raise PolicyError(complaints)
    # Law before the house: the order in which officers read findings of equal strictness.
    read.packs.sort(key=lambda pack: (not pack.grants, pack.name))
    digest = _digest(packs, reasons, obligations, overlays)
    return PolicySet(read.packs, read.reasons, read.obligations, digest, texts)


def _files(folder: Path, complaints: list[Complaint]) -> list[Path]:
    """The policy files of a folder. Whatever might be one and is not read is complained of: silence would be worse."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        what = "no such folder" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        complaints.append(Complaint(str(folder), 1, what))
        return []
    found = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.suffix == ".yaml":
            if not entry.name.endswith(CASES) and entry.name not in {COVERAGE, *APART}:
                found.append(entry)
        elif entry.suffix.lower() in {".yaml", ".yml"}:
            complaints.append(Complaint(str(entry), 1, "call it .yaml, in small letters; nothing else is read"))
        elif entry.is_dir() and any(entry.rglob("*.yaml")):
            complaints.append(Complaint(str(entry), 1, "packs in a folder within are not read; move them up"))
    if not found and not any((folder / name).exists() for name in APART) and not complaints:
        complaints.append(Complaint(str(folder), 1, "no policy file is here; if none is meant to be, leave it out"))
    return found


def read_file(file: Path, complaints: list[Complaint]) -> Document | None:
    """One file, strictly; None after complaints."""
    text = read_text(file, complaints)
    return None if text is None else parse(text, str(file), complaints)


def read_text(file: Path, complaints: list[Complaint]) -> str | None:
    """A file's text; None after complaints."""
    try:
        if not file.is_file():  # a pipe would wait for ever
            complaints.append(Complaint(str(file), 1, "cannot be read: it is no ordinary file"))
            return None
        if file.stat().st_size <= MAX_BYTES:
            return file.read_text(encoding="utf-8")
        complaints.append(Complaint(str(file), 1, f"cannot be read: it is larger than {MAX_BYTES:,} bytes"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        complaints.append(Complaint(str(file), line, f"this is not UTF-8 text (byte {error.start})"))
    except OSError as error:
        complaints.append(Complaint(str(file), 1, f"cannot be read: {error.strerror}"))
    return None


def parse(text: str, name: str, complaints: list[Complaint]) -> Document | None:
    """A file's content, strictly; None after complaints."""
    try:
        return read_strict(text, name=name)
    except CallerError as error:
        complaints.extend(
            Complaint(name, p.line or 1, shortened(f"{p.field}: {p.message}" if p.field else p.message))
            for p in error.problems
        )
    return None


def _is(document: Document, name: str) -> bool:
    return Path(document.name).name == name


def _digest(
    packs: Iterable[Document], reasons: Iterable[Document], obligations: Iterable[Document],
    overlays: Iterable[Document],
) -> str:  # fmt: skip
    """SHA-256 of the content in one canonical form: comments, spacing, key order and file names leave it alone."""
    content: dict[str, Any] = {
        "format": 2,
        "packs": {document.data["pack"]: document.data for document in packs},
        "reasons": {code: entry for document in reasons for code, entry in document.data.items()},
        "obligations": {code: entry for document in obligations for code, entry in document.data.items()},
        "overlays": {document.data["overlay"]: document.data for document in overlays},
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)
    return sha256(text.encode()).hexdigest()
