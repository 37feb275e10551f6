"""Cells looked through for words by which a person left, whatever their column is for.

A disposition, a segment, tags, a list of subscriptions: no heading says that it is a status, and ``Do Not Email`` in it
is one all the same. So it is where a name, an address or a day should stand: ``Unsubscribed <ann@example.com>``. What
counts is leaving.py's to say; the manifest's ``attribute`` ends it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gateway.domain.lead import Batch
from gateway.intake.columns.about import is_of_channel, names_lists, names_things, tells_of_leaving
from gateway.intake.columns.against import says_against, words_of
from gateway.intake.columns.headings import REFUSALS
from gateway.intake.columns.idle import idle_word, is_mailing_list, refusing_words
from gateway.intake.columns.leaving import letters, say_left, says_vaguely, stands_alone
from gateway.intake.columns.mapping import AS_WELL
from gateway.intake.columns.refusing import refusal_by
from gateway.intake.inspection import Inspection

_MAY_SAY = frozenset({"region", "consent_ticked", "consent_preticked", AS_WELL, "purposes", "subscriber", "country"})
"""Fields whose column may be a status all the same: a subscriber's ``state``, an answer to ``opt_in``."""
_ELSE = frozenset({
    "consent_wording", "consent_url", "consent_agent", "certificate_url", "lead_token", *REFUSALS, "is_test",
})  # fmt: skip
"""Fields whose cells speak of leaving without saying who left, and those that are read as refusals anyway."""
_NAMES = frozenset({"first_name", "last_name"})
_READ_WHOLE = _MAY_SAY | _NAMES
_CALLED = frozenset({"widerspruch", "abmeldung", "opposition", "objection", "widerruf", "sprzeciw"})
"""Words of leaving that are family names."""
_ADDRESSES = frozenset({"email", "other_emails"})

_OF_A_STATE = frozenset({
    "cancelled", "canceled", "deleted", "removed", "unconfirmed", "junk", "complained", "suppressed", "baja",
})  # fmt: skip
"""What senders call a subscriber's ``state`` who left; no province is called so, and much else is, elsewhere."""
_IN_TYPED = (
    "unsub", "opt", "not", "never", "remov", "revok", "withdr", "stop", "bounc", "suppress", "complain", "spam",
    "black", "dne", "abgemeldet", "widerr", "sabon", "baja", "disiscri", "uitgeschr", "descad", "отпис", "退", "거부",
)  # fmt: skip
"""One of these stands where a number, a day or an hour should, if it says so: looked for before anything else."""
_BESIDE = tuple(" \t\u00a0<([|:;")  # an address has none of them; most columns of addresses have nothing else
_ADDRESS = re.compile(r"[:\s]*[\w.+'&=%-]*@[\w.@-]*")
_GLUED = tuple(
    mark + word
    for mark in "._#+-"
    for word in (
        "unsubscribed", "unsubscribe", "unsub", "unsubs", "optout", "opt-out", "opt_out", "optedout", "opted-out",
        "opted_out", "dne", "dnc", "dnm", "bounced", "bounce", "removed", "stop", "blacklisted", "suppressed",
        "donotemail", "do-not-email", "do_not_email", "donotmail", "do_not_mail", "donotcontact", "do_not_contact",
    )
)  # fmt: skip
"""How an address ends that was made useless by whoever let it go: ``ann@example.com_unsubscribed``."""
_ENDS = tuple(sorted({word[-3:] + "\n" for word in _GLUED}))
"""How any of them ends: looked for in all cells at once."""
_CODES = frozenset({"dne", "dnm", "dnc"})
"""What nobody is called."""
_NAMES_MAIL = re.compile(r"e-?mail|newsletter|unsubscribe me|mailing list", re.IGNORECASE)
_CONVERSATIONS = frozenset({
    "call", "calls", "voice", "note", "notes", "remark", "remarks", "comment", "comments", "outcome", "disposition",
    "result", "log", "summary", "app", "feedback",
})  # fmt: skip
_OF_A_NAME = 3  # words; more are a sentence
_MOST_SEEN = 20_000  # texts of a column that are known to say nothing; names and places repeat, notes do not


@dataclass(slots=True)
class _Column:
    """What a column is looked through for, and what was found in it so far."""

    refuses: str  # the field that a row says yes in
    uses: frozenset[str]
    words: list[str]  # of its heading
    idle: frozenset[str] = frozenset()  # what refuses under such a heading, and nowhere else
    seen: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)

    def left(self, cells: Sequence[str]) -> set[str]:
        """The texts among these cells that say so."""
        if not self.uses.isdisjoint(_ELSE):
            return {cell for cell in set(cells) if idle_word(cell) in self.idle}
        if self.uses & _ADDRESSES:
            return _beside_addresses(cells)
        if not self.uses <= _READ_WHOLE and not _has_any(_IN_TYPED, "\n".join(cells).casefold()):
            return set()
        fresh = set(cells) - self.seen
        found = say_left(fresh)
        if names_things(self.words):
            found = {cell for cell in found if not says_vaguely(cell)}
        if names_lists(self.words):
            found |= {cell for cell in fresh if _is_list_of_leavers(cell)}
        if self.idle:
            found |= {cell for cell in fresh if idle_word(cell) in self.idle}
        if "region" in self.uses:
            found |= {cell for cell in fresh if letters(cell) in _OF_A_STATE}
        if self.uses & _NAMES:  # somebody is called Stop
            found = {
                cell for cell in found
                if letters(cell) in _CODES or (not stands_alone(cell) and letters(cell) not in _CALLED)
            }  # fmt: skip
        self.leaving |= found
        if len(self.seen) < _MOST_SEEN:
            self.seen |= fresh - found
        return self.leaving


def _is_list_of_leavers(cell: str) -> bool:
    """Whether a list is called so: ``Unsubscribes 2024``; an address's own lists stand between commas."""
    names = [
        name for name in re.split("[,;|]", cell) if not set("=:{") & set(name) and len(words_of(name)) <= _OF_A_NAME
    ]
    return any(word is not None and not undone for word, undone in map(says_against, names))


def _beside_addresses(cells: Sequence[str]) -> set[str]:
    together = "\n".join(cells)
    glued: set[str] = set()
    if _has_any(_ENDS, together.casefold() + "\n"):
        glued = {cell for cell in cells if cell.rstrip().casefold().endswith(_GLUED) and "@" in cell}
    if not _has_any(_BESIDE, together):
        return glued
    words = {cell: _ADDRESS.sub("\n", cell) for cell in cells if _has_any(_BESIDE, cell)}
    left = say_left(set(words.values()))
    left |= {said for said in words.values() if letters(said) in _CODES}
    return glued | {cell for cell, said in words.items() if said in left}


def _refused_by(words: Sequence[str]) -> str:
    """What a cell under these words refuses: notes of a call tell of anything, a number's status of calls alone."""
    if is_of_channel(words) and ("phone" not in words or _CONVERSATIONS.isdisjoint(words)):
        return "do_not_call"
    spoken = not _CONVERSATIONS.isdisjoint(words) and "status" not in words
    return "stop" if spoken else refusal_by(words)[0]


def _refused(column: _Column, cell: str) -> str:
    """Under a heading of another channel, or of a sale, a cell that names mail refuses mail all the same."""
    return "stop" if column.refuses != "stop" and _NAMES_MAIL.search(cell) else column.refuses


def _has_any(marks: Sequence[str], text: str) -> bool:
    return any(mark in text for mark in marks)


class Others:
    """The columns that a word of leaving may stand in, and the rows in which one does."""

    def __init__(self, inspection: Inspection) -> None:
        """Whatever the manifest says of a column is so: those that it calls an attribute are left alone."""
        self._columns: dict[int, _Column] = {}
        of_mailing_list = is_mailing_list([words_of(column.heading) for column in inspection.mapping])
        for place, column in enumerate(inspection.mapping):
            words = words_of(column.heading)
            uses = frozenset(use.partition(".")[0] for use in column.uses)
            idle = refusing_words(words, column.uses, of_mailing_list=of_mailing_list)
            if tells_of_leaving(words) or (column.how == "manifest" and not column.uses):
                continue
            if uses.isdisjoint(_ELSE) or idle:
                self._columns[place] = _Column(_refused_by(words), uses, words, idle)
        self._found: dict[str, list[int]] = {}  # field that refuses -> rows

    @property
    def places(self) -> Collection[int]:
        """The columns looked through."""
        return self._columns.keys()

    def look(self, columns: Sequence[Sequence[str]], start: int) -> None:
        """Look through the columns of some rows, the first of which has this place in the batch."""
        for place, column in self._columns.items():
            cells = columns[place]
            if leaving := column.left(cells):
                for index, cell in enumerate(cells, start):
                    if cell in leaving:
                        self._found.setdefault(_refused(column, cell), []).append(index)

    def mark(self, batch: Batch) -> None:
        """Let the rows that were found refuse, whatever their other columns say."""
        for name, indexes in self._found.items():
            column = batch.columns.setdefault(name, [None] * len(batch))
            for index in indexes:
                column[index] = True
