"""Reads the conditions of rules in ``lifecycle.yaml``. Each is one key with what belongs to it."""

import re

from gateway.domain.deadline import Span, read_span
from gateway.domain.happening import KINDS
from gateway.domain.ports import CAUSES
from gateway.policy.form import Form, shown
from gateway.policy.phases.rules import (
    WITHDRAWN,
    Bought,
    Happened,
    Joined,
    KeptPace,
    Long,
    QuietFor,
    Stopped,
    WaitsForSeason,
    When,
)
from gateway.policy.phases.tally import MOST

_PERIODS = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})?) periods?")
_VERBS = ("all", "any", "not", "stopped", "bought", "happened", "quiet_for", "kept_pace", "waits_for_season")
_NOTHING = Bought(at_most=0)  # after a complaint


def read_when(form: Form) -> When:
    """One condition."""
    form.only(*_VERBS)
    verbs = [verb for verb in form.data if verb in _VERBS]
    if len(verbs) != 1:
        if not form.complaints or form.data:
            form.complain(
                "a condition is one of these with what belongs to it; join several by all: [...] or any: [...]"
            )
        return _NOTHING
    verb = verbs[0]
    if verb in {"all", "any"}:
        return _joined(form, verb)
    if verb == "not":
        return Joined("not", (read_when(Form(form.document, (*form.path, "not"), form.complaints)),))
    if verb == "stopped":
        causes = form.words("stopped", (*CAUSES, WITHDRAWN), kind="cause")
        if not causes:
            form.complain("name the causes", "stopped")
        return Stopped(frozenset(causes))
    if verb == "quiet_for":
        return QuietFor(read_long(form, "quiet_for"))
    if verb == "waits_for_season":
        if not form.flag("waits_for_season"):
            form.complain("write waits_for_season: true; for the opposite put it under not", "waits_for_season")
        return WaitsForSeason()
    return _counted(Form(form.document, (*form.path, verb), form.complaints), verb)


def _joined(form: Form, verb: str) -> When:
    written = form.data[verb]
    if not isinstance(written, list) or not written:
        form.complain("expected a list of one or more conditions", verb)
        return _NOTHING
    parts = [
        read_when(Form(form.document, (*form.path, verb, number), form.complaints)) for number in range(len(written))
    ]
    return Joined("all" if verb == "all" else "any", tuple(parts))


def _counted(form: Form, verb: str) -> When:
    if verb == "kept_pace":
        form.only("purchases", "within")
        return KeptPace(_count(form, "purchases", 2) or 2, read_long(form, "within"))
    form.only("at_least", "at_most", "within", *(["what", "since_purchase"] if verb == "happened" else []))
    least, most = _count(form, "at_least", 1), _count(form, "at_most", 0)
    if least is None and most is None:
        form.complain("say at_least or at_most")
    if least is not None and most is not None and most < least:
        form.complain("at_most is less than at_least", "at_most")
    within: Span | None = read_long(form, "within", periods=False).span if form.has("within") else None
    if verb == "bought":
        return Bought(least or 0, most, within)
    what = form.words("what", KINDS, kind="kind of event")
    if not what:
        form.complain("name what happened", "what")
    return Happened(what, least or 0, most, within, form.has("since_purchase") and form.flag("since_purchase"))


def _count(form: Form, key: str, least: int) -> int | None:
    value = form.data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        form.complain(f"expected a whole number from {least} to {MOST}, got {shown(value)}", key)
        return None
    return value


def read_long(form: Form, key: str, *, periods: bool = True) -> Long:
    """``1.5 periods``, ``90 days``, ``12 months``."""
    value = form.data.get(key)
    if isinstance(value, str):
        if periods and (match := _PERIODS.fullmatch(value)) and float(match[1]) > 0:
            return Long(periods=float(match[1]))
        span = read_span(value)
        if span is not None and span.unit != "business day":
            return Long(span)
    said = "1.5 periods, 90 days or 12 months" if periods else "90 days or 12 months"
    form.complain(f"expected such as {said}, got {shown(value)}", key)
    return Long(Span(1, "day"))
