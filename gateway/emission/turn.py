"""One worker's turn at one destination: what it holds between two transactions."""

import time
from dataclasses import dataclass, field
from typing import Any

from gateway.emission.book import Destination
from gateway.emission.shape import Answered, Receiver, Way
from gateway.pipeline import Services

Row = Any


class TurnLostError(Exception):
    """Another worker serves this destination by now."""


@dataclass(slots=True)
class Turn:
    """One worker's turn at one destination."""

    services: Services
    way: Way
    here: Destination
    attempt: int
    receiver: Receiver
    most: int
    held: float = field(default_factory=time.monotonic)  # since when nobody else serves it, for as long as the lease
    answers: list[tuple[Row, Answered]] = field(default_factory=list)  # not written down yet
    dropped: list[tuple[Row, str, int | None]] = field(default_factory=list)  # not sent: state, decision
    phones: dict[int, bytes] = field(default_factory=dict)  # delivery -> key of the number that went along
    failed: Answered | None = None  # the receiver as a whole
    refused: int = 0  # in a row, each alone
    sent: int = 0
    is_looked_over: bool = False  # for what is dead by now, withheld no longer, or to be reminded of
