"""What a worker's child processes do when woken: the tasks, the services they keep, and patience with the world."""

import logging
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from gateway.answering.carry import carry_out
from gateway.becoming.derive import derive_due
from gateway.intake.buying.waiting import work as work_buying
from gateway.intake.drafts import sweep_drafts
from gateway.intake.people.erasing import finish_erasures
from gateway.intake.running.blame import is_the_worlds, said
from gateway.intake.running.errands import work_errand
from gateway.intake.running.leases import LEASE, drop_leases, open_runs
from gateway.intake.runs import work_run
from gateway.jobs.delivering import add_delivering
from gateway.jobs.ending import TOLD
from gateway.jobs.fetching import add_fetching
from gateway.jobs.mailbox import read_mailbox
from gateway.jobs.owed import Owed, is_owed, recheck, renew_numbers, send_mails, sign_of_life
from gateway.overriding import go_on_opening
from gateway.pipeline import Services
from gateway.rejudging.again import work_rejudging
from gateway.scoring.refresh import refresh
from gateway.verifying import ask_issuers

log = logging.getLogger(__name__)
EXPIRES = 30  # a wake-up is worth nothing later: the next reconcile sends another
SOON_EXPIRES = (
    10  # one for runs, of which each reconcile sends as many as a worker can follow: others stand behind them
)
CHILDREN = 2  # of a worker
LIFE_SECONDS = 5.0
TURN_SECONDS = 5.0
LONGEST_TURN_SECONDS = 60.0  # even if nobody seems to wait: two long runs would keep a third from being seen
TRY_AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class Held:
    """What one child process keeps between tasks."""

    build: Callable[[], Services]
    built: Services | None = None
    lived: float = 0.0
    is_stopping: bool = False  # the worker was told to end: what is under way ends at the next good place

    @property
    def services(self) -> Services:
        """Built when first needed: a worker may be started before its database is."""
        if self.built is None:
            self.built = self.build()
        return self.built

    def live(self) -> None:
        """Say now and then that this worker lives."""
        if time.monotonic() - self.lived > LIFE_SECONDS:
            sign_of_life(self.services)
            self.lived = time.monotonic()


def add_tasks(app: Celery, build: Callable[[], Services]) -> None:
    """Make the tasks known to a worker. ``build``: services for one child process."""
    held = Held(build)
    _shield(held)
    send_runs, send_errand = _in_turns(app, held)
    send_rejudgings = _add_rejudging(app, held)
    send_scores = _add_scores(app, held)
    send_buying = _add_buying(app, held)
    send_fetch = add_fetching(app, lambda: held.services, lambda: world_may_fail(held))

    send_answers = _answering(app, held)
    send_phases = _add_phases(app, held)
    send_certificates = _add_certificates(app, held)
    send_deliveries = add_delivering(app, lambda: held.services, lambda: world_may_fail(held), lambda: held.is_stopping)

    @app.task(name="gateway.recheck")
    def again() -> None:
        with world_may_fail(held):
            while recheck(held.services) and not held.is_stopping:
                pass

    @app.task(name="gateway.mails")
    def mails() -> None:
        with world_may_fail(held):
            send_mails(held.services, seconds=TURN_SECONDS)

    @app.task(name="gateway.reconcile")
    def reconcile() -> None:
        with world_may_fail(held):
            owed = is_owed(held.services)
            send_runs(len(owed.runs))
            for errand in owed.errands:
                send_errand(errand)
            send_answers(owed.answers)
            send_rejudgings(owed.rejudgings)
            if owed.rechecks:
                again.apply_async(expires=EXPIRES)
            if owed.fetches:
                send_fetch()
            send_scores(owed.scores)
            send_buying(owed.buying)
            send_deliveries(owed)
            if owed.mails:
                mails.apply_async(expires=EXPIRES)
            send_phases(owed.phases)
            if owed.certificates:
                send_certificates()
            held.live()
            _take_up(owed, held)


def _take_up(owed: Owed, held: Held) -> None:
    """What is rare enough to be done by whoever sees it; a folder that fails the one does not hold up the other."""
    if owed.messages:
        with world_may_fail(held):
            read_mailbox(held.services)
    if owed.erasures:
        finish_erasures(held.services)
    if owed.drafts:
        sweep_drafts(held.services)
    if owed.numbers:
        renew_numbers(held.services)
    if owed.reopenings:
        go_on_opening(held.services)


def _in_turns(app: Celery, held: Held) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """Runs and errands, a few seconds at a time: rechecks and other lists get their turn between. How to send them.

    A wake-up for runs names none: were there one for each, twenty lists would have them come faster than turns end, and
    a small list's would stand behind them all until it was too old.
    """

    def others_wait(run: int, until: float) -> bool:
        held.live()
        return time.monotonic() > until or is_owed(held.services).others_wait(run)

    @app.task(name="gateway.advance")
    def advance() -> None:
        with world_may_fail(held):
            begun = time.monotonic()
            for run in open_runs(held.services):  # whoever had the least goes first, whichever run woke us
                others = partial(others_wait, run, begun + LONGEST_TURN_SECONDS)
                is_left = work_run(
                    run, held.services, seconds=TURN_SECONDS, others_wait=others,
                    is_stopping=lambda: held.is_stopping,
                )  # fmt: skip
                if is_left or time.monotonic() - begun >= TURN_SECONDS:
                    advance.apply_async(expires=EXPIRES)
                    return

    @app.task(name="gateway.errand")
    def errand(number: int) -> None:
        with world_may_fail(held):
            if work_errand(number, held.services, seconds=TURN_SECONDS):
                send_errand(number)

    def send_runs(count: int) -> None:
        for _ in range(min(count, CHILDREN)):
            advance.apply_async(expires=SOON_EXPIRES)

    def send_errand(number: int) -> None:
        errand.apply_async((number,), expires=EXPIRES)

    return send_runs, send_errand


def _answering(app: Celery, held: Held) -> Callable[[Iterable[int]], None]:
    """Officers' answers to holds, when their minute is over. How to send them."""

    @app.task(name="gateway.answer")
    def answer(number: int) -> None:
        with world_may_fail(held):
            if carry_out(number, held.services, seconds=TURN_SECONDS, is_stopping=lambda: held.is_stopping):
                send([number])

    def send(numbers: Iterable[int]) -> None:
        for number in numbers:
            answer.apply_async((number,), expires=EXPIRES)

    return send


def _add_rejudging(app: Celery, held: Held) -> Callable[[Iterable[int]], None]:
    """Leads judged again because their wording was read, a few seconds at a time. How to send it."""

    @app.task(name="gateway.rejudge")
    def rejudge(number: int) -> None:
        with world_may_fail(held):
            if work_rejudging(number, held.services, seconds=TURN_SECONDS, is_stopping=lambda: held.is_stopping):
                send([number])

    def send(numbers: Iterable[int]) -> None:
        for number in numbers:
            rejudge.apply_async((number,), expires=EXPIRES)

    return send


def _add_certificates(app: Celery, held: Held) -> Callable[[], None]:
    """Issuers asked about certificates, as long as they answer. How to send it."""

    @app.task(name="gateway.certificates")
    def certificates() -> None:
        with world_may_fail(held):
            while ask_issuers(held.services) and not held.is_stopping:
                pass

    def send() -> None:
        certificates.apply_async(expires=EXPIRES)

    return send


def _add_scores(app: Celery, held: Held) -> Callable[[bool], None]:
    """Vendors' scorecards, counted again where something changed. How to send it, where it is due."""

    @app.task(name="gateway.scores")
    def scores() -> None:
        with world_may_fail(held):
            refresh(held.services)

    def send(is_due: bool) -> None:  # noqa: FBT001 - the one thing to know
        if is_due:
            scores.apply_async(expires=EXPIRES)

    return send


def _add_buying(app: Celery, held: Held) -> Callable[[bool], None]:
    """What buying leads one by one leaves to do, a few seconds at a time. How to send it."""

    @app.task(name="gateway.buying")
    def buying() -> None:
        with world_may_fail(held):
            work_buying(held.services, seconds=TURN_SECONDS)

    def send(is_owed: bool) -> None:  # noqa: FBT001 - what is owed, as it stands in Owed
        if is_owed:
            buying.apply_async(expires=EXPIRES)

    return send


def _add_phases(app: Celery, held: Held) -> Callable[[bool], None]:
    """Phases of people to whom something happened or whose time has come. How to send it, where it is due."""

    @app.task(name="gateway.phases")
    def phases() -> None:
        with world_may_fail(held):
            send(derive_due(held.services, seconds=TURN_SECONDS) and not held.is_stopping)

    def send(is_due: bool) -> None:  # noqa: FBT001 - the one thing it is told
        if is_due:
            phases.apply_async(expires=EXPIRES)

    return send


def _shield(held: Held) -> None:
    """Who stops a worker often signals its whole group; the parent ends its children, in order (gateway.jobs.pool)."""

    def stop(*_: object) -> None:
        held.is_stopping = True

    @worker_process_init.connect(weak=False)
    def prepare(**_: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(TOLD, stop)


@contextmanager
def world_may_fail(held: Held) -> Iterator[None]:
    """A database restarted, full or out of reach is said in a line; what is owed waits for it.

    What this process was at is still leased to it, and nobody else would take that up before the lease ends: the
    database could not be told. So it is told now, as soon as it answers; there is nothing else to do till then.
    """
    try:
        yield
    except Exception as error:
        if not is_the_worlds(error):
            raise
        log.warning("%s; what is owed waits", said(error).splitlines()[0])
    else:
        return
    until = time.monotonic() + LEASE.total_seconds()
    while time.monotonic() < until and not held.is_stopping:
        try:
            drop_leases(held.services)
        except Exception as error:
            if not is_the_worlds(error):
                raise
            time.sleep(TRY_AGAIN_SECONDS)
        else:
            return
