"""What an answer about a wording would do to those who wait under it: rehearsed, nothing written.

Very many are not all rehearsed: the oldest and the newest of them, so many that the page answers at once. DNS is not
asked; a domain whose answer has run out is believed once more, because the rehearsal is about the words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.db.work import reading
from gateway.domain.outcome import Outcome, Settled
from gateway.domain.ports import MailRoutes, Wordings
from gateway.domain.screened import MailRoute
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.holds import load_waiting
from gateway.outcomes.worded import count_waiting, find_waiting, sample_leads
from gateway.pipeline import Services, rehearsed

REHEARSED = 1000
SAMPLES = 5  # of each outcome


@dataclass(frozen=True, slots=True)
class Sample:
    """A lead by its number: nothing of the person."""

    lead: int
    row: int
    source: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Effect:
    """What would become of the leads that wait."""

    standing: str
    waiting: int
    rehearsed: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: dict[Outcome, Counter[str]] = field(default_factory=lambda: {"hold": Counter(), "rejection": Counter()})
    samples: dict[Outcome, list[Sample]] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all who wait were rehearsed."""
        return self.rehearsed == self.waiting


class AsIf:
    """The wordings as they would stand (domain.ports.Wordings)."""

    def __init__(self, real: Wordings, digest: str, standing: str) -> None:
        self._real = real
        self._said = {digest: standing}

    def find_standings(self, digests: Iterable[str]) -> Mapping[str, str]:
        """The answer as if it were given."""
        wanted = list(digests)
        return {**self._real.find_standings(wanted), **{one: self._said[one] for one in wanted if one in self._said}}


class Remembered:
    """Mail routes as they were last known (domain.ports.MailRoutes); nobody is asked."""

    def __init__(self, real: MailRoutes, asked_at: datetime) -> None:
        self._real = real
        self._asked_at = asked_at

    def ask_routes(self, domains: Iterable[str], as_of: datetime, *, seconds: float | None) -> dict[str, MailRoute]:
        """Answers that held when the oldest of the leads came hold here."""
        del seconds
        wanted = list(domains)
        found = self._real.ask_routes(wanted, as_of, seconds=0)
        past = [name for name, route in found.items() if route.kind == "unknown"]
        return found | (self._real.ask_routes(past, self._asked_at, seconds=0) if past else {})


def rehearse_answer(services: Services, digest: str, standing: str, *, at_most: int = REHEARSED) -> Effect:
    """What would become of those who wait, if the wording stood so. Writes nothing and asks no network."""
    now = services.clock.now()
    with reading(services.engine) as connection:
        effect = Effect(standing, count_waiting(connection, digest))
        ids = find_waiting(connection, digest, 0, at_most if effect.waiting <= at_most else at_most // 2)
        if len(ids) < effect.waiting:
            ids = sorted({*ids, *find_waiting(connection, digest, 0, at_most - len(ids), last=True)})
        waiting = load_waiting(connection, ids)
    oldest = min((batch.arrived_at for batch in waiting), default=now)
    world = replace(
        services.world, wordings=AsIf(services.world.wordings, digest, standing),
        routes=Remembered(services.world.routes, oldest),
    )  # fmt: skip
    as_if, rehearsal = replace(services, world=world), Rehearsal()
    for batch in waiting:
        settled = rehearsed(batch, as_if, rehearsal, as_of=now)
        settled.lead_ids = list(batch.lead_ids or ())
        _add(effect, settled)
    numbers = [one.lead for some in effect.samples.values() for one in some]
    with reading(services.engine) as connection:
        places = sample_leads(connection, numbers)
    for outcome, some in effect.samples.items():
        effect.samples[outcome] = [replace(one, row=places[one.lead][0], source=places[one.lead][1]) for one in some]
    return effect


def _add(effect: Effect, settled: Settled) -> None:
    effect.rehearsed += len(settled.outcomes)
    for index, outcome in enumerate(settled.outcomes):
        effect.outcomes[outcome] += 1
        reasons: tuple[str, ...] = ()
        if outcome != "prospect":
            refusing = {one.reason for one in settled.findings(index) if one.use == "lead" and one.verdict != "accept"}
            reasons = tuple(sorted(refusing))
            effect.reasons[outcome].update(reasons)
        some = effect.samples.setdefault(outcome, [])
        if len(some) < SAMPLES:
            some.append(Sample(settled.lead_ids[index], 0, "", reasons))
