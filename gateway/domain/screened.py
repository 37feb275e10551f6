"""What screening hands on: the facts policies ask for, and the details that writing needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from gateway.domain.facts import Facts
from gateway.domain.wording import Wording

RouteKind = Literal["mx", "implicit_mx", "null_mx", "no_such_domain", "no_mail_host", "unknown"]
TAKES_MAIL: dict[str, bool | None] = {
    "mx": True,
    "implicit_mx": True,
    "null_mx": False,
    "no_such_domain": False,
    "no_mail_host": False,
    "unknown": None,
}
"""A time-out is neither yes nor no (docs/design.md law 6)."""


class MailRoute(NamedTuple):
    """How mail reaches one domain, as answered at ``answered_at`` and believed until ``expires_at``."""

    domain: str  # A-label, lower case
    kind: RouteKind
    answered_at: datetime
    expires_at: datetime
    failures: int = 0  # unknown answers in a row, for the back-off
    source: Literal["dns", "memory", "recorded"] = "dns"  # recorded: the demo's own domains


class Piece(NamedTuple):
    """A certificate or token of one lead, by the digest under which it is known again."""

    row: int
    digest: bytes
    kind: str  # trustedform, ping, leadid
    reference: str  # the id at its issuer; of a token nothing, since nobody asks with it
    since: str  # the day of the yes, else of the arrival: it was made by then


@dataclass(slots=True)
class Screened:
    """A batch after screening; every list has one item per row."""

    facts: Facts
    addresses: list[str | None]  # normalised, for sending; None where not valid
    keys: list[bytes | None]  # match key, 16 bytes; None only where there is no text to compare
    domains: list[str | None]  # A-label
    countries: list[str | None]  # ISO 3166-1 alpha-2 as judged
    phones: list[str | None]
    suggestions: dict[int, str] = field(default_factory=dict)  # row index -> corrected address to offer
    more_keys: dict[int, list[bytes]] = field(default_factory=dict)  # row index -> of further addresses in its cell
    phone_stops: list[bytes] = field(default_factory=list)  # keys of numbers that our own system says not to call
    wordings: list[Wording] = field(default_factory=list)  # under which the rows came, each once
    standings: list[str] = field(default_factory=list)  # how each of them stood when it was asked
    worded: list[int] = field(default_factory=list)  # each row's place among them, -1 for none
    pieces: Sequence[Piece] = ()  # the certificates and tokens that came with the rows
    learned: list[MailRoute] = field(default_factory=list)  # fresh DNS answers, kept when the batch is written
