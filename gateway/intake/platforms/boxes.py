"""Which of a form's boxes is the yes to mail. What a box is for is read from its name and wording, never guessed.

A box about something else (terms, partners, calls) is kept with the lead and is no consent. Where several are about
mail, all must be ticked: nobody's no is outvoted. A source that knows better names its box (``consent_box``).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.intake.columns.headings import uses_of
from gateway.intake.columns.refusing import refusals_in
from gateway.intake.columns.sentences import MAIL, begins_with_no, says_no
from gateway.intake.values import read_box

_LEGAL = frozenset({"privacy", "datenschutz", "datenschutzerklarung", "confidentialite", "privacidad", "mentions"})
_ELSE = frozenset({
    "partner", "partners", "share", "sharing", "third", "parties", "sms", "text", "texts", "call", "calls", "phone",
    "telefon", "terms", "conditions", "agb", "socios", "partenaires", "partnern", "tcpa", "whatsapp",
})  # fmt: skip
"""Words that say something else, or more than mail from us."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box as a platform tells of it."""

    name: str
    ticked: bool | None  # None: an answer nobody can read
    wording: str = ""
    is_consent: bool | None = None  # the platform's own word for it; None: its name and wording say


@dataclass(frozen=True, slots=True)
class Yes:
    """The answer to whether we may write, and under which words."""

    ticked: bool | None
    wording: str


def find_yes(boxes: Sequence[Box], chosen: str | None) -> Yes | None:
    """What the boxes say of mail from us; None where none is about it. ``chosen``: the box that the source names."""
    if chosen:
        about = [box for box in boxes if box.name == chosen]
    else:
        about = [box for box in boxes if (is_about_mail(box) if box.is_consent is None else box.is_consent)]
        about = [box for box in about if says_stop(box) is not True]  # ticked or not, it is no yes
    if not about:
        return None
    answers = [None if box.ticked and not chosen and says_stop(box) is None else box.ticked for box in about]
    ticked = False if False in answers else None if None in answers else True
    return Yes(ticked, "\n".join(dict.fromkeys(box.wording for box in about if box.wording)))


def find_no(boxes: Sequence[Box], chosen: str | None) -> bool:
    """Whether a box is ticked by which the person says: write me no mail. What the source names is its yes."""
    return any(box.ticked is True and says_stop(box) is True for box in boxes if not chosen or box.name != chosen)


def says_stop(box: Box) -> bool | None:
    """Whether who ticks this box refuses mail; None where its words may mean that, or its opposite."""
    uses = uses_of(box.name)
    if "consent_ticked" not in uses and "stop" in (uses or refusals_in(box.name)[0]):
        return True
    return says_no(box.wording)


def read_answer(text: str) -> bool | None:
    """An answer to a question: yes, no (``No thanks``), or neither."""
    ticked = read_box(text)
    return False if ticked is None and begins_with_no(text) else ticked


def is_acceptance(wording: str) -> bool | None:
    """What a platform's own field for consent is: a yes to mail, unless its words are of something else; they say."""
    return None if _words(wording) & (_ELSE | _LEGAL) else True


def is_about_mail(box: Box) -> bool:
    """Whether the name is a known heading of consent, or name and wording speak of mail and of nothing else."""
    words = _words(box.name) | _words(box.wording)
    return not words & _ELSE and ("consent_ticked" in uses_of(box.name) or bool(words & MAIL))


def _words(words: str) -> frozenset[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKD", words))
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold().replace("e-mail", "email")
    return frozenset(re.findall(r"[^\W_]+", plain))
