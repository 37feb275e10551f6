"""What became of a batch: exactly one outcome per row, and the account that must add up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.domain.decision import Citation, Decision, Finding, Verdict

MAX_UNREAD = 1000
"""Rows a receipt names that could not be read; their count is in its reasons."""
CANNOT_BE_PROCESSED = "cannot_be_processed"
"""The row.problem of a row that we fail at each time, though it could be read."""
Outcome = Literal["prospect", "hold", "rejection"]
FATE: dict[Verdict, Outcome] = {"accept": "prospect", "hold": "hold", "reject": "rejection"}
"""What a decision makes of a lead, unless the last look finds something."""

_HOUSE = Citation("house", "One prospect per mailbox: the first acceptable row of an address wins")
_LEFT = Citation("law", "15 U.S.C. 7704(a)(4)(A)(iii)", "https://www.law.cornell.edu/uscode/text/15/7704")

DUPLICATE_IN_LIST = Finding(
    "GATE-01", "duplicate_in_list", "reject", _HOUSE, "An earlier row of this list is the same address"
)
ALREADY_KNOWN = Finding("GATE-02", "already_known", "reject", _HOUSE, "This address is a prospect already")
SUPPRESSED_MEANWHILE = Finding(
    "GATE-03", "suppressed_meanwhile", "reject", _LEFT,
    "An order not to write to this person arrived while the lead was under way",
    override_allowed=False,
)  # fmt: skip
NO_RULE_SPEAKS = Finding(
    "GATE-00", "no_rule_speaks", "hold", Citation("house", "Silence of all rules is a hold"),
    "No policy in force covers this lead", question="review",
)  # fmt: skip
NEVER_ANSWERED = Finding(
    "GATE-04", "never_answered", "reject", Citation("house", "A question nobody answers by its deadline is a refusal"),
    "The question this lead waited for was not answered in time",
)  # fmt: skip
NO_RULE_FOR_PHONE = Finding(
    "GATE-05", "no_rule_for_phone", "hold", Citation("house", "Silence of all rules is a hold"),
    "No policy in force covers the use of this phone number", question="review", use="phone",
)  # fmt: skip
UNDONE = Finding(
    "GATE-06", "undone", "reject", Citation("house", "A run that is undone leaves nobody behind but those who left"),
    "The run that brought this lead was undone",
)  # fmt: skip
DISOWNED = Finding(
    "GATE-07", "signup_disowned", "reject", Citation("house", "Whoever says that it was not them has not signed up"),
    "The person said from the mailbox that the signup was not theirs", override_allowed=False,
)  # fmt: skip
REFUSED_BY_OFFICER = Finding(
    "GATE-08", "refused_by_officer", "reject", Citation("house", "What waits for an officer's answer may be refused"),
    "An officer answered the question this lead waited for, and refused it",
)  # fmt: skip
WITHDRAWN_BY_SOURCE = Finding(
    "GATE-10", "withdrawn_by_source", "reject", Citation("house", "What its source takes back is not ours to use"),
    "The source that brought this lead took it back", override_allowed=False,
)  # fmt: skip
GATE_FINDINGS = (
    NO_RULE_SPEAKS, DUPLICATE_IN_LIST, ALREADY_KNOWN, SUPPRESSED_MEANWHILE, NEVER_ANSWERED, NO_RULE_FOR_PHONE, UNDONE,
    DISOWNED, REFUSED_BY_OFFICER, WITHDRAWN_BY_SOURCE,
)  # fmt: skip
"""Findings that no policy can make because they arise when the batch is written. reasons.yaml words them."""


@dataclass(slots=True)
class Settled:
    """A batch after writing; every list has one item per row."""

    batch_id: int
    lead_ids: list[int]
    outcomes: list[Outcome]  # of each row FATE's, but of those in ``extra``
    decisions: list[Decision]
    extra: dict[int, Finding] = field(default_factory=dict)  # row index -> finding of the last look
    numbers: list[int] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    emptied: int = 0  # rows of people who were erased, of which nothing was kept
    places: list[int] = field(init=False)  # the identity of each row's decision
    distinct: dict[int, Decision] = field(init=False)  # the decisions, each once, by their identity
    counted: Counter[tuple[Outcome, int]] = field(init=False)  # rows by outcome and identity of their decision

    def __post_init__(self) -> None:
        self.places = list(map(id, self.decisions))
        self.distinct = dict(zip(self.places, self.decisions, strict=True))
        # Numbers are counted in a third of the time of pairs, and the rows that are otherwise are few.
        by_place = Counter(self.places)
        self.counted = Counter({(FATE[one.verdict], at): by_place[at] for at, one in self.distinct.items()})
        for index in self.extra:
            self.counted[FATE[self.decisions[index].verdict], self.places[index]] -= 1
            self.counted[self.outcomes[index], self.places[index]] += 1
        self.counted = +self.counted

    def findings(self, index: int) -> tuple[Finding, ...]:
        """All findings of a row, the last look's first."""
        found = self.decisions[index].findings
        return (self.extra[index], *found) if index in self.extra else found


@dataclass(slots=True)
class Receipt:
    """The reconciled account of a batch or a run: rows = prospects + holds + rejections."""

    rows: int = 0
    prospects: int = 0
    holds: int = 0
    rejections: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of the rows that were not accepted; a row may have several
    duplicates: int = 0
    unread: list[dict[str, Any]] = field(default_factory=list)  # {"row": number, "reason": code}, at most 1,000
    erased: int = 0  # rejections of which at most the match key was kept; the file that was given still has them

    def add(self, other: "Receipt") -> None:
        """Take another batch's account into this one."""
        self.rows += other.rows
        self.prospects += other.prospects
        self.holds += other.holds
        self.rejections += other.rejections
        self.reasons.update(other.reasons)
        self.duplicates += other.duplicates
        self.unread = (self.unread + other.unread)[:MAX_UNREAD]
        self.erased += other.erased

    def as_dict(self) -> dict[str, Any]:
        """For JSON, reasons most frequent first."""
        return {
            "rows": self.rows,
            "prospects": self.prospects,
            "holds": self.holds,
            "rejections": self.rejections,
            "reasons": dict(sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))),
            "duplicates": self.duplicates,
            "unread": self.unread,
            "erased": self.erased,
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Receipt":
        """The way back from as_dict."""
        return cls(
            rows=kept["rows"], prospects=kept["prospects"], holds=kept["holds"], rejections=kept["rejections"],
            reasons=Counter(kept["reasons"]), duplicates=kept["duplicates"], unread=list(kept["unread"]),
            erased=kept.get("erased", 0),
        )  # fmt: skip
