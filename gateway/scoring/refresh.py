"""Counting again what changed, and what follows: cards, grades, what is odd, standings that fall. No page waits for it.

What changed is known by numbers that only grow: batches, reports, changes of a state. A list is counted once it has
been quiet for a few seconds; every day everything is counted again, for people grow older and lists fall out of the
year. All of it may be done twice, by two workers at once or after a crash: it comes to the same rows, and a standing
that has fallen does not fall again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.standing import Standing
from gateway.feedback.counts import told_since
from gateway.lifecycle.store import left_since
from gateway.outcomes.scored import find_sources, find_stirred, newest_batch, sources_of_leads
from gateway.pipeline import Services
from gateway.policy.vendor_limits import VendorLimits
from gateway.scoring.acting import BY, judge
from gateway.scoring.card import Card, counts_of, make_card
from gateway.scoring.count import Scored, count_source
from gateway.scoring.figures import Figures, added_up
from gateway.scoring.keep import (
    Mark,
    find_card,
    find_mark,
    find_scores,
    keep_card,
    keep_scores,
    note_anomaly,
    set_mark,
)
from gateway.scoring.odd import find_odd
from gateway.vendors import book

QUIET = timedelta(seconds=5)  # a list whose last batch is younger is still under way
WHOLE = timedelta(days=1)
PROVIDERS = {"complaints": 0.003}
"""Mailbox providers' terms, said as such: Gmail, Email sender guidelines (never a spam rate of 0.3 %)."""
_NOBODY = ("gateway", BY)  # whose word about a standing is no person's
Source = tuple[str, str]


@dataclass(slots=True)
class Counted:
    """What one count came to."""

    sources: int = 0
    vendors: list[str] = field(default_factory=list)  # folded
    fallen: dict[str, str] = field(default_factory=dict)  # vendor -> the figures by which its standing fell
    odd: int = 0


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to count."""
    mark = find_mark(connection)
    if mark.is_asked or mark.whole_at is None or mark.whole_at + WHOLE <= now:
        return mark.is_asked or mark.whole_at is not None or newest_batch(connection) > 0
    event, _ = told_since(connection, mark.event)
    change, _ = left_since(connection, mark.change)
    if event > mark.event or change > mark.change:
        return True
    return any(kind == "list" and at + QUIET <= now for kind, _, _, at in find_stirred(connection, mark.batch))


def ask_refresh(work: UnitOfWork) -> None:
    """Have everything counted again soon."""
    set_mark(work, replace(find_mark(work.connection), is_asked=True))


def refresh(services: Services, *, whole: bool = False) -> Counted:
    """Count what changed since the last time, or everything, and do what follows."""
    now = services.clock.now()
    with reading(services.engine, snapshot=True) as connection:
        mark = find_mark(connection)
        whole = whole or mark.is_asked or mark.whole_at is None or mark.whole_at + WHOLE <= now
        sources, reached = _changed(connection, mark, now)
        if whole:
            sources = set(find_sources(connection))
            reached = replace(reached, whole_at=now, is_asked=False)
        found = {one: count_source(connection, *one, now) for one in sorted(sources)}
    account = Counted(len(found))
    if not whole and not found and (reached.batch, reached.event, reached.change) == (
        mark.batch, mark.event, mark.change
    ):  # fmt: skip
        return account
    with services.unit_of_work() as work:
        for source, months in found.items():
            keep_scores(work, source, months)
        touched = {one.vendor for months in found.values() for one in months if one.vendor}
        _judge_all(work, services, touched, account)
        set_mark(work, replace(reached, counted_at=work.at))
    return account


def _changed(connection: Connection, mark: Mark, now: datetime) -> tuple[set[Source], Mark]:
    """The lists to be counted again, and how far that reaches. Forms are counted with everything, once a day."""
    event, told = told_since(connection, mark.event)
    change, gone = left_since(connection, mark.change)
    found = told | set(sources_of_leads(connection, gone).values())
    newest, batch = newest_batch(connection), mark.batch
    late: list[int] = []
    for kind, source, number, at in find_stirred(connection, mark.batch):
        if kind == "list" and at + QUIET > now:
            late.append(number)  # looked at again when it is quiet
        else:
            found.add((kind, source))
    batch = newest if not late else mark.batch
    return {one for one in found if one[0] == "list"}, replace(mark, batch=batch, event=event, change=change)


def _judge_all(work: UnitOfWork, services: Services, touched: Collection[str], account: Counted) -> None:
    limits = services.policies.vendor_limits
    since = work.at - timedelta(days=limits.days)
    by_vendor: dict[str, list[Scored]] = {}
    for one in find_scores(work.connection, since=since, sold=True):
        by_vendor.setdefault(one.vendor or "", []).append(one)
    means = means_of(by_vendor)
    for vendor in sorted(touched & by_vendor.keys()):
        account.vendors.append(vendor)
        _judge(work, services, vendor, by_vendor[vendor], means, account)


def means_of(by_vendor: Mapping[str, Iterable[Scored]]) -> dict[str, float]:
    """The share of every measure over all vendors together."""
    whole = added_up(one.figures for some in by_vendor.values() for one in some)
    return {name: count / of for name, (count, of) in counts_of(whole).items()}


def card_of(scored: Iterable[Scored], means: Mapping[str, float], limits: VendorLimits) -> Card:
    """A vendor's card from all that was counted of it."""
    some = list(scored)
    card = make_card(added_up(one.figures for one in some), means, limits)
    card.trend = [
        (f"list_{one.source}" if one.origin_kind == "list" else one.source, one.figures.prospects / one.figures.rows)
        for one in some if one.figures.rows
    ]  # fmt: skip
    return card


def _judge(
    work: UnitOfWork, services: Services, vendor: str, scored: list[Scored], means: Mapping[str, float],
    account: Counted,
) -> None:  # fmt: skip
    limits = services.policies.vendor_limits
    card, before = card_of(scored, means, limits), find_card(work.connection, vendor)
    history = book.history(work.connection, vendor)
    said = next((one for one in reversed(history) if one.by not in _NOBODY), None)
    since, baseline = text_of(said.at) if said else "", before.baseline if before else {}
    if before is not None and since != before.since:  # a person has spoken since: what was counted then is dealt with
        baseline = {name: [one.count, one.of] for name, one in before.card.measures.items()}
    keep_card(work, vendor, card, baseline, since)
    _note_odd(work, services, vendor, scored, card, account)
    if history:
        _act(work, services, vendor, card, history[-1], baseline, said, account)


def _act(
    work: UnitOfWork, services: Services, vendor: str, card: Card, now: Standing, baseline: dict[str, list[int]],
    said: Standing | None, account: Counted,
) -> None:  # fmt: skip
    crossed = judge(
        card, now.standing, services.policies.vendor_limits.limits.values(), work.at.date(),
        baseline={name: (count, of) for name, (count, of) in baseline.items()},
        since=said.at.date() if said else None,
    )  # fmt: skip
    if crossed is None:
        return
    limit, name = crossed.limit, book.name_of(work.connection, vendor)
    book.set_standing(work, name, crossed.standing, crossed.says, by=BY)
    services.ledger.append(work, "vendor.standing_set", {
        "vendor": name, "before": now.standing, "after": crossed.standing, "by": BY, "reason": crossed.says,
        "limit": limit.id, "measure": limit.of, "count": crossed.count, "of": crossed.of,
        "share": round(crossed.share, 6), "low": round(crossed.low, 6),
    })  # fmt: skip
    note_anomaly(work, vendor, "", "acted", limit.id, f"From {now.standing} to {crossed.standing}: {crossed.says}")
    account.fallen[vendor] = crossed.says


def _note_odd(
    work: UnitOfWork, services: Services, vendor: str, scored: list[Scored], card: Card, account: Counted
) -> None:
    """The newest list beside the others, and complaints beside mailbox providers' terms."""
    newest = next((one for one in reversed(scored) if one.origin_kind == "list" and one.figures.rows), None)
    if newest is not None:
        past = added_up((one.figures for one in scored if one is not newest))
        for odd in find_odd(newest.figures, past, f"list_{newest.source}"):
            _raise(work, services, vendor, newest.source, (odd.kind, odd.about, odd.says), account)
    for name, line in PROVIDERS.items():
        found = card.measures.get(name)
        if found is not None and found.low > line:
            says = (
                f"{found.count:,} of {found.of:,} people taken in complained, at least {100 * found.low:.2f} % with 95 % "
                f"confidence. Gmail’s terms (Email sender guidelines) ask every sender to stay below {100 * line:.1f} %."
            )
            _raise(work, services, vendor, "", ("provider_terms", name, says), account)


def _raise(
    work: UnitOfWork, services: Services, vendor: str, source: str, odd: tuple[str, str, str], account: Counted
) -> None:
    kind, about, says = odd
    if note_anomaly(work, vendor, source, kind, about, says):
        body = {"vendor": book.name_of(work.connection, vendor), "what": kind, "about": about, "reason": says}
        services.ledger.append(work, "vendor_anomaly.found", body | ({"list": f"list_{source}"} if source else {}))
        account.odd += 1


def whole_of(scored: Iterable[Scored]) -> Figures:
    """All that was counted, added up."""
    return added_up(one.figures for one in scored)
