"""The steps from arrival to outcome, in order, and nothing else: look up, decide, write."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, Engine

from gateway.certificates.book import keep as keep_certificates
from gateway.clocks.reckon import Timetable
from gateway.config import Settings
from gateway.confirmation.ask import ask
from gateway.confirmation.terms import FindTerms
from gateway.db.shared import Shared
from gateway.db.work import UnitOfWork, glancing, reading, unit_of_work
from gateway.domain.lead import Batch, Cell
from gateway.domain.outcome import Settled
from gateway.domain.override import Override
from gateway.domain.ports import Clock, MailRoutes
from gateway.ledger.book import Ledger
from gateway.mailroutes.memory import keep_routes
from gateway.outcomes.carry import Judged
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.holds import load_waiting, remember, still_waiting, with_answers
from gateway.outcomes.leave import remember_stops
from gateway.outcomes.lifting import find_lifting, under_overrides
from gateway.outcomes.policy_sets import keep_policy_set, load_policy_set
from gateway.outcomes.reopening import Rebuild, reopen
from gateway.outcomes.seal import seal
from gateway.outcomes.settle import rehearse, settle
from gateway.outcomes.undo import Reported, Undone, undo_leads
from gateway.outcomes.worded import keep_wordings
from gateway.policy.loader import load_texts
from gateway.policy.pack import PolicySet, PolicyText
from gateway.screening.certificates import vendor_of
from gateway.screening.screen import World, screen

Within = Callable[[UnitOfWork, Settled], None]
"""What a caller wants written in the same transaction as the outcomes: its kept answer, its work mark."""


@dataclass(frozen=True)
class Services:
    """Everything the pipeline needs of the world; built by wiring, by tests with fakes."""

    settings: Settings
    engine: Engine
    clock: Clock
    read_policies: Callable[[], PolicySet]  # called once, when something is first judged or explained
    world: World
    ledger: Ledger
    find_terms: FindTerms  # of a form: what its confirmation mails may say, and how many there may be
    rebuild: Rebuild  # reads the fields of rejections again, from their rows as they arrived
    wake: Callable[[], None]  # tells the workers that something is owed; losing the call costs time, never work

    @cached_property
    def policies(self) -> PolicySet:
        """All packs in force, read when first needed: most commands judge nothing."""
        return self.read_policies()

    def policies_of(self, connection: Connection, digest: str) -> PolicySet | None:
        """The set of this digest as it was kept when first used, whatever lies on disk today; None: never used here."""
        if "policies" in self.__dict__ and digest == self.policies.digest:
            return self.policies
        if digest not in self._kept:
            texts = load_policy_set(connection, digest)
            if texts is None:
                return None
            self._kept[digest] = load_texts([PolicyText(*text) for text in texts], name=f"policies {digest[:12]}")
        return self._kept[digest]

    @cached_property
    def timetable(self) -> Timetable:
        """By when obligations fall due."""
        owed = self.policies.obligations
        deadlines = {code: duty.deadline for code, duty in owed.items() if duty.deadline is not None}
        return Timetable(deadlines, self.settings.zone)

    @cached_property
    def _kept(self) -> dict[str, PolicySet]:
        return {}

    @cached_property
    def shared(self) -> Shared:
        """The writing transaction that this process' threads share where somebody waits for each."""
        return Shared(self.engine, self.clock.now)

    def unit_of_work(self, *, repeatable: bool = False) -> AbstractContextManager[UnitOfWork]:
        """The one writing transaction, at the clock's now; ``repeatable`` as in gateway.db.work."""
        return unit_of_work(self.engine, self.clock.now, repeatable=repeatable)


def judge(
    batch: Batch,
    services: Services,
    as_of: datetime,
    *,
    dns_seconds: float | None = None,
    routes: MailRoutes | None = None,
) -> Judged:
    """The facts of every row and the decisions on them. Writes nothing.

    ``dns_seconds`` as in process. ``routes``: who answers for domains instead of the usual ones; a run has its own.
    """
    world = services.world if routes is None else replace(services.world, routes=routes)
    overrides = _overrides(batch, services, as_of)
    screened = screen(batch, world, as_of, dns_seconds=dns_seconds)  # asks the world
    decisions = services.policies.decide_all(screened.facts, as_of)  # pure, as is what overrides make of them
    return Judged(batch, screened, under_overrides(batch.lead_ids, decisions, overrides) if overrides else decisions)


def _overrides(batch: Batch, services: Services, as_of: datetime) -> Mapping[int, Sequence[Override]]:
    """The overrides in force for leads that waited; nobody can have asked for one of a fresh batch."""
    if batch.lead_ids is None:
        return {}
    with reading(services.engine) as connection:
        return find_lifting(connection, services.ledger, batch.lead_ids, as_of)


def process(
    batch: Batch,
    services: Services,
    *,
    as_of: datetime | None = None,
    dns_seconds: float | None = None,
    within: Within | None = None,
    by: str = "gateway",
) -> Settled:
    """Carry a batch from arrival to outcome. A signup is a batch of one; leads that waited come again here.

    ``as_of``: the instant the leads are judged at, now unless a run fixed it at its start. ``dns_seconds``: the
    total deadline for DNS, None for the setting's, 0 to ask the memory only. ``by``: who answered, for leads that
    waited. All or nothing is written.
    """
    as_of = as_of or services.clock.now()
    # Where the network is asked nothing, all questions go over one connection; else none is held while waiting.
    with glancing(services.engine) if dns_seconds == 0 else nullcontext():
        judged = judge(batch, services, as_of, dns_seconds=dns_seconds)
    return commit(judged, services, as_of=as_of, within=within, by=by)


def commit(
    judged: Judged,
    services: Services,
    *,
    as_of: datetime,
    within: Within | None = None,
    by: str = "gateway",
    answered: Callable[[UnitOfWork], None] | None = None,
    reopens: bool = False,
) -> Settled:
    """Write what was judged, all or nothing; the second half of process, which explains the arguments.

    ``answered``: somebody waits for the answer and is owed what it says, so the disk has it before the commit ends,
    though it is of a run, and others may share the transaction; called first in it, it may still refuse by raising.
    ``reopens``: the leads are rejections, which wait for as long as this takes.
    """
    batch, screened, decisions = judged
    policies = services.policies
    outcomes: list[Settled] = []

    def write(work: UnitOfWork) -> None:  # the only place that writes
        if answered is not None:
            answered(work)
        keep_policy_set(work, policies.digest, policies.texts)
        if reopens:
            reopen(work, batch, services.rebuild)
        waited = _waited_for_confirmation(batch, work)
        # The last look at suppression happens here.
        settled = settle(batch, screened, decisions, work, as_of, timetable=services.timetable, by=by)
        ask(
            work, batch, screened, settled, settings=services.settings, find_terms=services.find_terms, waited=waited
        )  # fmt: skip
        keep_routes(work, screened.learned)
        keep_wordings(work, batch, screened, settled)
        if screened.pieces:
            keep_certificates(
                work, batch, screened, settled, vendor=vendor_of(batch),
                asks=services.world.certificates.asks_issuers(),
            )  # fmt: skip
        if settled.batch_id:  # nothing to seal where nothing changed
            seal(batch, settled, work, services.ledger)  # one ledger link per batch
            remember_stops(batch, screened, work, services.ledger)
        if within is not None:
            within(work, settled)
        outcomes.append(settled)

    if answered is not None:
        services.shared.carry(write)
    else:
        with services.unit_of_work(repeatable=batch.origin.run is not None) as work:
            write(work)
    return outcomes[0]


def _waited_for_confirmation(batch: Batch, work: UnitOfWork) -> Sequence[int]:
    """Leads of a form whose people have been asked already."""
    if batch.lead_ids is None or batch.origin.kind != "form":
        return ()
    waiting = still_waiting(work.connection, batch.lead_ids)
    return [lead for lead, how in waiting.items() if how.question == "confirm"]


def rehearsed(batch: Batch, services: Services, rehearsal: Rehearsal, *, as_of: datetime) -> Settled:
    """What process would do, without writing anything: the same looking up and deciding, for dry runs."""
    _, screened, decisions = judge(batch, services, as_of)
    with reading(services.engine) as connection:
        return rehearse(batch, screened, decisions, connection, rehearsal, as_of=as_of)


def release(
    lead_ids: Sequence[int],
    services: Services,
    *,
    by: str,
    dns_seconds: float | None = None,
    answers: Mapping[int, Mapping[str, Cell]] | None = None,
    within: Within | None = None,
) -> list[Settled]:
    """Judge leads that wait again, as of now: the only door out of a hold. Leads that no longer wait are left alone.

    What overrides in force set aside of them does not count, whoever asks and whatever for.

    ``answers``: the fields that an answer adds, by lead; a lead that goes on waiting for something else keeps them.
    """
    with reading(services.engine) as connection:
        waiting = load_waiting(connection, lead_ids)
    if answers is None:
        return [process(batch, services, dns_seconds=dns_seconds, by=by, within=within) for batch in waiting]

    def write(work: UnitOfWork, settled: Settled) -> None:
        remember(work, answers)
        if within is not None:
            within(work, settled)

    told = [with_answers(batch, answers) for batch in waiting]
    return [process(batch, services, dns_seconds=dns_seconds, by=by, within=write) for batch in told]


def reconsider(lead_ids: Sequence[int], services: Services, *, by: str) -> list[Settled]:
    """Judge rejections again, as of now: those for which an override is in force, from their rows as they arrived.

    The only door out of a rejection. Orders not to write, duplicates and every rule that is not set aside stand as for
    any lead; what cannot be read again is left as it is.
    """
    as_of = services.clock.now()
    with reading(services.engine) as connection:
        lifting = find_lifting(connection, services.ledger, lead_ids, as_of)
        mine = [lead for lead in lead_ids if lifting.get(lead)]
        found = services.rebuild(connection, mine).batches
    judged = [judge(batch, services, as_of, dns_seconds=0) for batch in found]
    return [commit(one, services, as_of=as_of, by=by, reopens=True) for one in judged]


def undo(
    lead_ids: Sequence[int], services: Services, *, run_id: int, within: Callable[[UnitOfWork, Undone], None],
    find_reported: Reported | None = None,
) -> Undone:  # fmt: skip
    """Take leads of a run back, opt-outs excepted: all or nothing. ``within`` as of process.

    ``find_reported``: of whom senders reported; mail went out to them, so they are withdrawn and not forgotten.
    """
    with services.unit_of_work() as work:
        undone = undo_leads(work, services.ledger, run_id, lead_ids, find_reported)
        within(work, undone)
    return undone
