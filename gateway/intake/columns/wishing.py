"""Headings that nobody taught us and that ask whether somebody wants mail, or how they stand: only a no is read there.

``Would you like our newsletter?``, ``Mailable``, ``Zgoda na marketing``, ``Contact email state``: a yes under such a
heading proves nothing, and a no in it is the person's word. Nobody becomes a prospect because it was passed over.
"""
# ruff: noqa: RUF001 - other languages have letters of their own

import re
from itertools import pairwise

from gateway.intake.columns.against import words_of
from gateway.intake.columns.refusing import refusals_in

_STILL_ON = frozenset({
    "subscribed", "mailable", "emailable", "marketable", "contactable", "abonniert", "abonne", "abonnee", "suscrito",
    "suscrita", "subscrito", "inscrito", "inscrita", "iscritto", "iscritta", "geabonneerd", "zapisany", "zapisana",
    "feliratkozva", "feliratkozott", "prenumererar", "tilaaja", "abone", "подписан", "подписана", "購読",
})  # fmt: skip
"""Words by which a heading asks whether the person is on the list: a no means that they left, or never came."""
_WISH = (
    "want", "wish", "like", "agree", "accept", "allow", "permi", "consent", "may", "can", "ok", "okay", "optin", "opt",
    "opted", "receive", "interested", "prefer", "desea", "quiere", "acepta", "autori", "souhait", "consentement",
    "mochte", "darf", "durfen", "erlaub", "einwillig", "zustimm", "einverstand", "vuole", "desidera", "consenso",
    "accetta", "quer", "deseja", "aceita", "toestemming", "wil", "akkoord", "zgoda", "zgadzam", "samtyck", "samtykke",
    "hyvaks", "suostumus", "souhlas", "suhlas", "hozzajar", "acord", "izin", "onay", "соглас", "хочу", "разреш",
)  # fmt: skip
_MAIL = (
    "mail", "email", "newsletter", "marketing", "offer", "promo", "advert", "communicat", "contact", "news", "update",
    "publicidad", "oferta", "comunicac", "correo", "boletin", "offre", "publicite", "infolettre", "lettre", "werbung",
    "werbe", "angebote", "kontakt", "comunicazion", "offert", "pubblicita", "publicidade", "nieuwsbrief", "aanbieding",
    "reklam", "erbjudand", "tilbud", "nyhed", "nyhet", "nyheds", "markkinoint", "uutiskirje", "obchodni", "hirlevel",
    "rassyl", "рассыл", "реклам", "новост",
)  # fmt: skip
_ALONE = frozenset({
    "newsletter", "newsletters", "nieuwsbrief", "nyhetsbrev", "nyhedsbrev", "infolettre", "uutiskirje", "boletin",
    "hirlevel", "рассылка", "werbeerlaubnis", "werbezustimmung", "emaillisted", "subscriber", "mailinglist",
})  # fmt: skip
"""Headings of one word that ask it; with a date, a name or a number beside it they speak of an issue."""
_SENT = frozenset({
    ("send", "email"), ("send", "emails"), ("send", "me", "offers"), ("marketing",), ("marketing", "email"),
    ("marketing", "emails"), ("email", "marketing"), ("e", "mail", "marketing"), ("promotional", "emails"),
    ("email", "notifications"), ("email", "enabled"), ("email", "active"), ("mailing", "list"),
    ("on", "mailing", "list"), ("inscrit", "newsletter"), ("email", "frequency"), ("newsletter", "frequency"),
    ("email", "preference"), ("email", "preferences"), ("optin", "flag"), ("email", "permission", "code"),
})  # fmt: skip
"""Headings that ask it in no word of wishing."""
_OF_FIELDS = frozenset({"metadata", "meta", "customfield"})
"""What systems write beside fields of one's own: ``newsletter (metadata)``."""
_ASKED_FOR = frozenset({("keep", "me"), ("sign", "me"), ("send", "me"), ("stay", "informed"), ("notify", "me")})
_NO_LATIN = ("メール配信", "メルマガ", "配信希望", "수신동의", "수신여부", "接收邮件", "订阅")
_NOT = frozenset({
    "not", "no", "never", "non", "nicht", "keine", "pas", "sin", "unsubscribe", "stop", "paid", "plan", "premium",
    "phone", "sms", "text", "texts", "call", "calls", "fax", "whatsapp", "terms", "rate", "count", "number",
    "clicked", "opened", "sent", "time", "date", "url", "link",
})  # fmt: skip
"""Words that turn the question round, or make it one about something else."""
_CHOICE = re.compile(
    r"[(\[]\s*(?:yes|y|ja|oui|si|sí|true|1)\s*[/|,]\s*(?:no|n|nein|non|false|0)\s*[)\]]", re.IGNORECASE
)
_YES = frozenset({
    "consent", "optin", "opted", "opt", "in", "permission", "einwilligung", "einverstanden", "zustimmung",
    "consentement", "consentimiento", "consenso", "consentimento", "toestemming", "zgoda", "samtycke", "samtykke",
    "suostumus", "souhlas", "suhlas", "hozzajarulas", "согласие", "agree", "agreed", "i", "eu", "gdpr", "dsgvo", "rgpd",
    "lgpd",
})  # fmt: skip
"""Headings of nothing but these: ``Consent 1``."""
_STATE = frozenset({
    "status", "state", "statut", "stato", "estado", "situacao", "situacion", "situation", "stav", "tila", "durum",
    "zustand", "статус", "состояние", "κατασταση", "الحالة", "سطوس", "סטטוס", "stan", "allapot",
})  # fmt: skip
_WHOSE = (
    "email", "mail", "newsletter", "marketing", "subscri", "abonn", "suscri", "iscri", "inscri", "contact", "kontakt",
    "consent", "permission", "optin", "opt", "recipient", "empfang", "mailing", "gdpr", "dsgvo", "privacy", "abo",
    "bounce", "member", "processing", "подпис", "subskr", "prenumer",
)  # fmt: skip
_STATES_ALONE = frozenset({
    "stav", "tila", "durum", "статус", "κατασταση", "الحالة", "סטטוס", "状态", "狀態", "상태", "状態", "allapot",
})  # fmt: skip
_OTHER = frozenset({
    "order", "payment", "deal", "invoice", "shipping", "marital", "employment", "lead", "sms", "phone", "call",
    "owner", "ticket", "task", "membership", "policy", "loan", "appointment", "application",
})  # fmt: skip


def wish_in(heading: str) -> str | None:
    """The use of a heading that asks one of the two; None for every other."""
    words = [word for word in words_of(_CHOICE.sub(" ", heading)) if word not in _OF_FIELDS]
    if _tells_state(words):
        return "stop.status"
    if not _NOT.isdisjoint(words):
        return None
    if not _STILL_ON.isdisjoint(words):
        return "stop.wanted"
    wished = any(word.startswith(_WISH) and (len(word) > 3 or word in _WISH) for word in words)  # noqa: PLR2004
    if wished and any(word.startswith(_MAIL) for word in words):
        return "consent_ticked.too"
    if tuple(words) in _SENT:
        return "consent_ticked.too"
    if any(pair in _ASKED_FOR for pair in pairwise(words)) and any(word.startswith(_MAIL) for word in words):
        return "consent_ticked.too"
    if words and (_YES.issuperset(words) or (len(words) == 1 and words[0] in _ALONE)):
        return "consent_ticked.too"
    return "consent_ticked.too" if any(sign in heading for sign in _NO_LATIN) else None


def _tells_state(words: list[str]) -> bool:
    if not _OTHER.isdisjoint(words):
        return False
    if len(words) == 1 and words[0] in _STATES_ALONE:
        return True
    if any(word != "status" and word.endswith("status") and word.startswith(_WHOSE) for word in words):
        return True  # Kontaktstatus
    return not _STATE.isdisjoint(words) and any(word.startswith(_WHOSE) for word in words)


def asks_for_mail(name: str) -> bool:
    """Whether a no behind this name refuses mail: ``Subscribed: no``, ``"email_opt_in": false``, ``Email - NO``."""
    words = words_of(name)
    if not words or not _NOT.isdisjoint(words) or not _COUNTED.isdisjoint(words) or any(refusals_in(name)):
        return False
    return " ".join(words) in _ASKED or wish_in(name) in {"stop.wanted", "consent_ticked.too"}


_COUNTED = frozenset({"received", "accepted", "liked", "clicks", "opens"})  # {"offers_accepted": 0}
_ASKED = frozenset({
    "email", "e mail", "marketing", "email marketing", "marketing email", "marketing emails", "accepts marketing",
    "mailing", "mailings",
    "emails", "e mails", "mailing list", "email opt in", "is subscribed", "subscriber", "on mailing list",
})  # fmt: skip
