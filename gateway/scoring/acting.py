"""What the house's limits say of a vendor's figures. Pure: standing and figures in, a graver standing or none out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gateway.domain.interval import wilson
from gateway.policy.vendor_limits import Limit
from gateway.scoring.card import OF_ROWS, WORDS, Card, percent

GRAVITY = ("approved", "new", "probation", "suspended", "barred")
"""The standings, each graver than the one before; figures move a vendor to the right only, and never to the last."""
BY = "policy:vendors"
Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Crossed:
    """A limit that the figures are beyond, with the figures."""

    limit: Limit
    standing: str  # what it makes of the vendor
    count: int
    of: int
    share: float
    low: float
    since: str  # what of it counts: empty, or from when on

    @property
    def says(self) -> str:
        """The figures in a sentence: what stands in the standing's reason, the ledger and the finding."""
        beyond = self.limit.suspended if self.standing == "suspended" else self.limit.probation
        assert beyond is not None
        whom = "rows" if self.limit.of in OF_ROWS else "people taken in"
        what = WORDS[self.limit.of].removeprefix("rows ").removeprefix("people ")
        return (
            f"{self.count:,} of {self.of:,} {whom} {_verb(self.limit.of, what)}{self.since}, {percent(self.share)}, "
            f"at least {percent(self.low)} with 95 % confidence; {self.standing} above {percent(beyond)} "
            f"({self.limit.id}, {self.limit.cites.text})."
        )


def _verb(of: str, what: str) -> str:
    days = f" within {of.rpartition('_')[2]} days" if of[-1].isdigit() else ""
    verbs = {
        "complaints": "complained", "opt_outs": "left", "bounces": "could not be reached: their mail bounced",
        "undeliverable": "take no mail", "opted_out": "are of people who had told us to stop",
        "duplicates": "are of people whom we had",
    }  # fmt: skip
    return verbs.get(of.removesuffix("_30"), what) + days


def judge(
    card: Card, standing: str, limits: Iterable[Limit], on: date, *, baseline: Counts, since: date | None
) -> Crossed | None:
    """The gravest limit in force that the figures are beyond, if it is graver than the present standing.

    ``baseline``: what had been counted when a person last said how the vendor stands; only what came after that day,
    ``since``, counts against it again. Of people, all who were taken in stay below the line: the later may be theirs.
    """
    found = []
    for limit in limits:
        measured = card.measures.get(limit.of)
        if measured is None or not limit.is_in_force(on):
            continue
        before, before_of = baseline.get(limit.of, (0, 0))
        count = max(0, measured.count - before)
        of = max(0, measured.of - before_of) if limit.of in OF_ROWS else measured.of
        if of < limit.least or not count or count > of:
            continue
        low, _ = wilson(count / of, of)
        words = f" since {since.day} {since:%B %Y}" if since is not None and before else ""
        for name, bound in (("suspended", limit.suspended), ("probation", limit.probation)):
            if bound is not None and low > bound and GRAVITY.index(name) > GRAVITY.index(standing):
                found.append(Crossed(limit, name, count, of, count / of, low, words))
                break
    return max(found, key=lambda one: (GRAVITY.index(one.standing), one.low), default=None)
