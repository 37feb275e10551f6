"""Elementor Pro's form webhook: a form post with keys in brackets ("advanced data"), or flat under the labels.

No signature: the address itself is the secret. Date and time are words in the site's language, so ours count.
"""

import re

from gateway.intake.platforms.boxes import Box, is_acceptance, read_answer
from gateway.intake.platforms.call import Call, Settings, kept_fields
from gateway.intake.platforms.leads import Came, Field, asked
from gateway.intake.platforms.proof import by_token
from gateway.intake.platforms.shape import Platform, problem_reply, received
from gateway.intake.values import read_box

_ADVANCED = re.compile(r"fields\[([^\]]*)\]\[(id|type|title|value|raw_value)\]")
_META = {
    "meta[page_url][value]": "consent_url", "meta[user_agent][value]": "consent_agent",
    "meta[remote_ip][value]": "consent_ip",
}  # fmt: skip
_TYPES = {"email": "email", "tel": "phone"}
_CHOSEN = frozenset({"checkbox", "radio", "select"})
_NO_LABEL = "No Label "


def read(call: Call, _: Settings) -> Came:
    """One entry, in either mode."""
    came = Came(kept_fields(call), no_box_is_no=True)
    advanced: dict[str, dict[str, str]] = {}
    for key, value in call.fields:
        if found := _ADVANCED.fullmatch(key):
            advanced.setdefault(found[1], {})[found[2]] = value
    if advanced:
        for name, parts in advanced.items():
            _read_field(came, name, parts)
        came.fields += [Field(key, value, _META[key]) for key, value in call.fields if key in _META]
    else:
        came.fields += [_flat(key, value) for key, value in call.fields]
    return came


def _read_field(came: Came, name: str, parts: dict[str, str]) -> None:
    kind, title = parts.get("type", ""), parts.get("title", "")
    said = parts.get("raw_value") or parts.get("value", "")
    if kind == "acceptance":
        came.boxes.append(Box(name, read_box(said), title, is_consent=is_acceptance(title)))
    elif kind in _TYPES:
        came.fields.append(Field(name, said, _TYPES[kind]))
    else:
        if kind in _CHOSEN and (ticked := read_answer(said)) is not None:
            came.boxes.append(Box(name, ticked, title))
        came.fields.append(asked(said, name, title))


def _flat(label: str, value: str) -> Field:
    name = label.removeprefix(_NO_LABEL)
    return Field(name, value, "kept" if name in {"Date", "Time", "form_id", "form_name"} else None)


ELEMENTOR = Platform(
    "elementor", "Elementor form", takes=("application/x-www-form-urlencoded",), address="token", verify=by_token,
    read=read, answer=received, refuse=problem_reply,
)  # fmt: skip
