"""Leads, prospects and remembered opt-outs of a batch, written. No question is asked here."""

from sqlalchemy import bindparam, update

from gateway.db.work import UnitOfWork
from gateway.lifecycle.store import Newcomer, admit, readmit
from gateway.outcomes.fates import Fates
from gateway.outcomes.tables import leads

_COLUMNS = ("id", "number", "address", "match_key", "as_arrived", "outcome", "decision_id")


def add_leads(work: UnitOfWork, fates: Fates) -> None:
    """One row for every lead of a fresh batch."""
    numbers = fates.numbers
    cases = [numbers[decision.id] for decision in fates.decisions]
    rows = list(zip(
        fates.ids, fates.batch.numbers, fates.batch.column("email"), fates.screened.keys, fates.batch.as_arrived,
        fates.outcomes, cases, strict=True,
    ))  # fmt: skip
    same = {"batch_id": fates.batch_id, "decided_in": fates.batch_id}
    if fates.extra:  # the few that the last look changed carry why
        plain = [row for index, row in enumerate(rows) if index not in fates.extra]
        special = [
            (*rows[index], finding.reason, fates.duplicate_of.get(index)) for index, finding in fates.extra.items()
        ]
        work.insert_many(leads, _COLUMNS, plain, same=same)
        work.insert_many(leads, (*_COLUMNS, "extra", "duplicate_of"), special, same=same)
    else:
        work.insert_many(leads, _COLUMNS, rows, same=same)


def change_leads(work: UnitOfWork, fates: Fates) -> None:
    """The new outcome of leads that waited."""
    rows = [
        {
            "lead": fates.ids[i], "fate": outcome, "case": fates.numbers[fates.decisions[i].id],
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


def admit_winners(work: UnitOfWork, fates: Fates) -> None:
    """The winners enter the lifecycle store as prospects, each with the decision that carries its obligations."""
    firsts, lasts = fates.batch.column("first_name"), fates.batch.column("last_name")
    screened, ids, numbers, decisions = fates.screened, fates.ids, fates.numbers, fates.decisions
    keys, addresses, phones, countries = screened.keys, screened.addresses, screened.phones, screened.countries
    newcomers = [
        Newcomer(keys[i], addresses[i], firsts[i], lasts[i], phones[i], countries[i], ids[i], numbers[decisions[i].id])  # type: ignore[arg-type]
        for i in fates.winners
    ]
    back = fates.returned
    admit(work, [one for one in newcomers if one.key not in back] if back else newcomers)
    readmit(work, [one for one in newcomers if one.key in back])
