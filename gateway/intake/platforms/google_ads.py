"""Google Ads lead form webhook: the key in the body proves the sender, ``lead_id`` is unique over all forms.

Google takes 200 with ``{}`` for done, 4xx with a ``message`` for a lasting error, and tries again after 5xx.
"""

from gateway.domain.problem import CallerError
from gateway.intake.platforms.boxes import Box, read_answer
from gateway.intake.platforms.call import Call, Reply, Settings, reply, rows, text, without
from gateway.intake.platforms.leads import Came, Field, asked
from gateway.intake.platforms.proof import forbidden, no_rest, same
from gateway.intake.platforms.shape import Platform, Told
from gateway.intake.values import read_instant, read_test_id

_OURS = {"EMAIL": "email", "WORK_EMAIL": "email", "PHONE_NUMBER": "phone", "WORK_PHONE": "phone"}


def verify(call: Call, settings: Settings) -> None:
    """Compare ``google_key`` before anything else is read. Raises CallerError."""
    no_rest(call)
    if not same(text(call.document().get("google_key")), settings["key"]):
        raise forbidden("wrong_key", "google_key does not match", "google_key")


def read(call: Call, _: Settings) -> Came:
    """``column_id`` says what an answer is; the wording of a question of one's own is its ``column_name``."""
    document = call.document()
    came = Came(without(document, "google_key"))
    for item in rows(document.get("user_column_data")):
        name, title = text(item.get("column_id")), text(item.get("column_name"))
        answer = text(item.get("string_value"))
        if name in _OURS:
            came.fields.append(Field(name, answer, _OURS[name]))
            continue
        came.fields.append(asked(answer, name, title))
        if (ticked := read_answer(answer)) is not None:
            came.boxes.append(Box(name, ticked, title))
    came.id = text(document.get("lead_id")) or None
    came.acted_at = read_instant(text(document.get("lead_submit_time")))[0]
    came.is_test = document.get("is_test") is True or read_test_id(came.id or "") is True
    return came


def answer(_call: Call, _came: Came, _told: Told) -> Reply:
    """Received."""
    return reply({})


def refuse(_: Call, error: CallerError) -> Reply:
    """In Google's shape."""
    return reply({"message": error.problems[0].message}, error.status)


GOOGLE_ADS = Platform(
    "google-ads", "Google Ads lead form", takes=("application/json",), needs=("key",), verify=verify, read=read,
    answer=answer, refuse=refuse,
)  # fmt: skip
