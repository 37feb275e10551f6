"""Contact Form 7: what its script posts and reads, so that a theme needs nothing but another address.

It answers 200 always and says in ``status`` what became of the message. A person posts from a browser, so the
evidence is the server's own, and the answer says nothing about anybody.
"""

import hashlib
import re

from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import Source
from gateway.intake.platforms.boxes import Box
from gateway.intake.platforms.call import Call, Reply, Settings, kept_fields, reply
from gateway.intake.platforms.leads import Came, Field, Read, problems_of
from gateway.intake.platforms.proof import not_here
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.values import read_box

_PATH = re.compile(r"v1/contact-forms/([0-9]{1,18})/feedback")
_UNIT = re.compile(r"wpcf7-f[0-9]{1,18}(?:-[a-z0-9]{1,20}){0,3}")
_ACCEPTANCE = re.compile(r"acceptance(?:-[0-9]+)?")
_TRAP = re.compile(r"honeypot(?:-[0-9]+)?")
_BOTS = ("cf-turnstile-response", "g-recaptcha-response")
_SENT = "Thank you for your message. It has been sent."
_WRONG = "One or more fields have an error. Please check and try again."
_UNTICKED = "You must accept the terms and conditions before sending your message."
_FAILED = "There was an error trying to send your message. Please try again later."
_SPAM = "spam"
UNTICKED = "box_not_ticked"


def verify(call: Call, _: Settings) -> None:
    """Anybody may post; only the path must be one of the plug-in's. Raises CallerError."""
    if call.rest and not _PATH.fullmatch(call.rest):
        raise not_here()


def read(call: Call, _: Settings) -> Came:
    """One message; the plug-in's own fields begin with ``_wpcf7``."""
    came = Came(kept_fields(call, *_BOTS), by_person=True, no_box_is_no=True)
    for name, value in call.fields:
        if name.startswith("_") or name in _BOTS:
            continue
        if _ACCEPTANCE.fullmatch(name):
            came.boxes.append(Box(name, read_box(value), is_consent=True))
        else:
            came.fields.append(Field(name, value))
    return came


def before(call: Call) -> Reply | None:
    """A filled honeypot is answered as the plug-in answers spam; nobody typed that."""
    if any(_TRAP.fullmatch(name) and value for name, value in call.fields):
        return _told(call, _SPAM, _FAILED)
    return None


def check(read_lead: Read, source: Source) -> list[Problem]:
    """What is wrong with the message itself, at the plug-in's names."""
    return [
        Problem(one.code, one.message, read_lead.email_field if one.field == "email" else one.field)
        for one in problems_of(read_lead, source)
    ]


def answer(call: Call, _: Came, _told_of: Told) -> Reply:
    """Sent."""
    return _told(call, "mail_sent", _SENT, digest=hashlib.sha256(call.raw).hexdigest()[:32])


def refuse(call: Call, error: CallerError) -> Reply:
    """The plug-in's own words for the form's mistakes; anything else failed."""
    if error.status != 422:  # noqa: PLR2004 - the contents have problems; the rest never was a message
        return _told(call, "mail_failed", _FAILED)
    if all(problem.code == UNTICKED for problem in error.problems):
        return _told(call, "acceptance_missing", _UNTICKED)
    unit, _ = _unit(call)
    wrong = [
        {"field": problem.field, "message": problem.message, "idref": None, "error_id": f"{unit}-ve-{problem.field}"}
        for problem in error.problems
        if problem.field and problem.code != UNTICKED
    ]
    return _told(call, "validation_failed", _WRONG, wrong=wrong)


def _told(
    call: Call, status: str, message: str, *, digest: str = "", wrong: list[dict[str, str | None]] | None = None
) -> Reply:
    unit, number = _unit(call)
    return reply({
        "contact_form_id": number, "status": status, "message": message, "posted_data_hash": digest,
        "into": f"#{unit}", "invalid_fields": wrong or [],
    })  # fmt: skip


def _unit(call: Call) -> tuple[str, int]:
    """The form on the page that posted, and the form's number."""
    found, form = _PATH.fullmatch(call.rest), call.form()
    number = found[1] if found else form.get("_wpcf7", "")
    number = number if number.isascii() and number.isdigit() and len(number) < 19 else "0"  # noqa: PLR2004 - 64 bits
    unit = form.get("_wpcf7_unit_tag", "")
    return (unit if _UNIT.fullmatch(unit) else f"wpcf7-f{int(number)}-o1"), int(number)


CONTACT_FORM_7 = Platform(
    "contact-form-7", "Contact Form 7", takes=("multipart/form-data", "application/x-www-form-urlencoded"),
    verify=verify, read=read, answer=answer, refuse=refuse, check=check, before=before,
)  # fmt: skip
