"""Jotform: multipart with a JSON text inside, and no signature: the address itself is the secret.

Answers are ``q<number>_<name>``; everything else in the text is bookkeeping. Questions' wordings are not sent.
"""

import re
from collections.abc import Iterator
from typing import Any

from gateway.domain.problem import CallerError, Problem
from gateway.intake.platforms.boxes import Box, read_answer
from gateway.intake.platforms.call import Call, Settings, kept_fields, object_of, text, texts
from gateway.intake.platforms.leads import Came, Field
from gateway.intake.platforms.proof import by_token
from gateway.intake.platforms.shape import Platform, problem_reply, received
from gateway.intake.values import read_box

_ASKED = re.compile(r"q[0-9]+_(.+)")
_PARTS = {
    "first": "first_name", "last": "last_name", "city": "kept", "state": "region", "country": "country",
    "postal": "kept", "addr_line1": "kept", "addr_line2": "kept",
}  # fmt: skip


def read(call: Call, _: Settings) -> Came:
    """One submission. Raises CallerError if the JSON text inside is none."""
    form = call.form()
    if "rawRequest" not in form:
        raise CallerError([Problem("missing", "this field is needed", "rawRequest")])
    answers = object_of(form["rawRequest"])
    posted = {name: value for name, value in kept_fields(call).items() if name != "rawRequest"}
    came = Came({**posted, "rawRequest": answers}, no_box_is_no=True)
    for key, value in answers.items():
        if asked := _ASKED.fullmatch(key):
            _read_answer(came, asked[1], value)
    came.fields.append(Field("ip", form.get("ip", ""), "consent_ip"))
    came.id = form.get("submissionID") or None
    return came


def _read_answer(came: Came, name: str, value: Any) -> None:
    if isinstance(value, dict):
        came.fields += _parts(name, value)
    elif isinstance(value, list):  # of checkboxes: what stands beside those that are ticked
        ticked = texts(value)
        is_yes = bool(ticked) and all(read_box(one) is not False for one in ticked)
        came.boxes.append(Box(name, is_yes, "\n".join(one for one in ticked if read_box(one) is None)))
        came.fields.append(Field(name, ", ".join(ticked), None if read_box("".join(ticked)) is not None else "kept"))
    else:
        if (answer := read_answer(text(value))) is not None:
            came.boxes.append(Box(name, answer))
        came.fields.append(Field(name, text(value)))


def _parts(name: str, value: dict[str, Any]) -> Iterator[Field]:
    """A name, a number, a day or an address in its parts."""
    if {"year", "month", "day"} <= value.keys():
        yield Field(name, "-".join(text(value[part]).zfill(2) for part in ("year", "month", "day")))
    elif "full" in value:
        yield Field(name, text(value["full"]), "phone")
    elif {"area", "phone"} <= value.keys():
        yield Field(name, f"{text(value['area'])} {text(value['phone'])}".strip(), "phone")
    else:
        for part, said in value.items():
            yield Field(f"{name}.{part}", text(said), _PARTS.get(part, "kept"))


JOTFORM = Platform(
    "jotform", "Jotform", takes=("multipart/form-data", "application/x-www-form-urlencoded"), address="token",
    verify=by_token, read=read, answer=received, refuse=problem_reply,
)  # fmt: skip
