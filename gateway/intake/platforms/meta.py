"""Meta leadgen: a signed webhook that carries numbers only, and the lead that is then fetched from the Graph API.

The webhook is answered as soon as what is owed is written down (fetches.py); a worker fetches.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.problem import CallerError, Problem
from gateway.intake.platforms.boxes import Box
from gateway.intake.platforms.call import Call, Reply, Settings, reply, rows, table, text, texts
from gateway.intake.platforms.leads import Came, asked
from gateway.intake.platforms.proof import forbidden, hex_hmac, no_rest, same
from gateway.intake.platforms.shape import Platform, problem_reply, received
from gateway.intake.values import read_box, read_instant

FIELDS = "id,created_time,field_data,ad_id,form_id,campaign_id,is_organic,platform,custom_disclaimer_responses"
_NUMBER = re.compile(r"[0-9]{1,32}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_TEST = "<test lead: dummy data for"


@dataclass(frozen=True, slots=True)
class Owed:
    """A lead that Meta has and we do not."""

    id: str
    page: str


def verify(call: Call, settings: Settings) -> None:
    """``X-Hub-Signature-256`` over the bytes as they came. Raises CallerError."""
    no_rest(call)
    if not same(call.headers.get("X-Hub-Signature-256", ""), hex_hmac(call.raw, settings["app_secret"])):
        raise forbidden("wrong_signature", "X-Hub-Signature-256 does not fit this body", "X-Hub-Signature-256")


def challenge(query: Mapping[str, str], settings: Settings) -> Reply:
    """Meta's question whether this address is ours. Raises CallerError for a wrong token."""
    asks = query.get("hub.mode") == "subscribe" and _CHALLENGE.fullmatch(query.get("hub.challenge", ""))
    if not asks or not same(query.get("hub.verify_token", ""), settings["verify_token"]):
        raise forbidden("wrong_verify_token", "hub.verify_token does not match", "hub.verify_token")
    return Reply(200, query["hub.challenge"], "text/plain")


def owed(call: Call, settings: Settings) -> list[Owed]:
    """The leads that a webhook tells of; other fields and other pages are not for us."""
    found: dict[str, Owed] = {}
    for entry in rows(call.document().get("entry")):
        for change in rows(entry.get("changes")):
            value = table(change.get("value"))
            number, page = text(value.get("leadgen_id")), text(value.get("page_id")) or text(entry.get("id"))
            if change.get("field") != "leadgen" or not _NUMBER.fullmatch(number):
                continue
            if settings.get("page_id", page) == page:
                found[number] = Owed(number, page[:32])
    return list(found.values())


def came_of(lead: Mapping[str, Any]) -> Came:
    """The lead as the Graph API gave it. Boxes come apart from the answers, and without their wording."""
    came = Came(dict(lead))
    for item in rows(lead.get("field_data")):
        came.fields.append(asked(", ".join(texts(item.get("values"))), text(item.get("name"))))
    for item in rows(lead.get("custom_disclaimer_responses")):
        came.boxes.append(Box(text(item.get("checkbox_key")), read_box(text(item.get("is_checked")) or "0")))
    came.id = text(lead.get("id")) or None
    came.acted_at = read_instant(text(lead.get("created_time")))[0]
    came.is_test = any(item.text.startswith(_TEST) for item in came.fields)
    return came


def read(call: Call, _: Settings) -> Came:
    """A webhook is no lead; whoever asks for one in it has mistaken it. Raises CallerError."""
    del call
    raise CallerError([Problem("no_lead", "a leadgen webhook carries numbers only")])


def answer_owed() -> Reply:
    """Received: Meta looks at the status alone, and stops sending to whoever answers slowly."""
    return reply({"status": "received"})


META = Platform(
    "meta", "Meta lead ads", takes=("application/json",), needs=("app_secret", "verify_token", "access_token"),
    may=("page_id",), verify=verify, read=read, answer=received, refuse=problem_reply,
)  # fmt: skip
