"""How a form is shown and guarded, and what is wrong with such settings: everything at once, each at its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.phrase import phrase
from gateway.domain.problem import Problem

FIELDS = ("email", "first_name", "last_name", "phone", "country", "region", "born_on", "age")
"""What a form of ours may ask; anything else that a site's own form asks is kept as an attribute."""
KEEPS_IP = ("full", "truncated", "none")
PROOFS = ("auto", "always", "never")
MOST_SECONDS = 60
MOST_AN_HOUR = 10_000_000
MOST_PURPOSES = 20
_PURPOSE = re.compile(r"[^\s@,]{1,64}")  # fits the scope of an order not to write


@dataclass(frozen=True, slots=True)
class Form:
    """How a form is shown and guarded; what it says of its leads is its statement's."""

    fields: tuple[str, ...] = ("email",)  # shown, in this order, by the hosted page and the snippet
    needed: tuple[str, ...] = ("email",)
    purposes: tuple[str, ...] = ()  # that people may choose from; none: the form has one
    keep_ip: str = "full"  # full, truncated (to /24 and /48), none
    proof: str = "auto"  # of work (ALTCHA): always, never, auto (when the rate asks for it)
    least_seconds: int = 2  # nobody fills a form in less
    most_an_hour: int = 10_000  # signups
    mails_an_hour: int = 2_000  # confirmations asked for
    # platform -> its keys and secrets, which no log may show
    platforms: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


def problems_of_settings(form: Form) -> list[Problem]:
    """Everything that is wrong with a form's settings."""
    return [
        *_field_problems(form),
        *_purpose_problems(form),
        *_choice_problems(form),
        *_number_problems(form),
    ]


def _field_problems(form: Form) -> list[Problem]:
    found = []
    for name in ("fields", "needed"):
        said: tuple[str, ...] = getattr(form, name)
        found += [
            Problem(
                "unknown_field",
                phrase("a form may ask %(fields)s; not %(one)s", fields=", ".join(FIELDS), one=repr(one)),
                f"{name}[{place}]",
            )
            for place, one in enumerate(said)
            if one not in FIELDS
        ]
        if len(set(said)) < len(said):
            found.append(Problem("given_twice", "name each field once", name))
        if "email" not in said:
            found.append(Problem("missing", "every form asks for the e-mail address: name email, too", name))
    unseen = [one for one in form.needed if one in FIELDS and one not in form.fields]
    if unseen:
        message = phrase("nobody can fill in what is not shown: add %(unseen)s to the fields", unseen=", ".join(unseen))
        found.append(Problem("not_shown", message, "needed"))
    return found


def _purpose_problems(form: Form) -> list[Problem]:
    found = [
        Problem(
            "bad_purpose",
            "a purpose is one word of at most 64 characters, without spaces, commas and @",
            f"purposes[{place}]",
        )
        for place, one in enumerate(form.purposes)
        if not _PURPOSE.fullmatch(one)
    ]
    if len(set(form.purposes)) < len(form.purposes):
        found.append(Problem("given_twice", "name each purpose once", "purposes"))
    if len(form.purposes) > MOST_PURPOSES:
        found.append(
            Problem(
                "too_many",
                phrase("nobody chooses among more than %(most_purposes)s purposes", most_purposes=MOST_PURPOSES),
                "purposes",
            )
        )
    return found


def _choice_problems(form: Form) -> list[Problem]:
    return [
        Problem("not_a_choice", phrase("choose one of %(choices)s", choices=", ".join(choices)), name)
        for name, choices in (("keep_ip", KEEPS_IP), ("proof", PROOFS))
        if getattr(form, name) not in choices
    ]


def _number_problems(form: Form) -> list[Problem]:
    bounds = {"least_seconds": (0, MOST_SECONDS), "most_an_hour": (1, MOST_AN_HOUR), "mails_an_hour": (0, MOST_AN_HOUR)}
    return [
        Problem(
            "not_a_number", phrase("expected a whole number from %(least)s to %(most)s", least=least, most=most), name
        )
        for name, (least, most) in bounds.items()
        if not least <= getattr(form, name) <= most
    ]
