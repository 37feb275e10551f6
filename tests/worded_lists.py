"""Lists of people who agreed under words that nobody here has read, for tests."""

from pathlib import Path

from sqlalchemy import func, select

from gateway.db.work import reading
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.outcomes.tables import holds, leads
from gateway.pipeline import Services

WORDS = "Yes, Riverside Garden Ltd may send me offers for house and garden by e-mail."
MANIFEST = """\
name: Autumn
vendor: Fernhill Data LLC
method: co_registration
collected: {from: 2026-09-01, until: 2026-10-31}
form_url: https://www.example.com/garden
notice:
  wording: "%s"
  language: en
  transfer: named_us
consent: {claimed: given, act: unticked_box}
relationship: marketing
hops:
  - {giver: Example Offers, taker: Fernhill Data LLC, on: 2026-11-01}
  - {giver: Fernhill Data LLC, taker: Riverside Garden Ltd, on: 2026-11-02}
attestations:
  - {says: Every person ticked the box., signed_by: J. Doe, on: 2026-11-02}
vendor_facts: {data_broker: true, privacy_terms: true}
"""
_NAMES = ("ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine", "rowan", "sorrel", "yew")


def address_of(number: int) -> str:
    """The address of somebody, always the same; no pattern that a list could be suspected for."""
    first, last = _NAMES[number % 13], _NAMES[(number // 13) % 13]
    return f"{first}{'._-'[number * 7 % 3]}{last}{number * 7919 % 9973}@example.{('com', 'org', 'net')[number % 3]}"


def bring_worded(services: Services, folder: Path, count: int, *, words: str = WORDS, notices=None, first: int = 0):
    """Import a list of so many people, each with evidence; ``notices``: the words of each row, in turn."""
    rows = ["email,consent ts,consent ip,source url,country" + (",consent text" if notices else "")]
    for i in range(first, first + count):
        at = f"2026-09-{i * 11 % 28 + 1:02}T{i * 5 % 24:02}:{i * 37 % 60:02}:{i * 13 % 60:02}Z"
        row = f"{address_of(i)},{at},47.{i % 200}.{i // 200}.{i * 3 % 250},https://www.example.com/garden,US"
        rows.append(row + (f',"{notices[i % len(notices)]}"' if notices else ""))
    file = folder / f"worded-{first}-{count}.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    begun = bring(services, file, MANIFEST % words, manifest_name="m.yaml", encoding=None, again=True, by="test")
    work_run(begun["run"], services)
    return begun


def ends(services: Services) -> dict[str, int]:
    """How many leads ended as what."""
    with reading(services.engine) as connection:
        return {row[0]: row[1] for row in connection.execute(
            select(leads.c.outcome, func.count()).group_by(leads.c.outcome)
        )}  # fmt: skip


def waits(services: Services) -> list[tuple[str, str | None, str | None]]:
    """The state of every hold, under which words, and who answered it."""
    with reading(services.engine) as connection:
        query = select(holds.c.state, holds.c.wording, holds.c.answered_by).order_by(holds.c.lead_id)
        return [tuple(row) for row in connection.execute(query)]
