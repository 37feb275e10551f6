"""Overrides: officers' exceptions from rules for leads that wait. Asked for, seconded, refused, ended; all signed.

What an override makes of a decision is gateway.domain.override's. Whoever asks and whoever seconds are people by
their numbers in ``access``: no key and no machine stands by an exception.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update

from gateway.access.ties import Tie, find_tie
from gateway.clocks.calendar import end_of
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.decision import Finding
from gateway.domain.override import Override
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.ledger.book import Ledger
from gateway.outcomes.cases import load_decision
from gateway.outcomes.holds import ask_again, still_waiting
from gateway.outcomes.override_problems import of_end, of_leads, of_reason, of_rule, one_line
from gateway.outcomes.reopening import Rebuild
from gateway.outcomes.tables import leads, override_leads, overrides

State = Literal["asked", "in_force", "refused", "ended"]
STATES: tuple[State, ...] = ("asked", "in_force", "refused", "ended")
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Record:
    """An override as it stands in the database."""

    id: int
    rules: tuple[str, ...]
    leads: int  # how many
    leads_digest: str
    reason: str
    by: str
    asked_at: datetime
    four_eyes: bool
    seconded_by: str | None
    seconded_at: datetime | None
    state: State
    expires_on: date  # the last day
    expires_at: datetime  # its end, where the operator is
    ended_by: str | None  # or refused
    ended_at: datetime | None
    ended_why: str | None
    renews: int | None  # the override that it goes on with
    signature: str  # the text below as a note signed with the ledger's key

    @property
    def name(self) -> str:
        """As the ledger and decisions name it."""
        return f"override_{self.id}"

    def is_in_force(self, at: datetime) -> bool:
        """Whether it sets its rules aside at that instant."""
        return self.state == "in_force" and at < self.expires_at

    def stands(self, at: datetime) -> str:
        """Its state as a person would say it at that instant: asked, in_force, expired, refused, ended."""
        over = self.state in {"asked", "in_force"} and self.expires_at <= at
        return "expired" if over else self.state

    @property
    def text(self) -> str:
        """What is signed: all of it, line by line."""
        lines = [
            "lead-gateway override", self.name, f"sets aside {' '.join(self.rules)}",
            f"for {self.leads} leads, sha256 {self.leads_digest}", f"because {self.reason}",
            f"asked by {self.by} at {text_of(self.asked_at)}, {'two people' if self.four_eyes else 'one person'}",
            f"until the end of {self.expires_on.isoformat()}, {text_of(self.expires_at)}",
        ]  # fmt: skip
        lines += [f"goes on with override_{self.renews}"] if self.renews else []
        if self.seconded_at is not None:
            lines.append(f"seconded by {self.seconded_by} at {text_of(self.seconded_at)}")
        if self.ended_at is not None:
            lines.append(f"{self.state} by {self.ended_by} at {text_of(self.ended_at)} because {self.ended_why}")
        return "\n".join([*lines, f"state {self.state}"])

    def is_signed(self, ledger: Ledger) -> bool:
        """Whether it stands as we signed it."""
        try:
            return ledger.read_attested(self.signature) == self.text
        except ValueError:
            return False

    @property
    def override(self) -> Override:
        """What it does to decisions while it is in force."""
        return Override(self.name, frozenset(self.rules), self.seconded_by is not None)


# --- asking, seconding, refusing, ending


def ask_override(
    work: UnitOfWork,
    ledger: Ledger,
    *,
    rules: Collection[str],
    lead_ids: Collection[int],
    reason: str,
    by: str,
    expires_on: date,
    zone: str,
    firm: Collection[str] = (),
    doubled: Collection[str] = (),
    rebuild: Rebuild | None = None,
) -> Record:
    """Ask to set rules aside for leads that wait. In force at once, unless a rule asks for two people.

    ``rebuild``: reads the fields of rejections again; with it the leads may be rejections, too.

    ``firm``, ``doubled``: the rules that today's policies let nobody, and only two people, set aside; what the leads'
    own decisions say counts as well. ``expires_on`` is a day in ``zone``. Raises CallerError, with all that is wrong.
    """
    wanted, ids = sorted(set(rules)), sorted(set(lead_ids))
    problems = [*of_reason(reason, by), *of_end(work.at, expires_on, zone)]
    if not wanted:
        problems.append(Problem("missing", "Say which rules are to be set aside", field="rules"))
    problems += of_leads(work.connection, ids, rebuild)
    spoken = find_spoken(work.connection, ids) if ids and not problems else {}
    problems += [] if problems else [one for rule in wanted for one in of_rule(rule, spoken.get(rule, []), firm)]
    if problems:
        raise CallerError(problems)
    if (same := _asked_before(work.connection, (wanted, ids), one_line(reason), by, expires_on)) is not None:
        return same  # a button pressed twice asks for nothing new
    two = any(rule in doubled or any(f.four_eyes for f in spoken[rule]) for rule in wanted)
    return _add(
        work, ledger, ids, two=two, rules=wanted, reason=one_line(reason), by=by, expires_on=expires_on, zone=zone,
        reopens=0 if rebuild is None else len(ids) - len(still_waiting(work.connection, ids)),
    )  # fmt: skip


def _asked_before(
    connection: Connection, what: tuple[Sequence[str], Sequence[int]], reason: str, by: str, expires_on: date
) -> Record | None:
    """The override that this person asks for with these very words, as long as it waits or is in force.

    ``what``: its rules, and its leads.
    """
    rules, ids = what
    query = select(overrides).where(
        overrides.c.state.in_(("asked", "in_force")), overrides.c.leads_digest == digest_of(ids),
        overrides.c.rules == " ".join(rules), overrides.c.asked_by == by, overrides.c.reason == reason,
        overrides.c.expires_on == expires_on.isoformat(), overrides.c.renews.is_(None),
    )  # fmt: skip
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else record_of(row)


def renew_override(
    work: UnitOfWork, ledger: Ledger, number: int, *, reason: str, by: str, expires_on: date, zone: str
) -> Record:
    """Ask for an override that goes on where another ends: the same rules, the same leads, reasons of its own.

    The prospects that the first let in are handed out as long as either is in force.
    """
    before = _get(work.connection, number)
    problems = [*of_reason(reason, by), *of_end(work.at, expires_on, zone)]
    if before.state not in {"in_force", "ended"}:
        problems.append(
            Problem(
                "not_in_force", phrase("%(name)s was never in force; there is nothing to go on with", name=before.name)
            )
        )
    if problems:
        raise CallerError(problems)
    return _add(
        work, ledger, leads_of(work.connection, number), two=before.four_eyes, rules=list(before.rules),
        reason=one_line(reason), by=by, expires_on=expires_on, zone=zone, renews=number,
    )  # fmt: skip


def _add(
    work: UnitOfWork, ledger: Ledger, ids: Sequence[int], *, two: bool, rules: Sequence[str], expires_on: date,
    zone: str, by: str, reason: str, renews: int | None = None, reopens: int = 0,
) -> Record:  # fmt: skip
    number = 1 + (work.connection.execute(select(func.max(overrides.c.id))).scalar() or 0)
    work.connection.execute(insert(overrides).values(
        id=number, rules=" ".join(rules), leads=len(ids), leads_digest=digest_of(ids), reason=reason, asked_by=by,
        asked_at=work.at, four_eyes=int(two), state="asked" if two else "in_force", renews=renews,
        reopens=reopens,
        expires_on=expires_on.isoformat(), expires_at=end_of(expires_on, zone), signature="",
    ))  # fmt: skip
    work.insert_many(override_leads, ("override_id", "lead_id"), [(number, lead) for lead in ids])
    return _signed(work, ledger, number, "override.asked", by=by, reason=reason)


def second(work: UnitOfWork, ledger: Ledger, number: int, *, by: str) -> Record:
    """A second person stands by it: from now on it is in force. Raises CallerError for the one who asked."""
    found = _open(work, ledger, number, "asked")
    problems = of_reason("-", by)
    if by == found.by:
        message = phrase("%(by)s asked for %(name)s; it takes another person to stand by it", by=by, name=found.name)
        problems.append(Problem("same_person", message, field="by"))
    elif not problems and (tied := find_tied(work.connection, by, found.by, work.at)) is not None:
        problems.append(
            Problem(
                "one_hand",
                phrase("%(joined)s; somebody else must stand by it", joined=_joined(tied, by, found.by)),
                "by",
            )
        )
    if found.expires_at <= work.at:
        problems.append(
            Problem(
                "expired",
                phrase(
                    "%(name)s was to end on %(expires_on)s and is over", name=found.name, expires_on=found.expires_on
                ),
            )
        )
    if problems:
        raise CallerError(problems)
    _change(work, number, state="in_force", seconded_by=by, seconded_at=work.at)
    return _signed(work, ledger, number, "override.seconded", by=by, reason="")


def find_tied(connection: Connection, one: str, other: str, at: datetime) -> Tie | None:
    """What makes one hand of two people (gateway.access.ties), who are named as the ledger names them."""
    return find_tie(connection, _number(one), _number(other), at)


def _number(person: str) -> int:
    return int(person.removeprefix("person_"))


def _joined(tied: Tie, one: str, other: str) -> str:
    had = {"made": "made the account of", "link": "gave a link to the password of", "factors": "took the factors of"}
    text = f"person_{tied.by} {had[tied.how]} person_{tied.person}"
    ways = "" if {_number(one), _number(other)} == {tied.by, tied.person} else f", which joins {one} and {other}"
    return f"{text} on {tied.at:%Y-%m-%d}{ways}: until {tied.ends_at:%Y-%m-%d} {one} and {other} count as one hand"


def refuse(work: UnitOfWork, ledger: Ledger, number: int, *, by: str, reason: str) -> Record:
    """It does not come into force: refused by somebody else, or taken back by the one who asked."""
    return _close(work, ledger, number, "asked", "refused", by=by, reason=reason)


def end(work: UnitOfWork, ledger: Ledger, number: int, *, by: str, reason: str) -> Record:
    """It is over from now on: what it let in is not handed out any more."""
    return _close(work, ledger, number, "in_force", "ended", by=by, reason=reason)


def _close(
    work: UnitOfWork, ledger: Ledger, number: int, before: State, after: State, *, by: str, reason: str
) -> Record:
    _open(work, ledger, number, before)
    if problems := of_reason(reason, by):
        raise CallerError(problems)
    _change(work, number, state=after, ended_by=by, ended_at=work.at, ended_why=one_line(reason))
    return _signed(work, ledger, number, f"override.{after}", by=by, reason=one_line(reason))


def _change(work: UnitOfWork, number: int, **values: Any) -> None:
    work.connection.execute(update(overrides).where(overrides.c.id == number).values(**values))


def _signed(work: UnitOfWork, ledger: Ledger, number: int, kind: str, *, by: str, reason: str) -> Record:
    """Sign it as it stands now and tell the ledger; where it came into force, its leads are due to be judged again."""
    found = _get(work.connection, number)
    _change(work, number, signature=ledger.attest(found.text))
    ledger.append(work, kind, {
        "override": found.name, "rules": list(found.rules), "leads": found.leads, "leads_sha256": found.leads_digest,
        "by": by, "reason": reason, "state": found.state, "expires_on": found.expires_on.isoformat(),
        "four_eyes": found.four_eyes, "renews": f"override_{found.renews}" if found.renews else None,
    })  # fmt: skip
    if found.state == "in_force":
        ask_again(work, leads_of(work.connection, number))
    return _get(work.connection, number)


def sign_again(work: UnitOfWork, before: Ledger, after: Ledger) -> None:
    """The ledger goes on under another secret: what bears its signature bears the new one's from now on."""
    for found in map(record_of, work.connection.execute(select(overrides)).all()):
        if found.is_signed(before):
            _change(work, found.id, signature=after.attest(found.text))


# --- what is wrong


def _open(work: UnitOfWork, ledger: Ledger, number: int, state: State) -> Record:
    found = _get(work.connection, number)
    if found.state != state:
        message = phrase(
            "%(name)s is %(replace)s, not %(replace2)s; nothing was changed",
            name=found.name,
            replace=found.state.replace("_", " "),
            replace2=state.replace("_", " "),
        )
        raise CallerError([Problem("other_state", message)], 409, "Not in that state any more")
    if not found.is_signed(ledger):
        message = phrase("%(name)s does not stand as it was signed", name=found.name)
        raise CallerError([Problem("not_signed", message)])
    return found


# --- looking them up


def find_record(connection: Connection, number: int) -> Record | None:
    """One override."""
    row = connection.execute(select(overrides).where(overrides.c.id == number)).one_or_none()
    return None if row is None else record_of(row)


def _get(connection: Connection, number: int) -> Record:
    found = find_record(connection, number)
    if found is None:
        message = phrase("there is no override_%(number)s", number=number)
        raise CallerError([Problem("unknown_override", message)], 404, "Not found")
    return found


def list_records(
    connection: Connection, states: Collection[str] = STATES, *, before: int | None = None, limit: int = 1000
) -> list[Record]:
    """Overrides in these states, the newest first; ``before``: only those of lower numbers."""
    query = select(overrides).where(overrides.c.state.in_(states)).order_by(overrides.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(overrides.c.id < before)
    return list(map(record_of, connection.execute(query)))


def find_renewals(connection: Connection, number: int) -> list[Record]:
    """The overrides that go on with this one."""
    query = select(overrides).where(overrides.c.renews == number).order_by(overrides.c.id)
    return list(map(record_of, connection.execute(query)))


def decisions_of(connection: Connection, ids: Sequence[int]) -> list[int]:
    """The numbers of the decisions that these leads stand on, each once."""
    numbers: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(leads.c.decision_id).where(leads.c.id.in_(ids[start : start + _AT_ONCE])).distinct()
        numbers.update(connection.execute(query).scalars())
    return sorted(numbers)


def leads_of(connection: Connection, number: int) -> list[int]:
    """The leads it is for."""
    query = select(override_leads.c.lead_id).where(override_leads.c.override_id == number)
    return list(connection.execute(query.order_by(override_leads.c.lead_id)).scalars())


def find_spoken(connection: Connection, ids: Sequence[int]) -> dict[str, list[Finding]]:
    """What each rule says of these leads as they were judged last, each saying once; also what was set aside."""
    spoken: dict[str, list[Finding]] = {}
    for number in decisions_of(connection, ids):
        decision = load_decision(connection, number)
        for finding in (*decision.findings, *(one.finding for one in decision.set_aside)):
            said = spoken.setdefault(finding.rule, [])
            if finding not in said:
                said.append(finding)
    return spoken


def record_of(row: Any) -> Record:
    """A row of the table."""
    return Record(
        id=row.id, rules=tuple(row.rules.split()), leads=row.leads, leads_digest=row.leads_digest, reason=row.reason,
        by=row.asked_by, asked_at=row.asked_at, four_eyes=bool(row.four_eyes), seconded_by=row.seconded_by,
        seconded_at=row.seconded_at, state=row.state, expires_on=date.fromisoformat(row.expires_on),
        expires_at=row.expires_at, ended_by=row.ended_by, ended_at=row.ended_at, ended_why=row.ended_why,
        renews=row.renews, signature=row.signature,
    )  # fmt: skip


def digest_of(ids: Iterable[int]) -> str:
    """Of the numbers of some leads, in order."""
    return sha256("\n".join(map(str, sorted(ids))).encode()).hexdigest()
