"""Small policies whose obligations fall due, whose phone rules speak, whose emission holds, and one that erases."""

from dataclasses import replace

from builders import ToldRoutes, make_services
from policy_packs import CITES, DAY, OBLIGATIONS, load, pack, rule

from gateway.clocks.book import start, tail_of
from gateway.clocks.reckon import reckon
from gateway.db.base import text_of
from gateway.policy.pack import PolicySet

VALID = {"fact": "address.is_valid", "is": True}


def duty(number, **more):
    return {"id": number, "title": f"Do {number}", "cites": CITES, "officer": "Do it.", "when": "once"} | more


DUTIES = OBLIGATIONS | {
    "stop_on_opt_out": duty("OB-20", deadline={"after": "10 business days", "from": "opt_out"}),
    "provider_stop": duty(
        "OB-21", cites={"provider": "Made-up Mail, terms"}, deadline={"after": "2 days", "from": "opt_out"}
    ),
    "notice": duty(
        "OB-22",
        deadline={
            "earliest": [
                {"after": "1 month", "from": "obtained"}, {"on": "first_message"}, {"on": "first_disclosure"},
            ]
        },
    ),
    "expiry": duty("OB-23", deadline={"after": "2 years", "from": "consent"}),
    "scrub": duty("OB-24", deadline={"after": "30 days", "from": "obtained", "repeats": True}),
    "with_mail": duty("OB-25", deadline={"on": "first_message"}),
    "slow_stop": duty("OB-26", deadline={"after": "30 days", "from": "opt_out"}),
    "stop_calls": duty("OB-27", deadline={"after": "10 business days", "from": "opt_out"}),
}  # fmt: skip
GERMAN = {"fact": "person.country", "is": "DE"}
LEADS = pack(
    "leads",
    rule("LD-01", when=VALID, obligations=["label"]),
    rule("LD-02", when={"all": [VALID, GERMAN]}, obligations=["notice", "expiry", "scrub", "with_mail", "slow_stop"]),
    rule(
        "LD-03",
        then="reject",
        if_unknown="silent",
        when={
            "all": [
                {"fact": "suppression.is_matched", "is": True},
                {"fact": "suppression.later_consent", "in": ["none", "claimed", "signed_up"]},
            ]
        },
    ),
    rule("LD-04", when={"fact": "lead.says_stop", "is": True}, then="reject", if_unknown="silent"),
    rule("LD-05", when={"fact": "person.age", "is": "under_13"}, then="reject", erases=True, if_unknown="silent"),
    rule("LD-06", when={"fact": "address.was_dead", "is": True}, then="hold", if_unknown="silent"),
    rule("LD-07", when={"fact": "address.role_class", "is": "business"}, then="hold", if_unknown="silent"),
)
PHONES = pack(
    "phones",
    rule("PH-01", when={"fact": "phone.consent", "is": "written"}, obligations=["stop_calls"]),
    rule("PH-02", when={"fact": "phone.consent", "in": ["none", "oral"]}, then="hold", if_unknown="silent"),
    use="phone",
)
EMISSION = pack(
    "emission",
    rule(
        "EM-01", when={"fact": "sender.is_ready", "is": False}, then="hold", use="emission", reason="other",
        again_by=DAY.replace(year=2027, month=1),
    ),
    applies_to={"fact": "person.country", "is": "US"},
)  # fmt: skip


_LOADED: list[PolicySet] = []


def policies(folder):
    """These packs, written and read once for all tests: what was read is never changed."""
    if not _LOADED:
        _LOADED.append(load(folder, LEADS, PHONES, EMISSION, obligations=DUTIES))
    return _LOADED[0]


def services_with_duties(engine, clock, tmp_path, *, routes: ToldRoutes | None = None):
    """Services under these policies; nobody has set a sender's profile."""
    made = policies(tmp_path / "duties")
    return replace(make_services(engine, clock, tmp_path, routes=routes), read_policies=lambda: made)


def owe(services, lead: int, code: str | None = None) -> str:
    """Let a lead be owed something with a day, whatever brought it in; the obligation's code."""
    code = code or next(code for code, duty in services.policies.obligations.items() if duty.deadline is not None)
    with services.unit_of_work() as work:
        deadline = services.timetable.deadlines[code]
        found = reckon(deadline, {clause.event: work.at.date() for clause in deadline.clauses}, services.settings.zone)
        assert found is not None
        start(work, 1, tail_of(code, found, services.settings.zone), [(lead, text_of(work.at))])
    return code
