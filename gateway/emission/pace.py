"""When a delivery is tried again, and when no more: rests that grow and are never quite the same, three days in all."""

import random
from datetime import timedelta

FIRST, LONGEST, GROWS = timedelta(seconds=5), timedelta(hours=1), 3
DEAD_AFTER = timedelta(days=3)  # since it was first tried
LOOK_AGAIN = timedelta(minutes=5)  # at what withholds
REMIND_AFTER = timedelta(days=1)  # of a revocation that was taken and not acknowledged
MOST_REMINDERS = 30
LATE_AFTER = timedelta(hours=48)
"""A receiver that has not acknowledged a revocation for so long is shown as late."""


def rest_after(failures: int, asked: float | None = None) -> timedelta:
    """How long to leave a receiver alone after so many failures in a row; at least as long as it asked.

    Between half and one and a half of the time that grows threefold: receivers that came back are not met by all at
    once.
    """
    grown: timedelta = min(FIRST * GROWS ** min(failures - 1, 12), LONGEST)
    rest = grown * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    return max(rest, timedelta(seconds=asked or 0))


MOST_REFUSED = 10
"""So many items refused one after the other, and none taken: it is the receiver and not they."""
