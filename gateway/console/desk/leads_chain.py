"""By whose hands a lead came, as a picture: who stands where, what joins them, and where it is broken first."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from gateway.domain.lead import Statement
from gateway.domain.ports import Sender
from gateway.screening.handovers import fold, links_of
from gateway.screening.provenance import NO_PAGE_NEEDED

Part = Literal["person", "collector", "broker", "vendor", "us"]


@dataclass(slots=True)
class Stop:
    """Somebody who had the lead, and how it reached them."""

    part: Part
    name: str = ""  # empty: nobody says
    gap: str = ""  # why the link that leads here does not hold; screening.handovers.Gap, or incomplete
    missing: tuple[str, ...] = ()  # of what should be known of the collecting: who, how, when, where
    on: date | None = None
    under: str = ""
    is_link: bool = True  # something leads here
    is_first_break: bool = False


def chain_of(statement: Statement, sender: Sender, row: Any, provenance: str | None) -> list[Stop]:
    """From the person to us. ``provenance``: whether who, how, when and where were known, as it was judged then."""
    us = next(iter(sender.names), "")
    stops = [Stop("person", is_link=False)]
    links = links_of(statement, sender)
    if not links:
        stops.append(Stop("us", us, under=row.source))
        return stops
    missing = _missing(statement, links[0].giver)
    # Rows may bring time and page of their own, so what the manifest lacks is a gap only where it was judged to be one.
    stops.append(Stop(
        "collector", links[0].giver, gap="incomplete" if missing and provenance != "yes" else "", missing=missing,
    ))  # fmt: skip
    for link in links:
        is_vendor = statement.vendor is not None and fold(link.taker) == fold(statement.vendor)
        part: Part = "vendor" if is_vendor else "broker"
        stops.append(Stop(part, link.taker, link.gap or "", (), link.on, link.under or ""))
    stops[-1].part = "us"  # whoever is named there: the links always end with us
    first = next((stop for stop in stops if stop.gap and stop.gap != "we_have_no_name"), None)
    if first is not None:
        first.is_first_break = True
    return stops


def _missing(statement: Statement, collector: str) -> tuple[str, ...]:
    """What nobody says of the collecting, of the four that provenance asks for."""
    lacking = {
        "who": not collector,
        "how": statement.method in {None, "unknown"},
        "when": statement.collected_from is None and statement.collected_until is None,
        "where": not statement.form_url and statement.method not in NO_PAGE_NEEDED,
    }
    return tuple(name for name, lacks in lacking.items() if lacks)
