"""What a list's batches free stays with the process until the list is done: the next batch takes as much again.

Given back to the system and asked for anew, each page is cleared and mapped again: 40,000 times for 400,000 rows, a
twentieth of all their processor time. Only glibc is told; any other library does as it likes.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as <malloc.h> numbers them
_HELD = 256 << 20  # bytes free at the heap's end before any are given back
_USUAL = 64 << 20  # to this glibc comes by itself, once it has freed what a list's blocks are made of
_LARGEST = 32 << 20  # of the heap; glibc takes no more


def hold() -> None:
    """Keep what is freed, in this process and in those that it forks."""
    _tell(_HELD)


def let_go() -> None:
    """Give back what is free now, and as usual from here on."""
    _tell(_USUAL)
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _tell(held: int) -> None:
    with suppress(AttributeError):  # there is no such function
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, held)
        mallopt(_MMAP_THRESHOLD, _LARGEST)
