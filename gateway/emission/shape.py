"""What a kind of destination is: what it needs to be set, and a receiver that is told items and answers for each."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from gateway.outgoing import Line, Server, Target, is_public, read_url, trusted

What = Literal["accepted", "updated", "revoked", "test"]
Settings = Mapping[str, str]
"""What is set of a destination, its secrets among it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is set of a destination."""

    name: str
    about: str  # in words, for whoever sets it
    needed: bool = False
    secret: bool = False  # sealed, and never shown again
    default: str = ""
    choices: tuple[str, ...] = ()
    check: Callable[[str], object] | None = None  # raises ValueError in words


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a receiver is told of one person. Told again, it has the same id."""

    id: str  # dlv_17
    what: What
    prospect: str  # prospect_3: what the person is called here, for ever
    sequence: int  # of what this receiver is told of this person, from 1
    at: datetime  # when it came to be
    content: Mapping[str, Any] | None = None  # of somebody who may be written to; none of somebody revoked
    cause: str | None = None  # of a revocation
    remote: str | None = None  # the receiver's own number of the person, as it told it
    after: str | None = None  # of somebody who came back: why this receiver was last told that they are revoked


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one item."""

    is_taken: bool
    said: str  # in our words and without anybody's name: 200, 503, "took longer than 15 seconds"
    remote: str | None = None
    is_its_own: bool = False  # this item is refused, and not everything: it is tried alone, the others go on
    is_gone: bool = False  # the receiver wants nothing any more
    rest_seconds: float | None = None  # as the receiver asked


class Receiver(Protocol):
    """An open destination. ``UnreachableError`` out of ``send`` means that nobody knows what came of the whole."""

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """Tell it these, at this instant; one answer for each, in their order."""

    def close(self) -> None:
        """Nothing more is told."""


@dataclass(frozen=True, slots=True)
class Way:
    """How receivers are reached. All but the folder is for tests."""

    drops: Path  # where files are put
    context: Callable[[], ssl.SSLContext] = field(default=trusted)
    is_good: Callable[[str], bool] = field(default=is_public)

    def target(self, url: str) -> Target:
        """What an address names. Raises ValueError, in words."""
        return read_url(url)

    def line(self, url: str) -> Line:
        """A line to the server that an address names, not yet open."""
        target = self.target(url)
        return Line(Server(target.host, target.port, self.context, self.is_good))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of destination."""

    title: str
    about: str
    settings: tuple[Setting, ...]
    open: Callable[[Settings, Way, str], Receiver]  # settings, how to reach it, the destination's own name
    most: int = 50  # items in one request, unless ``batch`` is set
    is_push: bool = True  # over the network
    is_one_by_one: bool = False  # a request for each person: each is looked at right before its own

    def named(self, name: str) -> Setting | None:
        """The setting of this name."""
        return next((one for one in self.settings if one.name == name), None)


def check_url(text: str) -> None:
    """Raise ValueError for an address that is not plainly a public server's."""
    read_url(text)


def whole(least: int, most: int) -> Callable[[str], object]:
    """Raise ValueError for what is no whole number in between."""

    def check(text: str) -> None:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):  # noqa: PLR2004
            raise ValueError(f"expected a whole number from {least} to {most}")

    return check
