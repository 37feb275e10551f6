"""Where each row of the law's tables went: a rule, an obligation, or the reason why there is none.

The form of ``coverage.yaml``, beside the packs::

    CS-08: {about: no provenance, table: "2.2"}      # a rule or an obligation of this id exists
    H-03: {about: share of invalid addresses, table: "3.9", instead: why there is no rule of that id}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.policy.apart import BUYING, HISTORIES, LIFECYCLE, VENDORS
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.form import Form
from gateway.policy.loader import CASES, COVERAGE, load_policies, read_file
from gateway.policy.pack import PolicySet


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    id: str
    about: str
    table: str
    instead: str  # why there is no rule and no obligation of this id; empty where there is one


def load_whole(folders: Sequence[Path]) -> PolicySet:
    """The set that leads are judged by. Raises PolicyError also where a file of our own folder, the first, is gone.

    A folder that lost a pack still reads well, and would let in what that pack keeps out. So every row of the
    coverage must be there, and every file of cases its pack.
    """
    policies, complaints = load_policies(folders), list[Complaint]()
    home = folders[0]
    if not read_coverage(home, policies, complaints):
        complaints.append(Complaint(str(home / COVERAGE), 1, "it is gone, so nobody can tell whether packs are too"))
    packs = {pack.name for pack in policies.packs}
    complaints += [
        Complaint(str(file), 1, f"its pack {name}.yaml is gone")
        for file in sorted(home.glob(f"*{CASES}"))
        if file.name != HISTORIES and (name := file.name.removesuffix(CASES)) not in packs
    ]
    if not (home / BUYING).exists():
        complaints.append(Complaint(str(home / BUYING), 1, "it is gone, so nobody can say what a sample is worth"))
    if not (home / LIFECYCLE).exists():
        complaints.append(Complaint(str(home / LIFECYCLE), 1, "it is gone, so nobody can say where people stand"))
    if not (home / VENDORS).exists():
        complaints.append(Complaint(str(home / VENDORS), 1, "it is gone, so no vendor's figures would act on it"))
    if complaints:
        raise PolicyError(complaints)
    return policies


def read_coverage(folder: Path, policies: PolicySet, complaints: list[Complaint]) -> list[Row]:
    """The rows of a folder's coverage.yaml, in their order; none where there is no such file."""
    file = folder / COVERAGE
    document = read_file(file, complaints) if file.exists() else None
    if document is None:
        return []
    known = {rule.id: "a rule" for rule in policies.rules}
    known |= {owed.id: "an obligation" for owed in policies.obligations.values()}
    rows = []
    whole = Form(document, (), complaints)
    for name in whole.data:
        form = Form(document, (name,), complaints)
        form.only("about", "table", "instead")
        row = Row(name, form.text("about"), form.text("table"), form.text("instead", needed=False))
        if row.instead and name in known:
            form.complain(f"there is {known[name]} of this id; leave instead out", "instead")
        if not row.instead and name not in known:
            whole.complain(
                "there is no rule and no obligation of this id; write it, or say why not under instead", name
            )
        rows.append(row)
    return rows
