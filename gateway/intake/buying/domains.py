"""Whether any lead at a domain is refused, whatever else it says: the policies are asked with nothing else known.

What a rule does not know can hold a lead and never refuse it, so a refusal here is one of the domain alone. Only what
we know already is looked at: a ping asks no name server.
"""

from datetime import datetime

from gateway.domain.screened import TAKES_MAIL
from gateway.pipeline import Services
from gateway.screening.address import deliverability
from gateway.screening.address.kinds import kinds_of
from gateway.screening.address.syntax import judge_domain


def is_refused(services: Services, domain: str, at: datetime) -> bool:
    """Whether the rules in force refuse whoever has an address there."""
    judged = judge_domain(domain.strip().lstrip("@"))
    if judged.problem == "none":
        known = _known(services, judged.name, at)
    else:
        known = {"address.is_valid": False, "address.problem": judged.problem}
    judge = services.policies.judge(at)
    decision = judge.decide(tuple(judge.fold(fact, known.get(fact)) for fact in judge.facts))
    return decision.verdict == "reject"


def _known(services: Services, name: str, at: datetime) -> dict[str, str | bool | None]:
    routes = deliverability.ask([name], services.world.routes, at, 0)
    kinds = kinds_of(name)
    return {
        "address.mail_route": deliverability.mail_routes(routes).get(name),
        "address.accepts_mail": TAKES_MAIL[routes[name].kind] if name in routes else None,
        "address.is_disposable": kinds.is_disposable, "address.is_privacy_relay": kinds.is_privacy_relay,
        "address.is_free_mail": kinds.is_free_mail, "address.is_confusable": kinds.is_confusable,
        "address.wireless_gateway": kinds.wireless_gateway,
    }  # fmt: skip
