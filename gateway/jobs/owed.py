"""What is owed right now, and how rechecks and mails are done; signs of life. No Celery here."""

import os
import random
import socket
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, insert, select, update

from gateway.answering.carry import find_due as find_due_answers
from gateway.becoming.derive import is_due as are_phases_due
from gateway.certificates import asking
from gateway.confirmation.limits import Gate
from gateway.db.work import reading
from gateway.economics import kept
from gateway.economics.asking import renew
from gateway.emission.due import find_due as find_due_destinations
from gateway.emission.recall import find_barred, find_open
from gateway.intake.buying.waiting import is_owed as is_buying_owed
from gateway.intake.drafts import is_swept_due
from gateway.intake.platforms import fetches
from gateway.intake.running.errands import open_errands
from gateway.intake.running.leases import open_runs
from gateway.jobs.mailbox import has_messages
from gateway.jobs.tables import heartbeats
from gateway.mail import outbox
from gateway.mail.sending import Account, send_due
from gateway.mailroutes.answers import NEVER
from gateway.mailroutes.memory import keep_routes
from gateway.outcomes.holds import due_domains, find_due, postpone
from gateway.outcomes.reopening import find_unopened
from gateway.person.erase import is_unfinished
from gateway.pipeline import Services, release
from gateway.rejudging.again import open_rejudgings
from gateway.scoring.refresh import is_due as is_scoring_due

AT_ONCE = 5000  # leads judged again in one go; keeps the writing transaction short
UNASKED = timedelta(seconds=30)
SILENT = timedelta(seconds=15)  # a worker not heard of for so long is taken for dead


def recheck(services: Services) -> int:
    """Ask DNS again for what is due and judge those leads anew; how many were judged.

    Each domain is asked once, before and outside any transaction; the leads are then judged from memory.
    """
    now = services.clock.now()
    with reading(services.engine) as connection:
        due = find_due(connection, now, AT_ONCE)
        domains = due_domains(connection, due)
    if not due:
        return 0
    if domains:
        random.shuffle(domains)  # when DNS is given up after many silences, not always the same ones were asked
        answers = services.world.routes.ask_routes(domains, now, seconds=None)
        unasked = [name for name, route in answers.items() if route.answered_at == NEVER]
        with services.unit_of_work() as work:
            keep_routes(work, list(answers.values()))
            if unasked:
                postpone(work, unasked, work.at + UNASKED)
                due = find_due(work.connection, work.at, AT_ONCE)
    return sum(len(settled.lead_ids) for settled in release(due, services, by="gateway:recheck", dns_seconds=0))


def send_mails(services: Services, *, seconds: float) -> Account:
    """Send what is due in the outbox, for about so many seconds."""
    return send_due(services.unit_of_work, services.settings, Gate().may_go, seconds=seconds)


def renew_numbers(services: Services) -> int:
    """Reckon what leads are worth, outside any transaction, and keep it; the milliseconds it took."""
    now = services.clock.now()
    return renew(services.engine, services.policies, now, services.unit_of_work).milliseconds


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody could take up now."""

    runs: list[int]
    errands: list[int]
    rechecks: bool
    mails: bool
    fetches: bool  # leads that platforms have told of
    erasures: bool  # whose files are still to be done
    messages: bool  # of senders, in the mailbox
    drafts: bool = False  # uploads that nobody finished within a day
    answers: list[int] = field(default_factory=list)  # of officers to holds, whose minute is over
    certificates: bool = False  # of which issuers are to be asked
    rejudgings: list[int] = field(default_factory=list)  # of leads that wait under words somebody has read
    phases: bool = False  # of people to whom something happened, or whose time has come
    numbers: bool = False  # to be reckoned anew
    scores: bool = False  # vendors' scorecards: something came in, was reported, or a day is over
    buying: bool = False  # hashes of newcomers, prices of leads that waited
    reopenings: bool = False  # of rejections, by overrides whose asker was cut off

    destinations: list[int] = field(default_factory=list)  # that could be told something
    recalls: bool = False  # to go on with, or of vendors who were barred

    def others_wait(self, run: int) -> bool:
        """Whether anything waits for a child that works on this run. What reconciling does by itself does not."""
        return bool(
            self.rechecks
            or self.mails
            or self.fetches
            or self.errands
            or self.answers
            or self.rejudgings
            or self.phases
            or self.destinations
            or self.recalls
            or set(self.runs) - {run}
        )


def is_owed(services: Services) -> Owed:
    """All that a worker could take up now, each asked for once."""
    now = services.clock.now()
    with reading(services.engine) as connection:
        due, mails = bool(find_due(connection, now, 1)), outbox.is_due(connection, now)
        told, cut_off = fetches.is_due(connection, now), is_unfinished(connection)
        old, asked = is_swept_due(connection, now), asking.is_due(connection, now)
        numbers, scores = kept.is_due(connection, now), is_scoring_due(connection, now)
        unopened = bool(find_unopened(connection, now, 1))
        destinations = find_due_destinations(connection, now)
        recalls = bool(find_open(connection, now)) or bool(find_barred(connection))
    runs, errands = open_runs(services), open_errands(services)
    return Owed(
        runs, errands, due, mails, told, cut_off, has_messages(services), old, find_due_answers(services),
        certificates=bool(services.settings.trustedform_key) and asked, rejudgings=open_rejudgings(services),
        phases=are_phases_due(services, now), numbers=numbers, scores=scores, buying=is_buying_owed(services),
        reopenings=unopened,
        destinations=destinations, recalls=recalls,
    )  # fmt: skip


def sign_of_life(services: Services) -> None:
    """Say that this worker lives; forget those not heard of for an hour."""
    name = f"{socket.gethostname()}/{os.getppid()}"  # the parent is the worker; its children come and go
    with services.unit_of_work() as work:
        said = update(heartbeats).where(heartbeats.c.worker == name).values(at=work.at).returning(heartbeats.c.worker)
        if work.connection.execute(said).scalar_one_or_none() is None:
            work.connection.execute(insert(heartbeats).values(worker=name, at=work.at))
        work.connection.execute(delete(heartbeats).where(heartbeats.c.at < work.at - timedelta(hours=1)))


def workers_alive(services: Services) -> int:
    """How many workers have been heard of lately."""
    with reading(services.engine) as connection:
        alive = heartbeats.c.at > services.clock.now() - SILENT
        return int(connection.execute(select(func.count()).select_from(heartbeats).where(alive)).scalar_one())
