"""A signup becomes a Batch of one; what its person may be told about the form, and what a keyed caller is told.

Nothing is judged here: for a stranger only the form's own contents are looked at, never what is known of anybody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.domain.lead import Batch, Cell, Origin
from gateway.domain.outcome import Settled
from gateway.domain.problem import CallerError, Problem
from gateway.intake.columns import sensitive
from gateway.intake.forms import Source
from gateway.intake.notices import Notice, digest_of
from gateway.policy.explain import explain
from gateway.policy.pack import PolicySet
from gateway.screening.address.kinds import kinds_of
from gateway.screening.address.lookalikes import suggest
from gateway.screening.address.syntax import normalise
from gateway.screening.jurisdiction import alpha2

SIGNUP_REFUSED = "signup.refused"
"""The ledger's word for a signup that only a machine can have sent; nothing else is kept of it."""

RECEIVED = {"status": "received"}
"""The answer to every stranger, whatever is known of the address (docs/design.md)."""


MISTYPED = "address_looks_mistyped"
"""The one problem of an address that its person may overrule."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the server itself saw of the act."""

    at: datetime
    ip: str | None
    agent: str | None


def to_batch(
    signup: Mapping[str, Any],
    posted: Any,
    source: Source,
    evidence: Evidence,
    *,
    is_form_post: bool,
    notice: Notice | None = None,
) -> Batch:
    """The batch of one. ``signup`` has been checked against its schema; ``posted`` is what came, word for word.

    ``notice``: what the person was shown, if it is one of the form's own.
    """
    consent = signup.get("consent") or {}
    ticked = consent.get("ticked")
    if ticked is None and is_form_post and source.has_box:
        ticked = False  # browsers leave a box that is not ticked out of the post
    cells: dict[str, Cell] = {
        "email": signup["email"],
        "first_name": signup.get("first_name") or None,
        "last_name": signup.get("last_name") or None,
        "phone": signup.get("phone") or None,
        "country": signup.get("country") or None,
        "region": signup.get("region") or None,
        "born_on": datetime.fromisoformat(signup["born_on"]).replace(tzinfo=UTC) if signup.get("born_on") else None,
        "age": signup.get("age") or None,
        "language": consent.get("language") or (notice.language if notice else None),
        "consent_ticked": ticked,
        "consent_preticked": consent.get("preticked"),
        "consent_wording": consent.get("wording") or (notice.text if notice else None),
        "consent_url": consent.get("page_url") or None,
        "consent_ip": evidence.ip,
        "consent_agent": evidence.agent,
        "consent_at": evidence.at if ticked else None,
        "collected_at": evidence.at,
        "purposes": " ".join(consent.get("purposes") or ()) or None,
    }
    seen = {"at": evidence.at.isoformat(), "ip": evidence.ip, "user_agent": evidence.agent}
    shown = {"notice": notice.digest, "language": notice.language, "version": notice.version} if notice else None
    came = {name: value for name, value in posted.items() if name != "guard"}
    statement = source.stated(sensitive(signup.get("attributes") or ()))
    return Batch(
        origin=Origin("form", source.key, statement),
        numbers=[1],
        columns={name: [cell] for name, cell in cells.items() if cell is not None},
        as_arrived=[
            json.dumps({"posted": came, "seen": seen, "shown": shown}, ensure_ascii=False, separators=(",", ":"))
        ],
        arrived_at=evidence.at,
    )


def problems_of_form(signup: Mapping[str, Any], source: Source) -> list[Problem]:
    """What is wrong with the form's own contents: all a stranger may be told, and nothing of it from any memory."""
    return [
        *_address_problems(signup),
        *_needed_problems(signup, source),
        *_country_problems(signup),
        *_purpose_problems(signup, source),
        *_box_problems(signup, source),
    ]


def digest_wanted(signup: Mapping[str, Any]) -> str:
    """The digest of the notice that a signup names, or whose words it repeats; empty if it does neither."""
    consent = signup.get("consent") or {}
    named: str | None = consent.get("notice")
    return named or (digest_of(words) if (words := consent.get("wording")) else "")


def shown_of(signup: Mapping[str, Any], found: Notice | None) -> Notice | None:
    """What the person was shown, if it is one of the form's own; None for words of others.

    ``found``: the form's own notice of the digest wanted. Raises CallerError if the signup names one that the form
    never showed, or names one and repeats another's words.
    """
    consent = signup.get("consent") or {}
    named, words = consent.get("notice"), consent.get("wording")
    if not named:
        return found
    if found is None:
        problem = Problem("unknown_notice", "the form never showed a notice of this digest", "consent.notice")
    elif words and digest_of(words) != named:
        problem = Problem("other_words", "these are not the words of the notice that is named", "consent.wording")
    else:
        return found
    raise CallerError([problem])


_ADDRESS_SAYS = {
    "missing": "Please give an e-mail address.",
    "no_at": "An e-mail address has an @, as in name@example.com.",
    "no_local_part": "Something is missing before the @.",
    "no_domain": "Something is missing after the @.",
    "local_part_too_long": "The part before the @ is longer than any mailbox may be called.",
    "too_long": "This is longer than any e-mail address may be.",
    "bad_local_part": "The part before the @ cannot be written like this.",
    "bad_domain": "The part after the @ cannot be written like this.",
    "domain_without_dot": "The part after the @ has an ending, as in example.com.",
    "ip_address": "Please give an address with a name after the @, not with numbers.",
    "special_use": "No mail can reach this domain; it is reserved for other uses.",
    "bad_characters": "There is a character in it that no e-mail address has.",
}


def _address_problems(signup: Mapping[str, Any]) -> list[Problem]:
    typed: str = signup["email"]
    address = normalise(typed)
    if address.problem != "none":
        text = _ADDRESS_SAYS.get(address.problem, "This is not written as an e-mail address can be.")
        return [Problem(f"address_{address.problem}", text, "email", suggestion=_mended(typed))]
    better = kinds_of(address.ascii_domain or "").suggestion
    if better is None or signup.get("accept_as_typed"):
        return []
    text = "This looks like a slip. Correct the address, or say that it is right as typed."
    return [Problem(MISTYPED, text, "email", suggestion=f"{address.local}@{better}")]


def _mended(typed: str) -> str | None:
    """What was probably meant by a text that is no address; None rather than a guess that is none either.

    An unencoded + arrives as a blank (formats/plain-html-form.md), and some write only the provider's name.
    """
    local, at, domain = typed.strip().rpartition("@")
    guess = local.replace(" ", "+") + at + (suggest(domain.lower()) or domain)
    return guess if guess != typed and normalise(guess).problem == "none" else None


def _country_problems(signup: Mapping[str, Any]) -> list[Problem]:
    typed = signup.get("country")
    if not typed or alpha2(typed) is not None:
        return []
    return [Problem("unknown_country", "We do not know this country. Its two letters will do, as in US.", "country")]


def _needed_problems(signup: Mapping[str, Any], source: Source) -> list[Problem]:
    asked = (name for name in source.form.needed if name != "email")
    return [Problem("missing", "Please fill this in.", name) for name in asked if not (signup.get(name) or "").strip()]


def _purpose_problems(signup: Mapping[str, Any], source: Source) -> list[Problem]:
    offered = source.form.purposes
    if not offered:
        return []
    chosen = (signup.get("consent") or {}).get("purposes") or ()
    if not chosen:
        return [Problem("purpose_missing", "Please choose at least one.", "consent.purposes")]
    return [
        Problem("unknown_purpose", f"the form offers {', '.join(offered)}", f"consent.purposes[{place}]")
        for place, one in enumerate(chosen)
        if one not in offered
    ]


def _box_problems(signup: Mapping[str, Any], source: Source) -> list[Problem]:
    if not source.requires_tick or (signup.get("consent") or {}).get("ticked") is True:
        return []
    return [Problem("box_not_ticked", "We may only write to you if you tick this box.", "consent.ticked")]


def decided(settled: Settled, policies: PolicySet, as_of: datetime) -> dict[str, Any]:
    """What a keyed caller is told of a batch of one: outcome, every finding in the officer's words, obligations."""
    extra = (settled.extra[0],) if 0 in settled.extra else ()
    decision = settled.decisions[0]
    told = explain(decision, policies, as_of=as_of, extra=extra)
    shown = ("rule", "reason", "verdict", "cites", "message", "remedy")
    return {
        "lead": f"lead_{settled.lead_ids[0]}",
        "outcome": settled.outcomes[0],
        "decision": decision.id,
        "findings": [{name: finding[name] for name in shown} for finding in told.findings],
        "obligations": [duty["code"] for duty in told.obligations],
    }
