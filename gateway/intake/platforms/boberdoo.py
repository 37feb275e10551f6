"""boberdoo's lead post and ping-post: a form post with ``Key``, answered 200 always, in XML or JSON.

A ping carries nobody: it is answered without writing anything, with a number for the post. The post with that number
is taken once. ``Matched`` means taken (a prospect or a hold), ``Unmatched`` refused; callers look for those words.
"""

import secrets

from gateway.domain.problem import CallerError, Problem
from gateway.intake.platforms.call import FORM, MULTIPART, Call, Reply, Settings, kept_fields, reply
from gateway.intake.platforms.leads import Came, Field
from gateway.intake.platforms.proof import forbidden, no_rest, same
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.platforms.xml_answer import xml_reply

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_CONTROL = frozenset({"Key", "API_Action", "Mode", "Format", "Lead_ID", "Return_Best_Price"})
_MODES = ("ping", "post", "full")
_USES = {"TYPE": "kept", "SRC": "kept", "Sub_ID": "kept"}


def verify(call: Call, settings: Settings) -> None:
    """The key of the body. Raises CallerError."""
    no_rest(call)
    if not same(call.form().get("Key", ""), settings["key"]):
        raise forbidden("wrong_key", "Key does not match", "Key")


def before(call: Call) -> Reply | None:
    """The answer to a ping: we look at leads, and a ping is none. No memory is asked and nothing is promised of it."""
    if _mode(call) != "ping":
        return None
    return _say(call, {"status": "Matched", "lead_id": str(secrets.randbelow(9 * 10**14) + 10**14)})


def read(call: Call, _: Settings) -> Came:
    """One lead of a post, by boberdoo's names; they are known as headings of lists. Raises CallerError."""
    if _mode(call) not in _MODES:
        raise CallerError([Problem("unknown_mode", "Mode is ping, post or full", "Mode")])
    came = Came(kept_fields(call, "Key"))
    came.fields = [Field(name, value, _USES.get(name)) for name, value in call.fields if name not in _CONTROL]
    came.id = call.form().get("Lead_ID") or None
    return came


def answer(call: Call, _: Came, told: Told) -> Reply:
    """Taken or not."""
    status = "Unmatched" if told.outcome == "rejection" else "Matched"
    return _say(call, {"status": status, "lead_id": told.lead.removeprefix("lead_")})


def refuse(call: Call, error: CallerError) -> Reply:
    """What is wrong, all of it."""
    return _say(call, {"status": "Error", "error": " ".join(problem.message for problem in error.problems)})


def _mode(call: Call) -> str:
    return call.form().get("Mode", "full").lower()


def _say(call: Call, told: dict[str, str]) -> Reply:
    if call.form().get("Format", "").upper() == "JSON":
        return reply({"response": told})
    return xml_reply("response", told, declaration=_DECLARATION)


BOBERDOO = Platform(
    "boberdoo", "boberdoo", takes=(FORM, MULTIPART), needs=("key",), verify=verify, read=read, answer=answer,
    refuse=refuse, decides=True, before=before,
)  # fmt: skip
