"""The life histories of a folder, tried by the rules of its own folder and those before it."""

from dataclasses import replace
from pathlib import Path

from gateway.policy.apart import HISTORIES
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.loader import read_file
from gateway.policy.pack import PolicySet
from gateway.policy.phases.cases import History, Lived, read_histories, run_histories


def try_histories(policies: PolicySet, folder: Path) -> Lived:
    """Try every history of a folder. Raises PolicyError with everything that is wrong with the file."""
    complaints: list[Complaint] = []
    histories = find_histories(folder, complaints)
    if complaints:
        raise PolicyError(complaints)
    return Lived() if policies.lifecycle is None else run_histories(policies.lifecycle, histories)


def find_histories(folder: Path, complaints: list[Complaint]) -> list[History]:
    """Those of a folder; what is wrong with the file goes to ``complaints``."""
    file = folder / HISTORIES
    if not file.exists():
        return []
    document = read_file(file, complaints)
    found = [] if document is None else read_histories(document, complaints)
    return [replace(one, file=str(file)) for one in found]
