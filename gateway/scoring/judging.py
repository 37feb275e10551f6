"""What follows from a vendor's figures: its card, what is odd about its newest list, its standing that falls."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.standing import Standing
from gateway.pipeline import Services
from gateway.policy.vendor_limits import VendorLimits
from gateway.scoring.acting import BY, judge
from gateway.scoring.card import Card, counts_of, make_card
from gateway.scoring.count import Scored
from gateway.scoring.figures import added_up
from gateway.scoring.keep import find_card, find_scores, keep_card, note_anomaly
from gateway.scoring.odd import Odd, find_odd
from gateway.vendors import book

PROVIDERS = {"complaints": 0.003}
"""Mailbox providers' terms, said as such: Gmail, Email sender guidelines (never a spam rate of 0.3 %)."""
_NOBODY = ("gateway", BY)  # whose word about a standing is no person's


@dataclass(slots=True)
class Counted:
    """What one count came to."""

    sources: int = 0
    vendors: list[str] = field(default_factory=list)  # folded
    fallen: dict[str, str] = field(default_factory=dict)  # vendor -> the figures by which its standing fell
    odd: int = 0


@dataclass(slots=True)
class Judging:
    """One count's judgement of the vendors, in its transaction."""

    work: UnitOfWork
    services: Services
    account: Counted

    def judge(self, touched: Collection[str]) -> None:
        """Each of these vendors, by the folded name, beside all others."""
        limits = self.services.policies.vendor_limits
        by_vendor: dict[str, list[Scored]] = {}
        since = self.work.at - timedelta(days=limits.days)
        for one in find_scores(self.work.connection, since=since, sold=True):
            by_vendor.setdefault(one.vendor or "", []).append(one)
        means = means_of(by_vendor)
        for vendor in sorted(touched & by_vendor.keys()):
            self.account.vendors.append(vendor)
            self._judge(vendor, by_vendor[vendor], card_of(by_vendor[vendor], means, limits))

    def _judge(self, vendor: str, scored: list[Scored], card: Card) -> None:
        before, history = find_card(self.work.connection, vendor), book.history(self.work.connection, vendor)
        said = next((one for one in reversed(history) if one.by not in _NOBODY), None)
        since, baseline = text_of(said.at) if said else "", before.baseline if before else {}
        if before is not None and since != before.since:  # a person has spoken: what was counted then is dealt with
            baseline = {name: [one.count, one.of] for name, one in before.card.measures.items()}
        keep_card(self.work, vendor, card, baseline, since)
        for odd in self._odd(scored, card):
            self._raise(vendor, scored[-1].source if odd.kind != "provider_terms" else "", odd)
        if history:
            self._act(vendor, card, history[-1], {name: (one[0], one[1]) for name, one in baseline.items()}, said)

    def _act(
        self, vendor: str, card: Card, now: Standing, baseline: dict[str, tuple[int, int]], said: Standing | None
    ) -> None:
        limits, day = self.services.policies.vendor_limits.limits.values(), self.work.at.date()
        since = said.at.date() if said else None
        crossed = judge(card, now.standing, limits, day, baseline=baseline, since=since)
        if crossed is None:
            return
        name = book.name_of(self.work.connection, vendor)
        book.set_standing(self.work, name, crossed.standing, crossed.says, by=BY)
        self.services.ledger.append(self.work, "vendor.standing_set", {
            "vendor": name, "standing": crossed.standing, "before": now.standing,
            "after": crossed.standing, "by": BY, "reason": crossed.says,
            "limit": crossed.limit.id, "measure": crossed.limit.of, "count": crossed.count, "of": crossed.of,
            "share": round(crossed.share, 6), "low": round(crossed.low, 6),
        })  # fmt: skip
        says = f"From {now.standing} to {crossed.standing}: {crossed.says}"
        note_anomaly(self.work, vendor, "", Odd("acted", crossed.limit.id, says))
        self.account.fallen[vendor] = crossed.says

    def _odd(self, scored: list[Scored], card: Card) -> list[Odd]:
        """The newest list beside the others, and complaints beside mailbox providers' terms."""
        newest, found = scored[-1], list[Odd]()
        if newest.origin_kind == "list":
            past = added_up(one.figures for one in scored[:-1])
            found += find_odd(newest.figures, past, f"list_{newest.source}")
        for name, line in PROVIDERS.items():
            seen = card.measures.get(name)
            if seen is not None and seen.low > line:
                says = (
                    f"{seen.count:,} of {seen.of:,} people taken in complained, at least {100 * seen.low:.2f} % with "
                    f"95 % confidence. The terms of Gmail (Email sender guidelines) ask every sender to stay below "
                    f"{100 * line:.1f} %."
                )
                found.append(Odd("provider_terms", name, says))
        return found

    def _raise(self, vendor: str, source: str, odd: Odd) -> None:
        if note_anomaly(self.work, vendor, source, odd):
            name = book.name_of(self.work.connection, vendor)
            body = {"vendor": name, "what": odd.kind, "about": odd.about, "reason": odd.says}
            body |= {"list": f"list_{source}"} if source else {}
            self.services.ledger.append(self.work, "vendor_anomaly.found", body)
            self.account.odd += 1


def means_of(by_vendor: Mapping[str, Iterable[Scored]]) -> dict[str, float]:
    """The share of every measure over all vendors together."""
    whole = added_up(one.figures for some in by_vendor.values() for one in some)
    return {name: count / of for name, (count, of) in counts_of(whole).items()}


def card_of(scored: Iterable[Scored], means: Mapping[str, float], limits: VendorLimits) -> Card:
    """A vendor's card from all that was counted of it."""
    some = list(scored)
    card = make_card(added_up(one.figures for one in some), means, limits)
    card.trend = [
        (f"list_{one.source}" if one.origin_kind == "list" else one.source, one.figures.prospects / one.figures.decided)
        for one in some
        if one.figures.decided
    ]
    return card
