"""A sale and a ping's answer in the shapes that vendors' systems read: ours, LeadConduit's, boberdoo's.

LeadConduit: ``success`` is received and not to be sent again; ``failure`` is refused, with its reason. boberdoo: the
exact words ``Matched``, ``Unmatched``, ``Error``, and 200 always; why a lead is unmatched it has no place for, so what
it should have said is an ``Error``, as its own missing fields are. Both are text only in XML, and prices are decimal.
"""

from typing import TYPE_CHECKING, Any

from gateway.db.base import text_of
from gateway.domain.money import places
from gateway.domain.problem import CallerError
from gateway.intake.buying.wanted import NOT_SAID

if TYPE_CHECKING:
    from gateway.intake.buying.asked import Answered
    from gateway.intake.buying.sale import Sale
    from gateway.intake.platforms.call import Reply

SHAPES = ("ours", "leadconduit", "boberdoo")
_CONDUIT = '<?xml version="1.0"?>\n'
_BOBERDOO = '<?xml version="1.0" encoding="UTF-8"?>'
_UNSAID = "The lead was not accepted"


def amount(minor: int, currency: str | None) -> str:
    """``1.25``: a decimal with as many places as the currency has."""
    digits = places(currency or "USD")
    return f"{minor / 10**digits:.{digits}f}" if minor < 10**15 else str(minor)


def money(minor: int, currency: str | None) -> dict[str, Any] | None:
    """An amount for JSON; None where nothing is said of money."""
    return None if currency is None else {"minor": minor, "currency": currency, "amount": amount(minor, currency)}


def sale_document(sale: "Sale") -> dict[str, Any]:
    """In our own shape."""
    return {
        "outcome": sale.outcome,
        "lead": sale.lead,
        "decision": sale.decision,
        "reasons": [{"reason": one.code, "message": one.message, "remedy": one.remedy} for one in sale.reasons],
        "price": money(sale.price, sale.currency),
        "price_is": sale.price_is,
        "decided_by": None if sale.decided_by is None else text_of(sale.decided_by),
        "again_at": None if sale.again is None else text_of(sale.again),
        "repeats": None if sale.repeats is None else {"lead": sale.repeats.lead, "at": text_of(sale.repeats.at)},
        "ping": sale.ping,
    }


def ping_document(answered: "Answered") -> dict[str, Any]:
    """In our own shape. Of what we know of the person nothing is said, unless the contract allows it."""
    return {
        "wanted": answered.is_wanted,
        "state": answered.state,
        "reason": answered.reason,
        "message": answered.message,
        "price": None if answered.price is None else money(answered.price, answered.currency),
        "ping": answered.ping,
        "until": None if answered.until is None else text_of(answered.until),
        "again_at": None if answered.again is None else text_of(answered.again),
    }


def _words(sale: "Sale") -> str:
    said = " ".join(one.message for one in sale.reasons) or _UNSAID
    if sale.outcome == "hold" and sale.decided_by is not None:
        return f"Held; decided by {sale.decided_by:%Y-%m-%d %H:%M} UTC. {'' if said == _UNSAID else said}".strip()
    return said


def say_sale(sale: "Sale", shape: str, *, xml: bool) -> "Reply":
    """The answer to a post."""
    from gateway.intake.platforms.call import reply
    from gateway.intake.platforms.xml_answer import xml_reply

    if shape == "leadconduit":
        told: dict[str, Any] = {"outcome": "success" if sale.is_taken else "failure"}
        if sale.outcome != "prospect":
            told["reason"] = _words(sale)
        if sale.lead is not None:
            told["lead"] = {"id": sale.lead}
        told["price"] = _number(sale.owed, sale.currency, xml=xml)
        return xml_reply("result", told, declaration=_CONDUIT, status=201) if xml else reply(told, 201)
    if shape == "boberdoo":
        if not sale.is_taken and any(one.code in NOT_SAID for one in sale.reasons):
            return _boberdoo({"status": "Error", "error": _words(sale)}, xml=xml)
        told = {"status": "Matched" if sale.is_taken else "Unmatched"}
        if sale.lead is not None:
            told["lead_id"] = sale.lead.removeprefix("lead_")
        if sale.owed:
            told["price"] = amount(sale.owed, sale.currency)
        return _boberdoo(told, xml=xml)
    return reply(sale_document(sale))


def say_ping(answered: "Answered", shape: str, *, xml: bool) -> "Reply":
    """The answer to a ping."""
    from gateway.intake.platforms.call import reply
    from gateway.intake.platforms.xml_answer import xml_reply

    if shape == "leadconduit":
        told: dict[str, Any] = {"outcome": "success" if answered.is_wanted else "failure"}
        if not answered.is_wanted:
            told["reason"] = answered.message or _UNSAID
        if answered.ping is not None:
            told["lead"] = {"id": answered.ping}
        told["price"] = _number(answered.price or 0, answered.currency, xml=xml)
        return xml_reply("result", told, declaration=_CONDUIT) if xml else reply(told)
    if shape == "boberdoo":
        if answered.reason in NOT_SAID:
            return _boberdoo({"status": "Error", "error": answered.message}, xml=xml)
        told = {"status": "Matched" if answered.is_wanted else "Unmatched"}
        if answered.ping is not None:
            told |= {"lead_id": answered.ping, "price": amount(answered.price or 0, answered.currency)}
        return _boberdoo(told, xml=xml)
    return reply(ping_document(answered))


def say_mistake(error: CallerError, shape: str, *, xml: bool) -> "Reply | None":
    """What was malformed, all of it; None: our own problem document says it."""
    from gateway.intake.platforms.call import reply
    from gateway.intake.platforms.xml_answer import xml_reply

    said = "; ".join(f"{one.field}: {one.message}" if one.field else one.message for one in error.problems)
    if shape == "leadconduit":
        told: dict[str, Any] = {"outcome": "error", "reason": said, "price": 0}
        status = error.status
        return xml_reply("result", told, declaration=_CONDUIT, status=status) if xml else reply(told, status)
    return _boberdoo({"status": "Error", "error": said}, xml=xml) if shape == "boberdoo" else None


def _boberdoo(told: dict[str, Any], *, xml: bool) -> "Reply":
    from gateway.intake.platforms.call import reply
    from gateway.intake.platforms.xml_answer import xml_reply

    return xml_reply("response", told, declaration=_BOBERDOO) if xml else reply({"response": told})


def _number(minor: int, currency: str | None, *, xml: bool) -> Any:
    """As a JSON number, which has no places of its own; in XML as it is written."""
    text = amount(minor, currency)
    return text if xml else float(text) if minor else 0
