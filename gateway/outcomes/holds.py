"""Holds: a question, who can answer it, a deadline, and the calendar on which DNS is asked again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, case, func, literal, null, or_, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.decision import Decision, Question
from gateway.domain.lead import FIELDS, Batch, Cell, Origin
from gateway.domain.wire import statement_from_json
from gateway.outcomes import worded
from gateway.outcomes.fates import Fates, Waiting
from gateway.outcomes.tables import batches, holds, leads, statements

# Seconds between one question to DNS and the next: quick at first, because a fresh signup waits for it, then with
# the patience of a mail queue (RFC 5321 4.5.4.1 gives a queue four to five days; a lead gets three).
CALENDAR = (0, 2, 4, 8, 15, 30, 30, 60, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400)
DEADLINES: dict[Question, timedelta] = {
    "recheck": timedelta(days=3),
    "confirm": timedelta(days=7),
    "evidence": timedelta(days=30),
    "review": timedelta(days=30),
}
_ORDER: tuple[Question, ...] = ("review", "evidence", "confirm", "recheck")  # a person's answer outranks a machine's


def fields_to_json(fields: Mapping[str, Cell]) -> str:
    """One lead's fields as JSON; instants as ISO 8601, which their field's type tells from text."""
    return orjson.dumps(fields).decode()


def fields_from_json(text: str) -> dict[str, Cell]:
    """The way back from fields_to_json."""
    return {
        name: datetime.fromisoformat(value) if FIELDS.get(name) is datetime and value is not None else value
        for name, value in orjson.loads(text).items()
    }


def questions(decision: Decision) -> tuple[Question, bool]:
    """The question a hold asks, and whether DNS is among those that were asked."""
    asked: set[Question] = {finding.question or "review" for finding in decision.refusals if finding.verdict == "hold"}
    first: Question = next((question for question in _ORDER if question in asked), "review")
    return first, "recheck" in asked


def next_recheck(tries: int, at: datetime) -> datetime:
    """When DNS is asked again after ``tries`` answers that were none."""
    return at + timedelta(seconds=CALENDAR[min(tries, len(CALENDAR) - 1)])


def open_holds(work: UnitOfWork, fates: Fates) -> None:
    """Let the held rows of a fresh batch wait, each with its fields, so that it can be judged again."""
    now = text_of(work.at)
    made = []
    memo: dict[str, tuple[Question, str, str | None]] = {}
    held = [index for index, outcome in enumerate(fates.outcomes) if outcome == "hold"]
    read = worded.read_meanwhile(work.connection, fates.screened) if held else frozenset[int]()
    columns = list(fates.batch.columns.items()) if held else []
    for index in held:
        decision = fates.decisions[index]
        if decision.id not in memo:
            question, dns = questions(decision)
            deadline = text_of(work.at + DEADLINES[question])
            memo[decision.id] = (question, deadline, text_of(next_recheck(0, work.at)) if dns else None)
        question, deadline, again = memo[decision.id]
        if read and worded.place(fates.screened, index) in read:
            again = now  # judged again at once, by what was said of its wording
        fields = {name: cell for name, column in columns if (cell := column[index]) is not None}
        made.append((
            fates.ids[index], fates.batch_id, fates.cases[index], question, "waiting", now, deadline, again, 0,
            fates.screened.domains[index], fields_to_json(fields), worded.digest(fates.screened, index),
        ))  # fmt: skip
    names = (
        "lead_id", "batch_id", "decision_id", "question", "state", "asked_at", "deadline_at", "recheck_at", "tries",
        "domain", "fields", "wording",
    )  # fmt: skip
    work.insert_many(holds, names, made)


def answer_holds(work: UnitOfWork, fates: Fates, by: str) -> None:
    """Leads that were judged again: those that still wait get their next question, the others are closed."""
    still: list[dict[str, object]] = []
    released: list[int] = []
    refused: list[int] = []
    for index, outcome in enumerate(fates.outcomes):
        if index in fates.gone:
            continue
        lead = fates.ids[index]
        if outcome == "hold":
            still.append({"lead": lead, **_next(fates, index, work.at)})
        else:
            (released if outcome == "prospect" else refused).append(lead)
    if still:
        waits = update(holds).where(holds.c.lead_id == bindparam("lead"))
        waits = waits.values(
            question=bindparam("asks"), tries=bindparam("tried"), recheck_at=bindparam("again"),
            asked_at=bindparam("since"), deadline_at=bindparam("until"), asked_in=bindparam("asked"),
            wording=bindparam("words"), decision_id=bindparam("case"),
        )  # fmt: skip
        work.connection.execute(waits, still)
    close_holds(work, released, "released", by)
    close_holds(work, refused, "refused", by)


def _next(fates: Fates, index: int, at: datetime) -> dict[str, object]:
    """How a lead goes on waiting. Another question has a deadline of its own."""
    waiting = fates.waiting[fates.ids[index]]
    question, dns = questions(fates.decisions[index])
    asked = waiting.asked_in if fates.cases[index] == waiting.decision_id and at < waiting.deadline_at else None
    if asked is not None:
        question = waiting.question  # the vendor has time until then, whatever the policies would ask
    same = question == waiting.question
    return {
        "asks": question,
        "tried": waiting.tries + 1,
        "again": next_recheck(waiting.tries + 1, at) if dns else None,
        "since": waiting.asked_at if same else at,
        "until": waiting.deadline_at if same else at + DEADLINES[question],
        "asked": asked,
        "words": worded.digest(fates.screened, index),
        "case": fates.cases[index],
    }


def still_waiting(connection: Connection, ids: Sequence[int]) -> dict[int, Waiting]:
    """Which of these leads wait at this moment, and how."""
    found: dict[int, Waiting] = {}
    for start in range(0, len(ids), 5000):
        query = (
            select(
                holds.c.lead_id, holds.c.question, holds.c.tries, holds.c.asked_at, holds.c.deadline_at,
                case((leads.c.outcome == "hold", leads.c.decision_id), else_=0), holds.c.asked_in,
            )
            .join(leads, leads.c.id == holds.c.lead_id)
            .where(holds.c.lead_id.in_(ids[start : start + 5000]), holds.c.state == "waiting")
        )  # fmt: skip
        found.update({row[0]: Waiting(*row[1:]) for row in connection.execute(query)})
    return found


def postpone(work: UnitOfWork, domains: Sequence[str], again: datetime) -> None:
    """DNS could not be asked about these domains this time: their leads wait on, and it counts as no try."""
    for start in range(0, len(domains), 5000):
        work.connection.execute(
            update(holds)
            .where(
                holds.c.state == "waiting", holds.c.domain.in_(domains[start : start + 5000]),
                holds.c.recheck_at <= work.at, holds.c.deadline_at > work.at,
            )
            .values(recheck_at=again)
        )  # fmt: skip


def ask_again(work: UnitOfWork, ids: Sequence[int]) -> None:
    """Let leads that wait be judged again at once, by whoever comes first: something changed that concerns them."""
    for start in range(0, len(ids), 5000):
        waits = holds.c.lead_id.in_(ids[start : start + 5000]) & (holds.c.state == "waiting")
        work.connection.execute(update(holds).where(waits).values(recheck_at=work.at))


def remember(work: UnitOfWork, answers: Mapping[int, Mapping[str, Cell]]) -> None:
    """Keep what was answered with the leads that wait on for something else: they are judged again with it."""
    for lead, fields in answers.items():
        waits = (holds.c.lead_id == lead) & (holds.c.state == "waiting")
        kept = work.connection.execute(select(holds.c.fields).where(waits)).scalar_one_or_none()
        if kept is not None:
            told = fields_to_json({**fields_from_json(kept), **fields})
            work.connection.execute(update(holds).where(waits).values(fields=told))


def with_answers(batch: Batch, answers: Mapping[int, Mapping[str, Cell]]) -> Batch:
    """Leads that wait, with the fields that an answer adds to them. How often they were judged before is no matter."""
    columns = {name: list(column) for name, column in batch.columns.items()}
    for row, lead in enumerate(batch.lead_ids or ()):
        for name, cell in answers.get(lead, {}).items():
            columns.setdefault(name, [None] * len(batch))[row] = cell
    return replace(batch, columns=columns, tries=None)


def count_waiting(connection: Connection, ranges: Sequence[tuple[int, int]]) -> int:
    """How many leads of these half-open ranges wait."""
    here = select(func.count()).select_from(holds).where(holds.c.state == "waiting")
    return sum(
        connection.execute(here.where(holds.c.lead_id >= start, holds.c.lead_id < end)).scalar_one()
        for start, end in ranges
    )


def count_questions(connection: Connection) -> Counter[str]:
    """How many leads wait for each question."""
    query = select(holds.c.question, func.count()).where(holds.c.state == "waiting").group_by(holds.c.question)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def find_waiting(connection: Connection, ranges: Sequence[tuple[int, int]], reached: int, limit: int) -> list[int]:
    """The next leads of these ranges that wait, behind number ``reached``."""
    found: list[int] = []
    for start, end in sorted(ranges):
        if end <= reached + 1 or len(found) >= limit:
            continue
        query = (
            select(holds.c.lead_id)
            .where(holds.c.lead_id > max(reached, start - 1), holds.c.lead_id < end, holds.c.state == "waiting")
            .order_by(holds.c.lead_id).limit(limit - len(found))
        )  # fmt: skip
        found.extend(connection.execute(query).scalars())
    return found


def count_answers(connection: Connection, ranges: Sequence[tuple[int, int]], by: str) -> dict[str, int]:
    """How many holds of these ranges were answered by ``by``, by what became of them."""
    counts: Counter[str] = Counter()
    for start, end in ranges:
        query = select(holds.c.state, func.count()).where(
            holds.c.lead_id >= start, holds.c.lead_id < end, holds.c.answered_by == by
        )
        counts.update({row[0]: row[1] for row in connection.execute(query.group_by(holds.c.state))})
    return {"prospects": counts["released"], "rejections": counts["refused"]}


def close_holds(work: UnitOfWork, ids: Sequence[int], state: str, by: str) -> None:
    """The question is answered; the lead's fields are needed no longer."""
    for start in range(0, len(ids), 5000):
        work.connection.execute(
            update(holds)
            .where(holds.c.lead_id.in_(ids[start : start + 5000]), holds.c.state == "waiting")
            .values(state=state, settled_at=work.at, answered_by=by, fields=None, domain=None, recheck_at=None)
        )


def find_due(connection: Connection, at: datetime, limit: int) -> list[int]:
    """Leads whose question is due again or whose deadline has passed, in the order they came."""
    query = (
        select(holds.c.lead_id)
        .where(
            holds.c.state == "waiting", or_(holds.c.recheck_at <= at, holds.c.deadline_at <= at),
            holds.c.answer_id.is_(None),  # an officer has spoken; the minute in which it can be undone is not over
        )
        .order_by(holds.c.lead_id).limit(limit)
    )  # fmt: skip
    return list(connection.execute(query).scalars())


def find_deadlines(connection: Connection, *, each: bool = False) -> Iterator[tuple[Question, datetime, int, int, Any]]:
    """Until when questions wait: question, deadline, batch, how many leads; ``each``: one by one, with their leads."""
    key = (holds.c.question, holds.c.deadline_at, holds.c.batch_id)
    query = select(*key, literal(1), holds.c.lead_id) if each else select(*key, func.count(), null()).group_by(*key)
    yield from map(tuple, connection.execute(query.where(holds.c.state == "waiting")))


def due_domains(connection: Connection, ids: Sequence[int]) -> list[str]:
    """The distinct domains of these leads, most frequent first."""
    counts: Counter[str] = Counter()
    for start in range(0, len(ids), 5000):
        query = select(holds.c.domain).where(
            holds.c.lead_id.in_(ids[start : start + 5000]), holds.c.domain.is_not(None)
        )
        counts.update(connection.execute(query).scalars())
    return [domain for domain, _ in counts.most_common()]


def load_waiting(connection: Connection, ids: Sequence[int]) -> list[Batch]:
    """The leads as batches again, one per origin, rows in the order they came."""
    query = (
        select(
            leads.c.id, leads.c.number, leads.c.as_arrived, holds.c.fields, holds.c.tries,
            batches.c.origin_kind, batches.c.source, batches.c.run_id, batches.c.arrived_at, statements.c.body,
        )
        .join(holds, and_(holds.c.lead_id == leads.c.id, holds.c.state == "waiting"))
        .join(batches, batches.c.id == leads.c.batch_id)
        .join(statements, statements.c.id == batches.c.statement_id)
        .where(leads.c.id.in_(ids)).order_by(leads.c.id)
    )  # fmt: skip
    groups: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for row in connection.execute(query):
        # A signup carries the moment it arrived as evidence, so only signups of one moment share a batch.
        moment = row.arrived_at.isoformat() if row.origin_kind == "form" else ""
        groups.setdefault((row.origin_kind, row.source, str(row.run_id), row.body, moment), []).append(tuple(row))
    return [_waiting(rows) for rows in groups.values()]


def _waiting(rows: list[tuple[object, ...]]) -> Batch:
    _, _, _, _, _, kind, source, run, arrived_at, body = rows[0]
    fields = [fields_from_json(str(row[3])) if row[3] else {} for row in rows]
    names = {name for one in fields for name in one}
    origin = Origin(kind, source, statement_from_json(str(body)), None if run is None else str(run))  # type: ignore[arg-type]
    return Batch(
        origin=origin,
        numbers=[int(str(row[1])) for row in rows],
        columns={name: [one.get(name) for one in fields] for name in names},
        as_arrived=[str(row[2]) for row in rows],
        arrived_at=arrived_at,  # type: ignore[arg-type]
        lead_ids=[int(str(row[0])) for row in rows],
        tries=[int(str(row[4])) for row in rows],
    )
