"""LeadConduit's submission and reply: a seller's system posts a lead to a secret address and is told the outcome.

``success`` means received, do not send again: so it answers a prospect and a hold alike. ``failure`` answers a
rejection, in the words that vendors get. 201 for both; ``error`` is for what could not be read.
"""

from typing import Any

from gateway.domain.problem import CallerError
from gateway.intake.platforms.call import FORM, JSON, Call, Reply, Settings, kept_fields, reply, text, texts
from gateway.intake.platforms.leads import Came, Field
from gateway.intake.platforms.proof import by_token
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.platforms.xml_answer import xml_reply

_DECLARATION = '<?xml version="1.0"?>\n'
_UNSAID = "The lead was not accepted"


def read(call: Call, _: Settings) -> Came:
    """One lead, by LeadConduit's names; they are known as headings of lists."""
    posted: dict[str, Any] = call.document() if call.mimetype == JSON else kept_fields(call)
    return Came(posted, [Field(name, ", ".join(texts(value)) or text(value)) for name, value in posted.items()])


def answer(call: Call, _: Came, told: Told) -> Reply:
    """The outcome in LeadConduit's words."""
    shown: dict[str, Any] = {"outcome": "success"}
    if told.outcome == "rejection":
        shown = {"outcome": "failure", "reason": " ".join(told.reasons) or _UNSAID}
    return _say(call, {**shown, "lead": {"id": told.lead}, "price": 0}, 201)


def refuse(call: Call, error: CallerError) -> Reply:
    """What was malformed."""
    reason = " ".join(problem.message for problem in error.problems)
    return _say(call, {"outcome": "error", "reason": reason, "price": 0}, error.status)


def _say(call: Call, told: dict[str, Any], status: int) -> Reply:
    if "xml" in call.accept and "json" not in call.accept:
        return xml_reply("result", told, declaration=_DECLARATION, status=status)
    return reply(told, status)


LEADCONDUIT = Platform(
    "leadconduit", "LeadConduit", takes=(JSON, FORM), address="token", verify=by_token, read=read, answer=answer,
    refuse=refuse, decides=True,
)  # fmt: skip
