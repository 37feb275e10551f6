"""How policies are spoken of: verdicts, grounds, days, citations and obligations in plain English.

What a condition says is prose.py; which sentences a reader gets is explain.py, describe.py and their like.
"""

from collections.abc import Iterable
from datetime import date

from gateway.domain.decision import Citation, Question, Use, Verdict
from gateway.domain.facts import CATALOGUE
from gateway.policy.reasons import Obligation

FATES: dict[Verdict, str] = {
    "accept": "accepted as a prospect",
    "hold": "put on hold",
    "reject": "refused",
}
SAYS: dict[Verdict, str] = {"accept": "accepts it", "hold": "holds it", "reject": "refuses it"}
ASIDE: dict[tuple[Use, Verdict], str] = {
    ("phone", "accept"): "Its phone number may be used",
    ("phone", "hold"): "Its phone number may not be used yet",
    ("phone", "reject"): "Its phone number may not be used",
    ("emission", "accept"): "Prospects may be handed out",
    ("emission", "hold"): "Nothing may be handed out yet",
    ("emission", "reject"): "Nothing may be handed out",
}
"""What rules say that do not judge the lead itself."""
WAITS: dict[Question, str] = {
    "confirm": "the person's click in the confirmation mail",
    "recheck": "an answer that is asked for again by itself",
    "evidence": "evidence from the vendor",
    "review": "an officer's look",
}
GROUNDS = {
    "law": "the law",
    "contract": "a contract",
    "provider": "a mail service's terms",
    "house": "a rule of the house",
}


def question(fact: str) -> str:
    """What a fact asks; its name in words where the catalogue does not know it."""
    spec = CATALOGUE.get(fact)
    return f"{words(fact)}?" if spec is None else spec.asks


def answer(value: object) -> str | None:
    """A fact's answer in words; None for the unknown."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def words(code: str) -> str:
    """A code or a fact's name, for want of better words."""
    return capital(code.replace("_", " ").replace(".", ": "))


def capital(text: str) -> str:
    """With its first letter large."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """With its first letter small, to stand within a sentence."""
    return text[:1].lower() + text[1:]


def ended(text: str) -> str:
    """With a full stop, or what it has instead."""
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


def day(on: date) -> str:
    """Such as ``1 March 2027``."""
    return f"{on.day} {on:%B %Y}"


def listed(items: Iterable[str], joint: str = "and") -> str:
    """``a, b and c``."""
    found = list(items)
    return " ".join(found) if len(found) < 2 else f"{', '.join(found[:-1])} {joint} {found[-1]}"  # noqa: PLR2004 - a pair


def cited(cites: Citation) -> str:
    """A citation with its address, where it has one."""
    return f"{cites.text}, {cites.url}" if cites.url else cites.text


def duty(owed: Obligation) -> str:
    """An obligation in sentences: what, how often, by when, and when it falls away."""
    said = [f"{owed.id}, {lower(ended(owed.title))[:-1]}: {ended(owed.officer)}"]
    said += [f"When: {ended(owed.when)}"] if owed.when else []
    said += [f"Due: {ended(owed.deadline.in_words())}"] if owed.deadline else []
    said += [f"Waived: {ended(owed.waived)}"] if owed.waived else []
    said += [f"Not verified: {ended(owed.unverified)}"] if owed.unverified else []
    return f"{' '.join(said)} ({cited(owed.cites)})"
