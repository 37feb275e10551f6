"""What the confirmations room may know of a form: its title, the notices it shows or has shown, its bound for mails."""

from sqlalchemy import Connection

from gateway.confirmation.terms import FormTerms
from gateway.db.plain import ask
from gateway.intake.forms import find_source

_SHOWN = "SELECT text FROM notices JOIN source_notices ON source_notices.digest = notices.digest WHERE source = ?"


def find_terms(connection: Connection, key: str) -> FormTerms | None:
    """The terms of the form of this key; None if there is no such form."""
    source = find_source(connection, key)
    if source is None:
        return None
    wordings = [*(text for (text,) in ask(connection, _SHOWN, (key,))), source.statement.wording]
    return FormTerms(source.title, frozenset(filter(None, wordings)), source.form.mails_an_hour)
