"""What the confirmations room may know of a form: its title, the notices it shows or has shown, its bound for mails."""

from sqlalchemy import Connection, select

from gateway.confirmation.terms import FormTerms
from gateway.intake.forms import find_source
from gateway.intake.tables import notices, source_notices


def find_terms(connection: Connection, key: str) -> FormTerms | None:
    """The terms of the form of this key; None if there is no such form."""
    source = find_source(connection, key)
    if source is None:
        return None
    shown = (
        select(notices.c.text)
        .join(source_notices, source_notices.c.digest == notices.c.digest)
        .where(source_notices.c.source == key)
    )  # fmt: skip
    wordings = [*connection.execute(shown).scalars(), source.statement.wording]
    return FormTerms(source.title, frozenset(filter(None, wordings)), source.form.mails_an_hour)
