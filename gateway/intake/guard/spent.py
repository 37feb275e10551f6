"""Proofs of work that were taken, kept in the database until they are out of time: several web servers share them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from gateway.intake.tables import spent_proofs
from gateway.pipeline import Services

SWEEP = timedelta(minutes=1)


class Spent:
    """What a gateway's web servers have taken, each for all; one statement for a proof."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._swept: datetime | None = None

    def is_first(self, signature: str, until: datetime) -> bool:
        """Take a proof that could be sent again ``until`` then; False if some server has taken it already.

        Those that are out of time are forgotten now and then, for nobody takes them any more.
        """
        try:
            # Not worth waiting for the disk: after a power cut a proof could be spent twice, within its ten minutes.
            with self._services.unit_of_work(repeatable=True) as work:
                work.connection.execute(insert(spent_proofs).values(signature=signature, until=until))
                if self._swept is None or work.at - self._swept >= SWEEP:
                    work.connection.execute(delete(spent_proofs).where(spent_proofs.c.until <= work.at))
                    self._swept = work.at
        except IntegrityError:
            return False
        return True
