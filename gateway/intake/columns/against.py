"""File names that say of everybody in the file: do not write. What a sending service lets go, it names so."""

import re
import unicodedata
from itertools import pairwise

_SAYS = frozenset({
    "unsubscribed", "unsubscribes", "unsubscribers", "unsubs", "unsub", "optout", "optouts", "optedout", "donotemail",
    "donotmail", "donotcontact", "bounced", "bounces", "bouncers", "hardbounces", "hardbounced", "complaints",
    "complainers", "complained", "spamreports", "spamcomplaints", "blocklist", "blocklisted", "blacklist",
    "blacklisted", "suppression", "suppressions", "suppressed", "suppressionlist", "revoked", "withdrawn",
    "abgemeldet", "abgemeldete", "abmeldungen", "abbestellt", "widerrufen", "gesperrt", "sperrliste", "desabonnes",
    "desinscrits", "desabonnements", "desinscriptions", "bajas", "desuscritos", "rebotados", "disiscritti",
    "cancellati",
    "descadastrados", "uitgeschreven", "afgemeld", "afmeldingen", "wypisani", "wypisane", "avregistrerade",
})  # fmt: skip
_PAIRS = frozenset({
    ("opt", "out"), ("opt", "outs"), ("opted", "out"), ("not", "email"), ("not", "mail"), ("not", "contact"),
    ("hard", "bounce"), ("soft", "bounces"), ("spam", "reports"), ("spam", "complaints"), ("block", "list"),
    ("black", "list"), ("global", "unsubscribe"), ("group", "unsubscribes"), ("invalid", "emails"),
    ("invalid", "addresses"), ("cleaned", "members"), ("cleaned", "contacts"), ("cleaned", "subscribers"),
    ("cleaned", "email"), ("cleaned", "emails"), ("cleaned", "addresses"),
})  # fmt: skip
"""``cleaned`` alone is no such word: sellers call a list so when they have scrubbed it."""
_UNDOES = frozenset({
    "no", "non", "without", "excluding", "excl", "except", "minus", "removed", "scrubbed", "free", "clean", "checked",
    "against", "after", "post", "applied", "vs", "filtered", "less", "ohne", "sans", "sin", "senza", "sem", "zonder",
    "bez", "bereinigt",
})  # fmt: skip
"""Words by which a name says the opposite: ``leads_without_bounces.csv``."""
_SIGNS = ("配信停止", "退会", "退订", "отписан", "отписки")


def says_against(file_name: str) -> tuple[str | None, bool]:
    """The word by which a file's name says that its people left, if it has one, and whether another word undoes it."""
    name = file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or file_name
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", apart).casefold() if unicodedata.category(sign) != "Mn"
    )
    words = re.findall(r"[^\W\d_]+", plain)
    pairs = pairwise(words)
    found = next((" ".join(pair) for pair in pairs if pair in _PAIRS), None)
    found = found or next((word for word in words if word in _SAYS), None)
    found = found or next((sign for sign in _SIGNS if sign in file_name), None)
    return found, not _UNDOES.isdisjoint(words)
