"""Salesforce Web-to-Lead: a form post from a browser under Salesforce's names, answered by going on to ``retURL``.

Salesforce never tells the person of a mistake, so nothing is refused here: every lead is kept and decided.
"""

from gateway.domain.problem import CallerError
from gateway.intake.forms import redirect_after
from gateway.intake.platforms.boxes import Box
from gateway.intake.platforms.call import Call, Reply, Settings, kept_fields
from gateway.intake.platforms.leads import Came, Field
from gateway.intake.platforms.proof import forbidden, no_rest, same
from gateway.intake.platforms.shape import Platform, Told, problem_reply
from gateway.intake.values import read_box

_CONTROL = frozenset({
    "oid", "retURL", "encoding", "debug", "debugEmail", "captcha_settings", "g-recaptcha-response", "submit",
})  # fmt: skip
_OURS = {"state": "kept", "country": "kept"}
_CUSTOM = "00N"
_SHORT_ID = 15  # letters of an id; the longer form of 18 ends with three that only repeat their case


def verify(call: Call, settings: Settings) -> None:
    """The organisation must be ours: no secret, only a form pasted into the wrong place. Raises CallerError."""
    no_rest(call)
    if not same(call.form().get("oid", "")[:_SHORT_ID], settings["oid"][:_SHORT_ID]):
        raise forbidden("wrong_organisation", "oid is not the one this source takes", "oid")


def read(call: Call, _: Settings) -> Came:
    """One lead. A custom field is a box if it reads as one; which one is consent, the source says."""
    came = Came(kept_fields(call, "g-recaptcha-response"), by_person=True, no_box_is_no=True)
    given = call.form()
    for name, value in call.fields:
        if name in _CONTROL:
            continue
        coded = name in _OURS and given.get(f"{name}_code")  # the code says the same, and cannot be misread
        came.fields.append(Field(name, value, _OURS[name] if coded else None))
        if name.startswith(_CUSTOM):
            came.boxes.append(Box(name, read_box(value)))
    return came


def answer(call: Call, _: Came, told: Told) -> Reply:
    """On to ``retURL`` if it lies on one of the source's own origins, else to the source's page or ours."""
    onward = redirect_after(told.source, call.form().get("retURL")) or "/thanks"
    return Reply(303, "", "text/html", {"Location": onward})


def refuse(call: Call, error: CallerError) -> Reply:
    """Only whoever set the form up sees this."""
    return problem_reply(call, error)


SALESFORCE = Platform(
    "salesforce", "Salesforce Web-to-Lead", takes=("application/x-www-form-urlencoded", "multipart/form-data"),
    needs=("oid",), verify=verify, read=read, answer=answer, refuse=refuse,
)  # fmt: skip
