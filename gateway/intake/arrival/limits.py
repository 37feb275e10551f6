"""How much may come out of a file, however small it arrived, and what is said when more does."""

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.readers.refused import refuse

MOST_BYTES = 2 << 30  # unpacked, of one arrival all told
MOST_MEMBERS = 200  # of an archive
MOST_DEPTH = 2  # a ZIP in a ZIP; a gzip in a ZIP
RATIO = 500  # unpacked to packed; lists reach 20, deflate 1,032
RATIO_FROM = 64 << 20  # bytes; below it a high ratio harms nobody
SHEET_BYTES = 512 << 20  # unpacked, of one workbook: its reader holds it in memory


def too_large(what: str) -> CallerError:
    """The refusal of a file that unfolds to more than we take."""
    message = phrase(
        "%(what)s it is larger than %(most_bytes)s GiB; split the list and give its pieces",
        what=what,
        most_bytes=MOST_BYTES >> 30,
    )
    return refuse("file_too_large", message)


class Allowance:
    """Counts what comes out of one arrival and stops it in time. The sizes that archives state are not believed."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def spend(self, count: int, *, packed: int, unpacked: int) -> None:
        """Note so many more bytes; ``packed`` and ``unpacked`` are those of the file they come from, so far."""
        self._left -= count
        if self._left < 0:
            raise too_large("unpacked")
        if unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1):
            message = phrase(
                "it unpacks to more than %(ratio)s times its size, as files do that are made to fill "
                "disks and no list does; give the list itself, unpacked",
                ratio=RATIO,
            )
            raise refuse("file_too_large", message)
