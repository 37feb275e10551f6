"""What buying owes beside its answers: hashes of newcomers, prices of leads that waited and were decided."""

import time

from gateway.db.work import reading
from gateway.intake.buying import booked, known
from gateway.pipeline import Services


def is_owed(services: Services) -> bool:
    """Whether somebody could do something now."""
    now = services.clock.now()
    with reading(services.engine) as connection:
        return booked.is_due(connection, now) or known.is_due(connection)


def work(services: Services, *, seconds: float) -> int:
    """Do what is owed, slice by slice, for about so long; how many rows were done."""
    until = time.monotonic() + seconds
    done = booked.look_after(services)
    while time.monotonic() < until and (some := known.derive(services)):
        done += some
    return done
