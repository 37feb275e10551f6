"""Under which words each person agreed, each text looked at once, and whether somebody here has read them.

A row's own words come before those that its source states for all. What a form of ours shows is ours: we wrote it.
"""

from dataclasses import dataclass, field

from gateway.domain.lead import Batch
from gateway.domain.ports import Wordings
from gateway.domain.wording import Wording, wording_of
from gateway.screening.answers import Answers

NO_WORDS = -1


@dataclass(slots=True)
class Worded:
    """The wordings of a batch, each once, how they stand, and which of them each row came under."""

    wordings: list[Wording] = field(default_factory=list)
    standings: list[str] = field(default_factory=list)  # of each of them, as they were asked for
    of: list[int] = field(default_factory=list)  # of each row the place among them, or NO_WORDS


def find(batch: Batch, asked: Wordings) -> Worded:
    """The wordings of a batch. Asks how they stand once for all of them, and of a form's never."""
    usual = wording_of(batch.origin.statement.wording or "")
    places: dict[Wording, int] = {}
    rest = NO_WORDS if usual is None else places.setdefault(usual, 0)
    if "consent_wording" in batch.columns:
        column = batch.columns["consent_wording"]
        told = {
            cell: rest if one is None else places.setdefault(one, len(places))
            for cell in dict.fromkeys(column)
            for one in [wording_of(cell) if isinstance(cell, str) else None]
        }
        of = list(map(told.__getitem__, column))
    else:
        of = [rest] * len(batch)
    wordings = list(places)
    if batch.origin.kind == "form":
        return Worded(wordings, ["ours"] * len(wordings), of)
    found = asked.find_standings([one.digest for one in wordings]) if wordings else {}
    return Worded(wordings, [found.get(one.digest, "unread") for one in wordings], of)


def establish(worded: Worded) -> Answers:
    """The fact ``consent.wording_standing``; unknown where no words are known."""
    answers = [*worded.standings, None]  # the place NO_WORDS is the last
    return {"consent.wording_standing": list(map(answers.__getitem__, worded.of))}
