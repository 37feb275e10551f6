"""Names of files, folders and sheets that say of all in: do not write. Sending services name so what they let go."""

import re
import unicodedata
from itertools import pairwise

_SAYS = frozenset({
    "unsubscribed", "unsubscribes", "unsubscribers", "unsubs", "unsub", "optout", "optouts", "optedout", "donotemail",
    "donotmail", "donotcontact", "bounced", "bounces", "bouncers", "hardbounces", "hardbounced", "complaints",
    "complainers", "complained", "spamreports", "spamcomplaints", "blocklist", "blocklisted", "blacklist",
    "blacklisted", "suppression", "suppressions", "suppressed", "suppressionlist", "suppress", "revoked", "withdrawn",
    "unsubscribe", "dne", "dnc", "dnm", "exclusions", "removals", "stoplist", "killlist", "undeliverable",
    "undeliverables", "litigators", "deceased", "spamtraps", "abmeldung", "stopliste", "robinsonliste",
    "abgemeldet", "abgemeldete", "abmeldungen", "abbestellt", "widerrufen", "gesperrt", "sperrliste", "desabonnes",
    "desinscrits", "desabonnements", "desinscriptions", "bajas", "desuscritos", "rebotados", "disiscritti",
    "cancellati",
    "descadastrados", "uitgeschreven", "afgemeld", "afmeldingen", "wypisani", "wypisane", "avregistrerade",
})  # fmt: skip
_PAIRS = frozenset({
    ("opt", "out"), ("opt", "outs"), ("opted", "out"), ("not", "email"), ("not", "mail"), ("not", "contact"),
    ("hard", "bounce"), ("soft", "bounces"), ("spam", "reports"), ("spam", "complaints"), ("block", "list"),
    ("black", "list"), ("stop", "list"), ("kill", "list"), ("remove", "list"), ("removal", "list"), ("do", "not"),
    ("robinson", "list"), ("robinson", "liste"), ("global", "unsubscribe"), ("group", "unsubscribes"),
    ("invalid", "emails"), ("invalid", "addresses"), ("cleaned", "members"), ("cleaned", "contacts"),
    ("cleaned", "subscribers"), ("cleaned", "email"), ("cleaned", "emails"), ("cleaned", "addresses"),
})  # fmt: skip
"""``cleaned`` alone is no such word: sellers call a list so when they have scrubbed it."""
_ALONE = frozenset({
    "stop", "removed", "remove", "removals", "cancelled", "canceled", "cancellations", "deleted", "left", "leavers",
    "gone", "bad emails", "bad addresses", "removed contacts", "removed people", "removed emails",
    "removed subscribers", "removed members", "deleted contacts", "deleted subscribers", "do nots", "gelöscht",
    "verstorben", "supprimes", "npai", "unzustellbar", "eliminados", "rimossi", "removidos", "verwijderd",
})  # fmt: skip
"""Words that say it where nothing else stands beside them but digits."""
_UNDOES = frozenset({
    "no", "non", "without", "excluding", "excl", "except", "minus", "removed", "scrubbed", "free", "clean", "checked",
    "against", "after", "post", "applied", "vs", "filtered", "less", "ohne", "sans", "sin", "senza", "sem", "zonder",
    "bez", "bereinigt",
})  # fmt: skip
"""Words by which a name says the opposite: ``leads_without_bounces.csv``."""
SIGNS = ("配信停止", "退会", "退订", "отписан", "отписки")
"""Of languages that write no blanks, or bend their words."""


def says_against(path: str) -> tuple[str | None, bool]:
    """The word by which a name says that its people left, if it has one, and whether another word beside it undoes it.

    ``path``: folders, the file's name, its sheet; each counts alone, and one that nothing undoes goes before the rest.
    """
    *folders, name = path.replace("\\", "/").split("/")
    said = [_says(step) for step in (*folders, name.rpartition(".")[0] or name)]
    found = [(word, undone) for word, undone in said if word is not None]
    return min(found, key=lambda one: one[1], default=(None, False))


def _says(name: str) -> tuple[str | None, bool]:
    words = words_of(name)
    if " ".join(words) in _WHOLE:
        return " ".join(words), False
    pairs = pairwise(words)
    found = next((" ".join(pair) for pair in pairs if pair in _PAIRS), None)
    found = found or next((word for word in words if word in _SAYS), None)
    found = found or next((sign for sign in SIGNS if sign in name), None)
    return found, not _UNDOES.isdisjoint(words)


def words_of(name: str) -> list[str]:
    """The words of a name or a heading, without accents and case: ``optOutDate`` and ``OPTOUT_DT2`` are words, too."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    if plain.isascii():  # as most cells are, whose accents would cost most of the time
        return re.findall(r"[^\W\d_]+", plain.casefold())
    apart = unicodedata.normalize("NFKD", plain).casefold()
    return re.findall(r"[^\W\d_]+", "".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))


_WHOLE = frozenset(" ".join(words_of(name)) for name in _ALONE)
