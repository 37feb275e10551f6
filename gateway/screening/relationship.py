"""What dealings there were with the person, as the source states them and the row dates them. Claims stay claims.

At our own form the person deals with us, here and now. Of a list its manifest says what dealings there were; whether
they were with us it may say too, else they count as ours only where the people gave their addresses to us. Dealings
with somebody else stay theirs: they cannot be bought with a list (CASL s. 10(9)-(12)).
"""

from datetime import datetime, time

from gateway.domain.lead import Batch
from gateway.screening.answers import Answers, Column
from gateway.screening.provenance import end_of, happened, start_of


def establish(batch: Batch) -> Answers:
    """The ``relationship.*`` facts; unknown where nobody says."""
    said, is_form = batch.origin.statement, batch.origin.kind == "form"
    return {
        "relationship.kind": said.dealings,
        "relationship.is_ours": said.direct if is_form or said.dealings_with_us is None else said.dealings_with_us,
        "relationship.last_at": last_at(batch),
        "relationship.is_similar": said.similar_offers,
        "relationship.opt_out_was_offered": said.opt_out_offered,
        "relationship.refusal_was_stated": said.refusal_stated,
        "relationship.is_role_relevant": said.role_relevant,
    }


def last_at(batch: Batch) -> datetime | Column | None:
    """When the last dealings were: the row's own date, else the source's. Dealings at a form are its signup.

    Bare days are counted from their end; dealings to come are none.
    """
    said = batch.origin.statement
    begun = start_of(said.dealings_on)
    of_all = None if begun is None or begun > batch.arrived_at else end_of(said.dealings_on)
    if of_all is None and batch.origin.kind == "form" and said.dealings not in {None, "none"}:
        of_all = batch.arrived_at
    if "last_dealing_at" not in batch.columns:
        return of_all
    return [_whole(at) or of_all for at in happened(batch, "last_dealing_at")]


def _whole(at: datetime | None) -> datetime | None:
    """Midnight in UTC stands for a bare day, which is not over before its end."""
    return end_of(at.date()) if at is not None and at.time() == time.min else at
