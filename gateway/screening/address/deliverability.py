"""Whether a domain takes mail: asks the routes once for all domains of a batch and turns answers into facts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from gateway.domain.ports import MailRoutes
from gateway.domain.screened import TAKES_MAIL, MailRoute


def ask(
    domains: Iterable[str | None], routes: MailRoutes, as_of: datetime, seconds: float | None
) -> dict[str, MailRoute]:
    """One answer per distinct domain. Asked in order of frequency: a deadline then leaves the fewest rows unknown."""
    counts = Counter(domains)
    counts.pop(None, None)
    wanted = [domain for domain, _ in counts.most_common() if domain is not None]
    return routes.ask_routes(wanted, as_of, seconds=seconds) if wanted else {}


def mail_routes(answers: Mapping[str, MailRoute]) -> dict[str | None, str | None]:
    """How mail reaches each domain; a time-out is unknown, neither yes nor no (docs/design.md law 6)."""
    return {domain: None if route.kind == "unknown" else route.kind for domain, route in answers.items()}


def accepting(kinds: Mapping[str | None, str | None]) -> dict[str | None, bool | None]:
    """Whether each domain takes mail, by how it reaches it."""
    return {domain: None if kind is None else TAKES_MAIL[kind] for domain, kind in kinds.items()}


def fresh(answers: Mapping[str, MailRoute]) -> list[MailRoute]:
    """What was learned just now and is worth keeping: answers by DNS, not by the memory or the demo's recordings."""
    return [route for route in answers.values() if route.source == "dns"]
