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
from gateway.policy.entries import Entries
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.pack import PolicySet
from gateway.policy.reading import Document, read_strict
from gateway.policy.reasons import NEEDED

REASONS, OBLIGATIONS, CASES = "reasons.yaml", "obligations.yaml", ".test.yaml"


def load_policies(folders: Sequence[Path]) -> PolicySet:
    """All packs of these folders as one set. Raises PolicyError with everything that is wrong in any file."""
    complaints: list[Complaint] = []
    files = [file for folder in folders for file in _files(folder, complaints)]
    documents = [found for file in files if (found := read_file(file, complaints)) is not None]
    reasons = [found for found in documents if _is(found, REASONS)]
    obligations = [found for found in documents if _is(found, OBLIGATIONS)]
    packs = [found for found in documents if found not in reasons and found not in obligations]
    read = Entries(complaints)
    for document in reasons:
        read.read_each(document, read.read_reason)
    for document in obligations:
        read.read_each(document, read.read_obligation)
    for document in packs:
        read.read_pack(document)
    home = folders[0] if folders else Path()
    if not packs and not complaints:
        complaints.append(Complaint(str(home), 1, "no policy pack is here"))
    where = reasons[0].name if reasons else str(home / REASONS)
    complaints.extend(
        Complaint(where, 1, f"no wording for {code}, which the gateway itself uses")
        for code in dict.fromkeys(NEEDED)
        if code not in read.reasons
    )
    if complaints:
        raise PolicyError(complaints)
    # Law before the house: the order in which officers read findings of equal strictness.
    read.packs.sort(key=lambda pack: (not pack.grants, pack.name))
    return PolicySet(read.packs, read.reasons, read.obligations, _digest(packs, reasons, obligations))


def _files(folder: Path, complaints: list[Complaint]) -> list[Path]:
    if not folder.is_dir():
        complaints.append(Complaint(str(folder), 1, "no such folder"))
        return []
    complaints.extend(  # passing a pack over in silence would be worse
        Complaint(str(odd), 1, "call it .yaml; .yml is not read") for odd in sorted(folder.glob("*.yml"))
    )
    return [file for file in sorted(folder.glob("*.yaml")) if not file.name.endswith(CASES)]


def read_file(file: Path, complaints: list[Complaint]) -> Document | None:
    """One file, strictly; None after complaints."""
    try:
        return read_strict(file.read_text(encoding="utf-8"), name=str(file))
    except UnicodeDecodeError as error:
        complaints.append(Complaint(str(file), 1, f"this is not UTF-8 text (byte {error.start})"))
    except OSError as error:
        complaints.append(Complaint(str(file), 1, f"cannot be read: {error.strerror}"))
    except CallerError as error:
        complaints.extend(
            Complaint(str(file), p.line or 1, f"{p.field}: {p.message}" if p.field else p.message)
            for p in error.problems
        )
    return None


def _is(document: Document, name: str) -> bool:
    return Path(document.name).name == name


def _digest(packs: Iterable[Document], reasons: Iterable[Document], obligations: Iterable[Document]) -> str:
    """SHA-256 of the content in one canonical form: comments, spacing, key order and file names leave it alone."""
    content: dict[str, Any] = {
        "format": 1,
        "packs": {document.data["pack"]: document.data for document in packs},
        "reasons": {code: entry for document in reasons for code, entry in document.data.items()},
        "obligations": {code: entry for document in obligations for code, entry in document.data.items()},
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)
    return sha256(text.encode()).hexdigest()
