"""Cells of columns that mean nothing to us, looked through for words by which a person left.

A disposition, a segment, tags, a list of subscriptions: no heading says that it is a status, and ``Do Not Email`` in it
is one all the same. Only whole entries count, not words within sentences; the manifest's ``attribute`` ends it.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence

from gateway.domain.lead import Batch
from gateway.intake.columns.against import words_of
from gateway.intake.columns.mapping import AS_WELL
from gateway.intake.columns.refusing import refusal_by
from gateway.intake.inspection import Inspection
from gateway.intake.values import read_stop

_SAID = {
    "unsubscribed", "unsubscribe", "unsub", "unsubbed", "globalunsubscribe", "globallyunsubscribed",
    "unsubscribedfromall", "unsubscribedfromallemail", "unsubscribedbyuser", "emailunsubscribed", "optout",
    "optedout", "emailoptout", "emailoptedout", "optoutofemail", "optedoutofemail", "donotemail", "donotmail",
    "donotcontact", "donotmarket", "donotsolicit", "donotsend", "dne", "hardbounce", "hardbounced", "bounced",
    "spamcomplaint", "complained", "markedasspam", "reportedspam", "reportedasspam", "suppressed", "blacklisted",
    "blocklisted", "blacklist", "blocklist", "removeme", "pleaseremove", "pleaseremoveme", "noemail", "noemails",
    "consentrevoked", "consentwithdrawn", "stop", "stopall", "abgemeldet", "abbestellt", "keinewerbung",
    "widerrufen", "desabonne", "desabonnee", "desinscrit", "desinscrite", "dadodebaja", "dadadebaja", "disiscritto",
    "disiscritta", "descadastrado", "descadastrada", "uitgeschreven", "afgemeld", "wypisany", "wypisana",
    "wypisano", "отписан", "отписана", "отписался", "отписалась", "配信停止", "退会", "退订", "已退订", "수신거부",
}  # fmt: skip
"""Entries that say: this person left, or may not be written to, without blanks."""
_MARK = re.compile(
    "unsub|opt|not|dne|bounce|spam|complain|suppress|black|block|remove|no.?e.?mail|consent|stop|abgem|abbest|keine|"
    "widerr|sabonn|sinscri|baja|isiscri|descad|uitge|afgem|wypis|отпис|配|退|수",
    re.IGNORECASE,
)
"""What each of them has in it, however it is written: most columns have none of these, and are done at once."""
_MAY_SAY = frozenset({"region", "consent_ticked", "consent_preticked", AS_WELL, "purposes"})
"""Fields whose column may be a status all the same: a subscriber's ``state``, an answer to ``opt_in``."""
_OF_A_STATE = frozenset({"cancelled", "canceled"})
"""What Kit calls a subscriber's ``state`` who left; no province is called so, and much else is, elsewhere."""
_ENTRIES = re.compile(r"[;,|\n\[\]{}]+")


class Others:
    """The columns that feed no field, or one that a status may be taken for, and the rows in which one says: left."""

    def __init__(self, inspection: Inspection) -> None:
        """Whatever the manifest says of a column is so: those that it calls an attribute are left alone."""
        self._places = {
            place: refusal_by(words_of(column.heading))[0]
            for place, column in enumerate(inspection.mapping)
            if _MAY_SAY.issuperset(column.uses) and (column.uses or column.how != "manifest")
        }
        self._states = {place for place in self._places if "region" in inspection.mapping[place].uses}
        self._found: dict[str, list[int]] = {}  # field that refuses -> rows

    @property
    def places(self) -> Collection[int]:
        """The columns looked through."""
        return self._places

    def look(self, columns: Sequence[Sequence[str]], start: int) -> None:
        """Look through the columns of some rows, the first of which has this place in the batch."""
        for place, name in self._places.items():
            cells = columns[place]
            distinct = set(cells)
            leaving = _leaving(distinct)
            if place in self._states:
                leaving |= {cell for cell in distinct if _letters(cell) in _OF_A_STATE}
            if leaving:
                left = (index for index, cell in enumerate(cells, start) if cell in leaving)
                self._found.setdefault(name, []).extend(left)

    def mark(self, batch: Batch) -> None:
        """Let the rows that were found refuse, whatever their other columns say."""
        for name, indexes in self._found.items():
            column = batch.columns.setdefault(name, [None] * len(batch))
            for index in indexes:
                column[index] = True


def says_so(cell: str) -> bool:
    """Whether an entry of the cell says that the person left: ``customer; unsubscribed``, ``{"opted_out": true}``."""
    return any(_says(entry) for entry in _ENTRIES.split(cell))


def _leaving(cells: Collection[str]) -> set[str]:
    if not _MARK.search("\n".join(cells)):
        return set()
    return {cell for cell in cells if _MARK.search(cell) and says_so(cell)}


def _says(entry: str) -> bool:
    name, colon, value = entry.replace("=", ":", 1).partition(":")
    if not colon:
        return _letters(name) in _SAYS
    return _letters(value) in _SAYS or (_letters(name) in _SAYS and read_stop(value.strip(" \"'")) is True)


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", text).casefold()))


_SAYS = frozenset(map(_letters, _SAID))
"""As cells are compared with them: Korean syllables fall apart into their letters, as accents do."""
