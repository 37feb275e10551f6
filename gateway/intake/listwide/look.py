"""A list looked over as a whole: what is drawn of it, what that shows, and the facts that rules may ask.

Looks things up and writes nothing; no network is asked. At most 1.5 s for a million rows (docs/benchmarks.md).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.domain.facts import FactValue
from gateway.domain.lead import Batch, Origin, Statement
from gateway.domain.screened import Screened
from gateway.intake.columns.batch import to_batch
from gateway.intake.inspection import Inspection, Record
from gateway.intake.listwide import evidence, names, times
from gateway.intake.listwide.draw import Drawn, draw
from gateway.intake.listwide.found import LEAST, Share, Sign, Wide, masked, shown
from gateway.screening.screen import World, screen


def look_over(path: Path, inspection: Inspection, statement: Statement, world: World, as_of: datetime) -> Inspection:
    """The inspection with ``wide``: the whole list looked over.

    ``statement``: what the list's manifest says. Suppressions are asked, and of domains the memory alone.
    """
    drawn = draw(path, inspection)
    origin = Origin("list", "0", statement)
    even = to_batch(drawn.even, inspection, statement, origin, as_of)
    screened = screen(even, world, as_of, dns_seconds=0)
    union = drawn.even if drawn.is_whole else _union(drawn)
    both = even if drawn.is_whole else to_batch(union, inspection, statement, origin, as_of)
    people = _people(both)
    ahead = {record[0] for record in drawn.head}
    first = [person for person in people if person.row in ahead]
    shares = shares_of(even, screened) | _repeats(drawn, screened)
    signs = [
        *names.find_signs(people, first),
        *evidence.find_signs(both, _comparable(both)),
        *times.find_signs(both, _starts(drawn, union)),
        *_repeated_rows(drawn, even, screened, shares),
    ]
    enough = len(drawn.even) >= LEAST
    codes = {sign.code for sign in signs}
    wide = Wide(
        rows=drawn.rows, rows_are_exact=drawn.rows_are_exact, looked_at=_how(drawn, union, shares),
        shares=shares, signs=tuple(signs), facts=_facts(shares, codes) if enough else (),
        looks_generated=bool(codes & names.GENERATED) if len(people) >= LEAST else None,
    )  # fmt: skip
    return replace(inspection, wide=wide)


def _union(drawn: Drawn) -> list[Record]:
    head = {record[0] for record in drawn.head}
    return drawn.head + [record for record in drawn.even if record[0] not in head]


def _starts(drawn: Drawn, union: Sequence[Record]) -> list[int]:
    """Where neighbours begin anew: at every row whose number does not follow the one before."""
    if drawn.is_whole:
        return [0]
    return [i for i in range(len(union)) if not i or union[i][0] != union[i - 1][0] + 1]


def _people(batch: Batch) -> list[names.Person]:
    found = []
    columns = (batch.column("email"), batch.column("first_name"), batch.column("last_name"))
    for row, typed, first, last in zip(batch.numbers, *columns, strict=True):
        local, at, domain = str(typed or "").strip().lower().rpartition("@")
        if at and local and domain:
            found.append(names.Person(row, local, domain, _plain(first), _plain(last)))
    return found


def _plain(name: object) -> str:
    return "".join(filter(str.isalnum, str(name).lower())) if name else ""


def _comparable(batch: Batch) -> list[str | None]:
    return [str(cell).strip().lower() or None if cell else None for cell in batch.column("email")]


def shares_of(batch: Batch, screened: Screened) -> dict[str, Share]:
    """How many rows are known to take no mail, to have left, to be throw-away mailboxes, to be functions'.

    A row that says itself that the person left brings nobody back: neither does a list that was undone and comes again.
    """
    rows = len(batch)

    def column(name: str) -> Sequence[FactValue]:
        facts = screened.facts
        return facts.columns.get(name) or [facts.constants.get(name)] * rows

    dead = zip(column("address.is_valid"), column("address.accepts_mail"), column("suppression.is_undeliverable"),
               strict=True)  # fmt: skip
    counts = {
        "undeliverable": sum(valid is False or mail is False or bounced is True for valid, mail, bounced in dead),
        "opted_out": sum(
            known is True and says is not True
            for known, says in zip(column("suppression.is_matched"), column("lead.says_stop"), strict=True)
        ),
        "disposable": sum(answer is True for answer in column("address.is_disposable")),
        "role": sum(answer not in {None, "none"} for answer in column("address.role_class")),
    }
    return {name: Share(count, rows) for name, count in counts.items()}


def _repeats(drawn: Drawn, screened: Screened) -> dict[str, Share]:
    if drawn.repeats is not None and drawn.repeats.looked_at >= LEAST:
        return {"duplicate": Share(drawn.repeats.repeated, drawn.repeats.looked_at)}
    keys = [key for key in screened.keys if key is not None]
    return {"duplicate": Share(len(keys) - len(set(keys)), len(drawn.even))}


def _repeated_rows(drawn: Drawn, batch: Batch, screened: Screened, shares: dict[str, Share]) -> list[Sign]:
    """The rows that repeat an address, where many do."""
    share = shares["duplicate"]
    if share.of < LEAST or share.bracket not in {"5_to_20_percent", "20_or_more_percent"}:
        return []
    if drawn.repeats is not None:
        rows = [(row, masked(typed)) for row, typed in drawn.repeats.rows]
    else:
        seen: set[bytes] = set()
        rows = []
        for row, typed, key in zip(batch.numbers, batch.column("email"), screened.keys, strict=True):
            if key is not None and key in seen:
                rows.append((row, masked(str(typed or ""))))
            seen |= set() if key is None else {key}
    says = f"{share.count:,} of {share.of:,} addresses stood in an earlier row already."
    return [Sign("many_duplicates", says, shown(rows))]


def _facts(shares: dict[str, Share], codes: set[str]) -> tuple[tuple[str, str], ...]:
    """The answers to ``list.*``."""
    found = {f"{name}_share": shares[name].bracket for name in
             ("undeliverable", "opted_out", "disposable", "role", "duplicate")}  # fmt: skip
    reused = {code for code in codes if code.endswith("_reused")}
    found["looks_harvested"] = _yes(codes & names.HARVESTED)
    found["evidence_is_reused"] = _yes(reused)
    found["times_are_impossible"] = _yes(codes & times.IMPOSSIBLE)
    found["times_are_too_regular"] = _yes(codes & times.REGULAR)
    return tuple(sorted(found.items()))


def _yes(found: set[str]) -> str:
    return "true" if found else "false"


def _how(drawn: Drawn, union: Sequence[Record], shares: dict[str, Share]) -> str:
    """How much was looked at."""
    if drawn.is_whole:
        return f"all {drawn.rows:,} rows"
    said = (
        f"{len(drawn.even):,} of about {drawn.rows:,} rows, in stretches drawn evenly over the file, for the shares; "
        f"{len(union):,} with the first rows for the signs"
    )
    if drawn.repeats is not None:
        return f"{said}; {shares['duplicate'].of:,} addresses over the whole file for repeats"
    return f"{said}; repeats among the drawn rows only, which underestimates them"
