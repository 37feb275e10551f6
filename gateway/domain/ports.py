"""What screening and the pipeline ask of the world, as shapes. The rooms below and the tests implement them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from gateway.domain.lead import Attestation
from gateway.domain.phrase import phrase
from gateway.domain.screened import MailRoute

Cause = Literal["opt_out", "complaint", "objection", "bounce", "told_by_list", "erasure", "legal", "manual", "child"]
"""Why somebody must not be written to. ``bounce`` is the only one that is not the person's will or a duty."""
CAUSES: tuple[Cause, ...] = (
    "opt_out", "complaint", "objection", "bounce", "told_by_list", "erasure", "legal", "manual", "child",
)  # fmt: skip
CAUSE_WORDS: Mapping[str, Cause] = {
    "hard_bounce": "bounce", "do_not_contact": "manual", "litigation": "legal", "erased": "erasure",
}  # fmt: skip
"""What people say for some of them."""


BOUNCE: Cause = "bounce"
ERASURE: Cause = "erasure"
Scope = str
"""What an order covers. ``all`` and ``email``: every lead of the address. ``phone``: calls and texts to the number.
``brand:<name>`` and ``source:<form's key or list_7>``: the leads of that brand or that came from there.
``purpose:<word>``: mail for that purpose, whatever lead the person stands on; it stands against no lead as a whole.
"""
EVERYTHING: Scope = "all"
WHOLE: frozenset[Scope] = frozenset({"all", "email"})
PHONE: Scope = "phone"
_BRAND = re.compile(r"[^\s:@](?:[^\r\n:@]{0,58}[^\s:@])?")
_PART = re.compile(r"(brand|source|purpose):(?!\s)[^\x00-\x1f\x7f@]{1,64}(?<!\s)")


BRAND_IS = phrase("a brand has 1 to 60 characters on one line, without : and @")


def is_brand(name: str) -> bool:
    """Whether a form or manifest may call a brand so: as an order may name it, and as a page may show it."""
    return _BRAND.fullmatch(name) is not None


def read_scope(text: str) -> Scope:
    """The scope that somebody wrote. Raises ValueError."""
    if text in WHOLE or text == PHONE or _PART.fullmatch(text):
        return text
    raise ValueError(f"{text[:80]!r} is no scope: write all, email, phone, brand:NAME, source:KEY or purpose:WORD")


def read_cause(text: str) -> Cause:
    """The cause that somebody named, by our word or by another for it. Raises ValueError."""
    word = text.strip().lower().replace("-", "_").replace(" ", "_")
    for cause in CAUSES:
        if CAUSE_WORDS.get(word, word) == cause:
            return cause
    raise ValueError(f"{text[:80]!r} is no cause: write {', '.join((*CAUSES, *CAUSE_WORDS))}")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A standing order not to write to one match key. Never expires, never lifted by an import."""

    key: bytes
    cause: Cause
    received_at: datetime
    scope: Scope = EVERYTHING
    known_by: str = ""  # where only a hash was told: which, such as "sha256 of the lower-cased address"

    @property
    def purpose(self) -> str | None:
        """The purpose that it is about, folded for comparing; None for an order that is about leads."""
        kind, _, name = self.scope.partition(":")
        return name.casefold() if kind == "purpose" else None

    def covers(self, source: str, brand: str | None) -> bool:
        """Whether it stands against a lead of this source (a form's key, or list_7) and brand."""
        kind, _, name = self.scope.partition(":")
        if kind == "source":
            return name == source
        if kind == "brand":
            return brand is not None and name.casefold() == brand.casefold()
        return self.scope in WHOLE


class Clock(Protocol):
    """The only source of now."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class MailRoutes(Protocol):
    """Asks how mail reaches domains: first the memory, then DNS, never longer than the deadline."""

    def ask_routes(self, domains: Iterable[str], as_of: datetime, *, seconds: float | None) -> dict[str, MailRoute]:
        """One answer per domain (A-labels, distinct). ``seconds``: the total deadline; 0 asks the memory only.

        None takes the default deadline. Never raises for a silent DNS: that is the answer ``unknown``. Answers that
        are new have source ``dns``; the caller keeps them when it writes.
        """


Person = tuple[bytes, str | None, str | None]
"""Match key, address as typed, address normalised."""


class Suppressions(Protocol):
    """Asks who must not be written to."""

    def find_suppressions(self, keys: Iterable[bytes], people: Iterable[Person] = ()) -> dict[bytes, list[Suppression]]:
        """All orders for these match keys; keys without one are absent.

        ``people``: whose addresses are compared as well with the orders of which only a hash was told.
        """

    def holds_phones(self) -> bool:
        """Whether any order is about a phone number; where none is, nobody need hash a million of them."""


@dataclass(frozen=True, slots=True)
class VendorFile:
    """What a vendor's file says on a day, for all its lists. What has expired is not in it: nobody knows it now."""

    attestations: tuple[Attestation, ...] = ()
    withdrawn: frozenset[str] = frozenset()  # statements that the vendor, or we, took back, by said_alike
    registrations: tuple[tuple[str, int], ...] = ()  # as data broker: (state, year)
    not_registered: frozenset[tuple[str, int]] = frozenset()  # somebody looked, and it was not there
    drop_run_on: date | None = None
    data_broker: bool | None = None
    privacy_terms: bool | None = None
    chain_duties: frozenset[str] | None = None


def said_alike(text: str) -> str:
    """The form under which two writings of a statement are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".")


class Vendors(Protocol):
    """Asks how a vendor stands, and what its file says."""

    def find_standing(self, name: str) -> str | None:
        """new, approved, probation, suspended or barred; None for a vendor never heard of."""

    def find_file(self, name: str, as_of: datetime) -> VendorFile:
        """What its file says on that day; an empty one for a vendor never heard of."""


class Wordings(Protocol):
    """Asks what people here said of notices' words."""

    def find_standings(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Approved or refused, by the wordings' digests; those that nobody read are absent."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who we are toward the people we write to (15 U.S.C. 7704(a)(5)(A)(iii))."""

    names: tuple[str, ...] = ()  # under which notices may name us, the first is the legal one
    postal_address: str | None = None
    opt_out_url: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether mail could lawfully carry the postal address and the opt-out."""
        return bool(self.postal_address and self.opt_out_url)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is not said of us; each is the setting GATEWAY_SENDER_<NAME>."""
        return tuple(name for name in ("postal_address", "opt_out_url", "names") if not getattr(self, name))


Listed = Mapping[str, datetime]
"""The FCC's list: domain -> first seen on it. Empty when never loaded."""


class WirelessList(Protocol):
    """Asks for the FCC's list of wireless domains as it was loaded last."""

    def find_list(self) -> tuple[Listed, datetime | None]:
        """The domains on it, and the day it is of; None when none was ever loaded."""


class Use(NamedTuple):
    """A certificate or token that came with a lead."""

    key: bytes  # whose lead it was
    vendor: str  # as vendors' names are compared; empty: the person gave it to us themselves
    source: str  # a form's key, or list_7
    lead_id: int


class Certificates(Protocol):
    """Asks with whom certificates and tokens came before, and what their issuers said of them."""

    def asks_issuers(self) -> bool:
        """Whether this gateway asks the issuers of certificates."""

    def find_uses(self, digests: Iterable[bytes], own: str | None = None) -> Mapping[bytes, Sequence[Use]]:
        """With whom they came elsewhere than in the source ``own``; digests never seen are absent.

        As much as can matter: up to a second person; of each with a source and vendor, its first and last lead.
        """

    def find_says(self, pairs: Iterable[tuple[bytes, bytes]]) -> Mapping[tuple[bytes, bytes], str]:
        """matches, does_not_match or not_found, by digest and match key; absent where no answer came."""


class NoCertificates:
    """Where nobody keeps certificates."""

    def asks_issuers(self) -> bool:
        """Nobody is asked."""
        return False

    def find_uses(
        self,
        digests: Iterable[bytes],  # noqa: ARG002 - the interface
        own: str | None = None,  # noqa: ARG002 - the interface
    ) -> Mapping[bytes, Sequence[Use]]:
        """None was seen."""
        return {}

    def find_says(
        self,
        pairs: Iterable[tuple[bytes, bytes]],  # noqa: ARG002 - the interface
    ) -> Mapping[tuple[bytes, bytes], str]:
        """None was answered."""
        return {}
