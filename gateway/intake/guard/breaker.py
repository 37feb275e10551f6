"""Forms of which too few people confirm, as the guard asks for them: the breaker of confirmation mails, remembered.

It depends on the form alone and never on who signs up. Every process remembers for itself.
"""

from datetime import datetime, timedelta

from gateway.confirmation.limits import is_tripped
from gateway.db.work import reading
from gateway.pipeline import Services

FRESH = timedelta(minutes=1)  # a day's questions are counted for it, so not for every signup


class Breaker:
    """Whether few of a form's people confirm, as of a minute ago at the most."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, tuple[datetime, bool]] = {}  # form -> asked at, the answer

    def __call__(self, source: str, at: datetime) -> bool:
        """Whether the mails of this form wait because few confirm."""
        asked_at, tripped = self._known.get(source, (None, False))
        if asked_at is None or not timedelta() <= at - asked_at < FRESH:
            with reading(self._services.engine) as connection:
                tripped = is_tripped(connection, source, at)
            self._known[source] = (at, tripped)
        return tripped
