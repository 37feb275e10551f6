"""Words that refuse mail under one kind of heading and mean nothing elsewhere: ``Newsletter status: inactive``.

Under ``Status`` alone a customer may be inactive who reads every mail, and under ``Company`` None is a name; those are
left to readers/statuses.py, which counts them in the report.
"""

from collections.abc import Collection, Iterable, Sequence

from gateway.intake.columns.leaving import letters

_OF_MAIL = (
    "email", "mail", "newsletter", "subscri", "abonn", "suscri", "iscri", "inscri", "marketing", "deliverab",
    "prenumer", "empfang", "recipient", "optin",
)  # fmt: skip
_INACTIVE = frozenset({
    "inactive", "inaktiv", "inactif", "inactivo", "inactiva", "inattivo", "inattiva", "inativo", "inativa", "inactief",
    "nieaktywny", "nieaktywna", "nichtaktiv", "notactive", "nonactif", "неактивен", "неактивна", "ended", "stopped",
    "beendet", "out", "left", "gone", "closed",
})  # fmt: skip
_CODES = frozenset({"0", "-1", *"23456789"})
"""Who is on a list has the code 1 in all systems that we know of which write codes."""
_JOINED = ("subscribed", "unsubscribed", "subscriber", "abonniert", "abgemeldet", "angemeldet", "abonnement")
_BARE = frozenset({"status", "state", "statut", "estado", "stato", "situacao", "stan"})
_ASKS = frozenset({
    "preference", "preferences", "pref", "prefs", "frequency", "cadence", "haufigkeit", "frequence", "frecuencia",
    "frequenza", "frequentie", "praferenz", "praferenzen", "preferencia", "preferencias", "preferenza", "preferenze",
})  # fmt: skip
_MAILED = ("email", "mail", "newsletter", "marketing", "communicat", "kommunikation", "subscri", "correo", "comunica")
_COUNTS = frozenset({"bounce", "bounces", "error", "code", "deliverability"})
"""Words of headings whose 0 is good."""
_NOTHING = frozenset({
    "none", "nothing", "nomail", "nomails", "noemail", "noemails", "noneatall", "nocommunication", "nocommunications",
    "keine", "garnicht", "aucun", "aucune", "ninguno", "ninguna", "nessuno", "nessuna", "geen", "nenhum", "nenhuma",
})  # fmt: skip
_WITHDRAWN = frozenset({
    "withdrawn", "consentwithdrawn", "objected", "revoked", "expired", "widerrufen", "erloschen", "retire", "retirado",
    "revocado", "revocato", "ritirato",
})  # fmt: skip
_OF_CONTACT = ("contact", "kontakt", "communicat", "kommunikation", "channel", "email")
_PREFERS = frozenset({"preference", "preferences", "pref", "prefs", "preferred", "method", "bevorzugt", "bevorzugter"})
_OTHERWISE = frozenset({
    "phoneonly", "callonly", "callsonly", "phonecallonly", "textonly", "smsonly", "postonly", "postalonly", "faxonly",
    "whatsapponly", "onlyphone", "onlybyphone", "byphoneonly", "onlysms", "onlybypost", "bypostonly", "nurtelefon",
    "nurtelefonisch", "nurpost", "nurperpost", "notbyemail", "anythingbutemail", "soloporteléfono", "soloportelefono",
    "solotelefono", "nocontact", "nottobecontacted",
})  # fmt: skip
"""Ways that somebody chose instead of mail."""


def is_mailing_list(headings: Iterable[Sequence[str]]) -> bool:
    """Whether a list with these headings, as words, is one of subscribers: its plain ``Status`` is then of them."""
    return any(word.startswith(_JOINED) for words in headings for word in words)


def refusing_words(words: Sequence[str], uses: Collection[str], *, of_mailing_list: bool) -> frozenset[str]:
    """What refuses mail in a column under these words with these uses, as ``idle_word`` has it.

    A column of preferences names no channel but its own, so that None in it is an answer: a list written by a program
    that says None for nothing is mended by a line of the manifest.
    """
    if "stop.status" in uses:
        if not any(word.startswith(_OF_MAIL) for word in words) and not (of_mailing_list and _BARE.issuperset(words)):
            return frozenset()
        return _INACTIVE | _CODES if _COUNTS.isdisjoint(words) else _INACTIVE
    found = _WITHDRAWN if {"basis", "rechtsgrundlage", "consent"} & set(words) else frozenset[str]()
    if not _ASKS.isdisjoint(words) and any(word.startswith(_MAILED) for word in words):
        found = _NOTHING
    if not _PREFERS.isdisjoint(words) and any(word.startswith(_OF_CONTACT) for word in words):
        found |= _OTHERWISE
    return found


def idle_word(cell: str) -> str:
    """A cell as these words are compared."""
    return letters(cell) or cell.strip()
