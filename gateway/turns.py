"""Long work done slice by slice, in turns: after each slice others may have theirs.

Each kind of such work keeps its own table with a lease and an attempt, which fence it; only the turn is the same.
"""

import time
from collections.abc import Callable


def take_turn(
    do_slice: Callable[[], bool],
    rest: Callable[[Exception | None], None],
    *,
    lost: type[Exception],
    seconds: float | None,
    told: Callable[[], None] = lambda: None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Do slice after slice until there is none, or for about so long; True if something is left.

    ``rest`` hands the work back, with the error if there was one; ``lost`` is raised where another has it by now.
    """
    begun = time.monotonic()
    try:
        while do_slice():
            told()
            if is_stopping() or (seconds is not None and time.monotonic() - begun > seconds):
                rest(None)
                return True
    except lost:
        return False
    except Exception as error:
        rest(error)
        raise
    return False
