"""What cells say of leaving: whole entries, the same in passing, statuses, and the sentences of whoever took a call.

The words are leaving.tsv, whose head says what each kind takes. Read on the strict side: a refusal too many is seen in
the receipt and mended by a line of the manifest, a person who left and was written to is not.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import orjson

from gateway.intake.columns.about import (
    CHANNELS,
    is_of_channel,
    left_something_else,
    names_things,
    speaks_elsewhere,
    tells_of_leaving,
)
from gateway.intake.columns.against import words_of
from gateway.intake.columns.wishing import asks_for_mail
from gateway.intake.values import read_box, read_stop

_ENTRIES = re.compile(r"[;,|\n\[\]{}()*]+|:::|\s[-\u2013\u2014>/]+\s|(?<=\w)[.!?](?:\s|$)")
_LONGEST = 8  # words of an entry in which something is said in passing
_LONGEST_SENTENCE = 400  # signs; a page of terms tells how to leave, not who left
_SPOKEN = 5  # words of a phrase at most
_FILLERS = frozenset({
    "please", "kindly", "status", "is", "was", "has", "been", "he", "she", "they", "customer", "contact", "user",
    "subscriber", "person", "lead", "client", "member", "also", "hat", "sich", "wurde", "bitte", "kunde", "kontakt",
    "newsletter", "a", "l", "le", "la", "est", "ha", "se", "mailing", "email", "e", "mktg", "mkt", "marketing", "soft",
    "confirmed", "on", "our", "the", "now",
})  # fmt: skip
"""What may stand before an entry's phrase: ``customer opted out``."""
_GOES_ON = frozenset({
    "on", "at", "by", "via", "from", "per", "since", "in", "as", "date", "again", "anymore", "any", "more", "until",
    "request", "requests", "requested", "list", "all", "our", "the", "am", "vom", "seit", "durch", "le", "du",
    "depuis", "el", "por", "il", "dal", "op", "em", "dnia", "r", "due", "because", "after", "email", "emails", "mail",
    "marketing", "newsletter", "reason",
})  # fmt: skip
"""What may stand behind it: ``unsubscribed by link``. A name does not: ``Do Not Email Inc.``"""
_UNDO = frozenset({
    "not", "never", "no", "non", "nobody", "none", "until", "unless", "if", "when", "once", "before",
    "ip", "domain", "server", "can", "may",
    "nicht", "nie", "falls", "wenn", "bis", "kein", "pas", "jamais", "ne", "nunca", "mai", "nao", "niet", "nooit",
    "nigdy", "не",
})  # fmt: skip
"""Before such a word they turn it round: ``never unsubscribed``, ``until opted out``."""
_SENTENCES = re.compile(
    r"\b(?:remov\w+|tak\w+|unsubscrib\w+|delet\w+|drop\w*) (?:\w+ ){0,2}?(?:from|off)(?: of)? (?:the |our |your |my |"
    r"all |any |this |future )*(?:(?:e ?)?mail\w*|marketing|news\w*|distribution|contact|call)? ?"
    r"(?:lists?|mailings?|e ?mails?|newsletters?|database)\b"
    r"|\b(?:ask\w*|request\w*|want\w*|wish\w*|like) (?:to |for )?(?:be |get )?(?:unsubscribe\w*|remov(?:ed"
    r"|al)\b(?! of)|"
    r"erasure|opt(?:ed)? out|taken off|come off|stop receiving|deletion)"
    r"|\b(?:ask\w*|request\w*|told|tell\w*) (?:us |me |we |that we |them )?not to (?:receive|be (?:contacted|e ?mailed)"
    r"|get|e ?mail|contact|send|write)\b"
    r"|\b(?:ask\w*|request\w*|told) (?:us|me|that we|we)(?: to)? stop\b(?! \w)"
    r"|\bwants? (?:to be )?off (?:of )?(?:the |our |your |my |this )?(?:\w+ )?lists?\b"
    r"|\b(?:delete|erase|remove|lose) my (?:data|details|info|information|records?|address|e ?mail)\b"
    r"|\bremov(?:ed|al) (?:at|by|on|upon|per|as per) (?:(?:own|his|her|their|the|user|customer|client|contact"
    r"|subscriber) ?s? )?request\b"
    r"|(?<!not )(?<!n t )\b(?:stop|quit|cease) (?:all |the |your |these |any )*(?:e ?mailing|mailing|sending"
    r"|contacting|writing|messaging|spamming|bothering)\b(?! (?:list|address|date|out))"
    r"|\bno (?:more(?! than)|further|longer)(?: \w+){0,3}? (?:e ?mails?|mailings?|newsletters?|marketing)\b(?! than)"
    r"|\b(?:not?|doesn t|don t|didn t) (?:want|wish|like)(?: to)?(?: receive| get| have)?(?: any| more| further| our"
    r"| of| your)* (?:(?:e ?)?mails?|mailings?|newsletters?|marketing|be (?:contacted|e ?mailed))\b"
    r"|\bclicked (?:on )?(?:the )?unsubscribe\b|\b(?:withdrew|withdrawn|revoked) (?:\w+ )?(?:consent|permission)\b"
    r"|\bconsent (?:was |has been )?(?:withdrawn|revoked)\b|\breported (?:us |it |this )?(?:as )?spam\b"
    r"|\b(?:bitte|wunscht|mochte|will) (?:keine?n?|nie) (?:weiteren? |mehr )?(?:werb|e ?mails?|mails?|newsletter)"
    r"|\bkeine?n? (?:weiteren? )?(?:werbung|e ?mails?|mails|newsletter) mehr\b"
    r"|\bnicht mehr (?:an)?(?:schreib|mail|kontakt)"
    r"|\bne (?:souhaite|veut|desire) (?:plus|pas) (?:\w+ )?(?:recevoir|etre contacte)"
    r"|\bno (?:desea|quiere) (?:recibir|mas|que)|\bnon (?:vuole|desidera) (?:piu |ricevere)"
    r"|\bnao (?:quer|deseja) (?:mais |receber)|\bgeen (?:\w+ )?(?:mails?|e ?mails?|nieuwsbrief|reclame) meer\b"
)
_OF_SENTENCES = (
    "stop", "quit", "cease", "list", "mail", "news", "market", "database", "remov", "unsub", "opt", "erasure",
    "deletion", "off", "receiv", "consent", "permission", "spam", "werb", "recev", "contact", "no desea", "no quiere",
    "ricevere", "request", "delete", "erase", "lose my", "pi\u00f9", "piu", "receber", "mais", "schreib",
    "kontakt", "reclame", "nieuwsbr",
)  # fmt: skip
"""Each sentence has one of these in it; the search itself takes ten times as long."""
_HOURS = re.compile(r"\b(?:before|after|until|vor|nach|avant|après|antes)\s+\d{1,2}\s*(?:[ap]m|h|uhr)\b", re.IGNORECASE)
"""When somebody may be called: ``does not want to be contacted before 5pm``."""
_PARTS = re.compile(r"[.!?;,\n]+")
_VAGUE = frozenset({
    "bounce", "bounced", "removed", "remove", "blacklist", "blacklisted", "blocklist", "suppressed", "suppression",
    "objection", "objected", "opposition", "deceased", "verstorben", "decede", "decedee", "complained", "undeliverable",
    "widerspruch", "widerruf", "abmeldung", "sprzeciw", "rezygnacja", "npai", "stop", "baja", "erasure", "bajas",
})  # fmt: skip
"""How phrases begin that are companies, trades and states of other things as well."""
_MARKS = (
    "unsub", "opt-out", "opt out", "optout", "opt_out", "opted", "opts out", "do not", "do_not", "do-not", "donot",
    "dne", "dnc", "dnm", "n't ", "n\u2019t ", "dont", "not sub", "not want", "not wish", "non-sub", "nonsub", "never",
    "bounc", "spam", "complain", "suppress", "black", "block", "denylist", "remov", "eras", "forgotten", "delet",
    "object", "take me", "taken off", "take off", "takeoff", "come off", " off the", " off our", " off your", "quit ",
    "cease ", "drop me", "drop from", "no more", "no further", "no longer", "no-email", "no email", "noemail",
    "no mail", "no_", "nomail", "no market", "consent", "permission", "stop", "wants out", "stop receiv", "invalid",
    "undeliv", "deceased", "clicked", "abgem", "abbest", "abmeld", "ausgetr", "keine", "nicht ", "wider", "sperr",
    "verstorb", "unzustell", "löschen", "loschen", "sabonn", "sinscri", "ne pas", "ne plus", "souhaite", "veut ",
    "opposition", "npai", "décédé", "baja", "suscri", "no contact", "no envi", "no más", "no mas", "no desea",
    "no quiere", "iscri", "cancella", "non contatt", "non invi", "non vuole", "non desidera", "descad", "não ",
    "nao ", "uitge", "afgem", "niet", "geen", "wypis", "nie kont", "rezygn", "sprzeciw", "brak zgody", "odhl",
    "leirat", "dezabon", "avreg", "meldt", "perun", "peruu", "ei markk", "non sub", "kein newsl", "inscri",
    "abonelik", "newsletter", "marketing", "subscribed", "opt_in", "optin", "email", "e-mail", "mailing", "mails",
    "verteiler", "lista", "liste", "forget", "plus de", "alone", "werbung", "erw", "kontakt", "refuse les", "lijst",
    "chce", "wysy", "zgod", "uitschr", "contact", "hear from", "escriban", "publicidad", "chiede", "cancel", "opt me",
    "opt h", "'d out", "subscriber", " my ", " off ", "request", "said", "replied", "answered", "junk", "told",
    "togliere", "rimuovere", "unsus", "flagged", "marked", "bad email", "unmail", "no good",
)  # fmt: skip
"""Each phrase has one of these in it, however it is written, or letters that are not Latin; most cells have none."""


_NO_BLANKS = re.compile("[\u1100-\u11ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_LAST_LATIN = "\u024f"


def say_left(cells: Collection[str]) -> set[str]:
    """Those of the cells that say so: quick where none does, as in most columns of most lists."""
    together = "\n".join(cells).casefold()
    marks = [mark for mark in _all_marks() if mark in together]
    if not marks:
        return set()
    return {cell for cell in cells if _has(cell.casefold(), marks) and says_left(cell, marks)}


def says_left(cell: str, marks: Collection[str] = ("",)) -> bool:
    """Whether the cell says that the person left: ``customer; unsubscribed``, ``{"opted_out": true}``.

    ``marks``: those of which an entry must have one to be looked at.
    """
    if "://" in cell and " " not in cell.strip():
        return False  # a page, whatever it is called
    if (" - " in cell or "? " in cell) and letters(cell) in _phrases().alone:  # DNC - Email
        return True
    if len(cell) <= _LONGEST_SENTENCE and _has(cell.casefold(), _OF_SENTENCES) and _sentence_says(cell):
        return True
    if cell.lstrip()[:1] in _JSON and (found := _parsed(cell)) is not None:
        return _structure_says(found, "", marks)
    return any(_entry_says(entry) for entry in _ENTRIES.split(cell) if _has(entry.casefold(), marks))


def _sentence_says(cell: str) -> bool:
    if not _SENTENCES.search(" ".join(words_of(cell))):
        return False
    if not speaks_elsewhere(words_of(cell)) and not _HOURS.search(cell):
        return True
    parts = ((part, words_of(part)) for part in _PARTS.split(cell))
    return any(
        _SENTENCES.search(" ".join(words)) and not speaks_elsewhere(words) and not _HOURS.search(part)
        for part, words in parts
    )


def stands_alone(cell: str) -> bool:
    """Whether the cell says so by a word that says it only where nothing else stands: ``Stop``."""
    return letters(cell) in _phrases().whole


def says_vaguely(cell: str) -> bool:
    """Whether the cell says so by nothing but words that also name other things: ``Bounced, Inc.``, ``Removed``."""
    phrases = _phrases()
    entries = [entry for entry in _ENTRIES.split(cell) if _entry_says(entry)]
    if _SENTENCES.search(" ".join(words_of(cell))):
        return False
    return all(letters(entry) in phrases.whole or words_of(entry)[0] in _VAGUE for entry in entries)


_STATES = frozenset({"u", "uns", "no", "n", "never", "off", "false", "nein", "non", "nee", "nie", "dead", "hard"})
"""What a status may be and nothing else: letters of a code, a plain no."""
_OF_CALLS = re.compile("do(?:no|n)t(?:call|text|sms|fax|phone)")


def read_status(text: str) -> bool | None:
    """A status: True if it is one of those that forbid writing. No status permits it, so the rest is unknown."""
    said = letters(text)
    if said in _STATES or (said.startswith(_phrases().status) and not _OF_CALLS.fullmatch(said)):
        return True
    return True if says_left(text) else None


_JSON = ("{", "[")
_OFF = frozenset({"off", "disabled"})


def _parsed(cell: str) -> object:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return None


def _structure_says(found: object, path: str, marks: Collection[str]) -> bool:
    """Whether something within says so, its keys taken together: ``{"consent": {"email": false}}``.

    What stands under another channel does not: ``{"sms": {"status": "unsubscribed"}}``.
    """
    if isinstance(found, dict):
        values = {value.casefold() for value in found.values() if isinstance(value, str)}
        if _is_of_channel(path) or not values.isdisjoint(CHANNELS):
            return False
        among = not path and any(key.casefold() in CHANNELS for key in found)  # {"email": false, "sms": true}
        return any(
            _structure_says(value, f"{path} {key}".strip(), marks) or (among and key == "email" and value is False)
            for key, value in found.items()
        )
    if isinstance(found, list):
        return any(_structure_says(value, path, marks) for value in found)
    if found is None or _is_of_channel(path):
        return False
    value = str(found)
    says_any = _name_says(path) or read_box(value) is not None or value in _OFF
    if not says_any and not _has(value.casefold(), marks):
        return False
    if path.casefold() == "email" and found in (False, 0):
        return False  # there is none, or nobody checked it
    return any(_entry_says(f"{path}: {entry}" if path else entry) for entry in _ENTRIES.split(value))


@lru_cache(4096)
def _is_of_channel(path: str) -> bool:
    return is_of_channel(words_of(path))


def _entry_says(entry: str) -> bool:
    name, colon, value = entry.replace("=", ":", 1).partition(":")
    if not colon:
        return _says(entry)
    plain = value.strip(" \"'")
    if read_box(plain) is False or plain.casefold() in _OFF:
        return asks_for_mail(name)
    if _says(value):
        about = words_of(name)
        return not tells_of_leaving(about) and not (names_things(about) and says_vaguely(value))
    if not _name_says(name):
        return False
    vague = words_of(name)[:1]  # "Objection: too expensive"
    return (read_stop(plain) if _VAGUE.isdisjoint(vague) else read_box(plain)) is True


@lru_cache(4096)
def _name_says(name: str) -> bool:
    """Whether the name of an answer says so; the same few stand in every row."""
    return _says(name)


def _says(entry: str) -> bool:
    words, phrases = words_of(entry), _phrases()
    if "".join(words) in phrases.alone:
        return True
    return _goes_on(words) or _in_passing(words)


def _goes_on(words: list[str]) -> bool:
    """Whether the entry begins with such a phrase and ends there, or goes on with when, how and why."""
    known, begun = _phrases().entry, _phrases().begun
    for start in range(min(len(words), _SPOKEN)):
        for end in range(start + 1, min(len(words), start + _SPOKEN) + 1):
            said = "".join(words[start:end])
            if said not in begun:
                break
            if said in known and (end == len(words) or words[end] in _GOES_ON):
                return not left_something_else(words[:start], said, words[end:])
        if words[start] not in _FILLERS:
            return False
    return False


def _in_passing(words: list[str]) -> bool:
    if len(words) > _LONGEST:
        return False
    known, begun = _phrases().within, _phrases().begun
    for start, word in enumerate(words):
        ends = range(start + 1, start + _SPOKEN + 1) if word in begun else ()
        for end in ends:
            if (said := "".join(words[start:end])) in known:
                return _UNDO.isdisjoint(words[:start]) and not left_something_else(words[:start], said, words[end:])
    # Of languages that write no blanks.
    together = "".join(words)
    return not together.isascii() and any(phrase in together for phrase in _unspaced())


@cache
def _unspaced() -> tuple[str, ...]:
    return tuple(phrase for phrase in _phrases().within if _NO_BLANKS.match(phrase))


@cache
def _all_marks() -> tuple[str, ...]:
    """The marks, and how each phrase begins that is not written in Latin letters."""
    phrases = (phrase.casefold() for phrase, _ in _table())
    return (*_MARKS, *sorted({phrase[:3].rstrip() for phrase in phrases if phrase[:1] > _LAST_LATIN}))


def _has(cell: str, marks: Collection[str]) -> bool:
    return any(mark in cell for mark in marks)


def letters(text: str) -> str:
    """Nothing but the letters of a text, as phrases are compared."""
    return "".join(words_of(text))


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The table, each phrase as cells are compared with it."""

    whole: frozenset[str]
    alone: frozenset[str]
    entry: frozenset[str]
    within: frozenset[str]
    status: tuple[str, ...]
    begun: frozenset[str]  # every beginning of an entry: most words begin none


def _table() -> Iterator[tuple[str, str]]:
    """Each phrase of leaving.tsv and its kind, as written."""
    for line in Path(__file__).with_name("leaving.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            phrase, kind = line.split("\t")
            yield phrase, kind


@cache
def _phrases() -> _Phrases:
    """What may be said in passing is an entry as well."""
    found: dict[str, list[str]] = {"whole": [], "entry": [], "within": [], "status": []}
    for phrase, kind in _table():
        found[kind].append(letters(phrase))
    entries = frozenset((*found["entry"], *found["within"]))
    begun = frozenset(entry[:end] for entry in entries for end in range(1, len(entry) + 1))
    whole = frozenset(found["whole"]) - entries
    return _Phrases(whole, whole | entries, entries, frozenset(found["within"]), tuple(found["status"]), begun)
