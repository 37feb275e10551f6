"""Leads, prospects and remembered opt-outs of a batch, written. No question is asked here.

Where a rule says that nothing may be kept of a lead (16 CFR 312), its row keeps the match key, the outcome and the
reasons, so that the totals add up and the person is known again: no address, and nothing of what arrived. Of people
who were erased not even the key is kept with the row: their tombstone knows them again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update

from gateway.db.work import UnitOfWork
from gateway.domain.ports import ERASURE
from gateway.lifecycle.store import Newcomer, admit_columns, readmit
from gateway.outcomes.erased import rows_of_erased
from gateway.outcomes.fates import Fates
from gateway.outcomes.tables import leads

GONE = json.dumps({"erased": ERASURE})
"""What stands in the place of a row of somebody who was erased."""


def add_leads(work: UnitOfWork, fates: Fates) -> None:
    """One row for every lead of a fresh batch."""
    addresses, as_arrived = fates.batch.column("email"), fates.batch.as_arrived
    keys = fates.screened.keys
    erased, gone = _erased(fates), rows_of_erased(fates, work.connection)
    if erased or gone:
        addresses, as_arrived, keys = list(addresses), list(as_arrived), list(keys)
        for index, note in erased.items():
            addresses[index], as_arrived[index] = None, note
        for index in gone:
            addresses[index], as_arrived[index], keys[index] = None, GONE, None
        fates.emptied = len(gone - erased.keys())
    columns: dict[str, Sequence[Any]] = {
        "id": fates.ids, "number": fates.batch.numbers, "address": addresses, "match_key": keys,
        "as_arrived": as_arrived, "outcome": fates.outcomes, "decision_id": fates.cases,
    }  # fmt: skip
    if fates.extra:  # the few that the last look changed carry why
        # In one go with the others: a row put between others later splits its page, an eighth of the table was empty.
        columns["extra"] = _spread({i: finding.reason for i, finding in fates.extra.items()}, len(fates.ids))
        columns["duplicate_of"] = _spread(fates.duplicate_of, len(fates.ids))
    work.insert_columns(leads, columns, same={"batch_id": fates.batch_id, "decided_in": fates.batch_id})


def _spread(found: Mapping[int, Any], size: int) -> list[Any]:
    column: list[Any] = [None] * size
    for index, value in found.items():
        column[index] = value
    return column


def change_leads(work: UnitOfWork, fates: Fates) -> None:
    """The new outcome of leads that waited."""
    rows = [
        {
            "lead": fates.ids[i], "fate": outcome, "case": fates.cases[i],
            "batch": fates.batch_id, "first": fates.duplicate_of.get(i),
            "code": fates.extra[i].reason if i in fates.extra else None,
        }
        for i, outcome in enumerate(fates.outcomes)
        if i not in fates.gone
    ]  # fmt: skip
    if rows:
        changed = update(leads).where(leads.c.id == bindparam("lead"))
        changed = changed.values(
            outcome=bindparam("fate"), decision_id=bindparam("case"), decided_in=bindparam("batch"),
            extra=bindparam("code"), duplicate_of=bindparam("first"),
        )  # fmt: skip
        work.connection.execute(changed, rows)
    gone = [{"lead": fates.ids[i], "note": note} for i, note in _erased(fates).items() if i not in fates.gone]
    if gone:
        emptied = update(leads).where(leads.c.id == bindparam("lead"))
        work.connection.execute(emptied.values(address=None, as_arrived=bindparam("note")), gone)
    theirs = [fates.ids[i] for i in rows_of_erased(fates, work.connection) if i not in fates.gone]
    if theirs:
        emptied = update(leads).where(leads.c.id.in_(theirs))
        work.connection.execute(emptied.values(address=None, as_arrived=GONE, match_key=None))


def _erased(fates: Fates) -> dict[int, str]:
    """What stands in the place of the rows of which nothing may be kept."""
    reasons = {
        id(decision): next(finding.reason for finding in decision.findings if finding.erases)
        for decision in fates.distinct.values()
        if decision.erases
    }
    if not reasons:
        return {}
    return {
        index: json.dumps({"erased": reasons[id(decision)]})
        for index, decision in enumerate(fates.decisions)
        if id(decision) in reasons
    }


def admit_winners(work: UnitOfWork, fates: Fates) -> None:
    """The winners enter the lifecycle store as prospects, each with the decision that carries its obligations."""
    winners, screened = fates.winners, fates.screened
    if not winners:
        return
    columns: tuple[Sequence[Any], ...] = (
        screened.keys, screened.addresses, fates.batch.column("first_name"), fates.batch.column("last_name"),
        screened.phones, screened.countries, fates.batch.column("purposes"), fates.ids, fates.cases,
    )  # fmt: skip
    if fates.returned:
        back = [index for index in winners if screened.keys[index] in fates.returned]
        before = readmit(work, [Newcomer(*(column[index] for column in columns)) for index in back])
        for lead, earlier in before.items():
            work.connection.execute(update(leads).where(leads.c.id == earlier).values(replaced_by=lead))
        winners = [index for index in winners if screened.keys[index] not in fates.returned]
    # Picked column by column: a hundred thousand objects made one by one took a tenth of the writing.
    admit_columns(work, [list(map(column.__getitem__, winners)) for column in columns])
