"""Whole sentences by which somebody says: write me no mail. The wording of a box that refuses, an answer that does.

A box is not always a yes: ``Please do not send me offers``, ticked, is the opposite. What is plainly a no counts as
one; where words of a no stand in it and nobody can be sure, it is neither a no nor a yes.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from gateway.intake.columns.against import words_of

MAIL = frozenset({
    "email", "emails", "mail", "mails", "newsletter", "newsletters", "news", "marketing", "offers", "promotions",
    "promotional", "novedades", "boletin", "werbung", "actualites", "novita", "nieuwsbrief", "nouvelles", "ofertas",
    "offres", "angebote", "neuigkeiten", "рассылка", "рассылку", "новости",
})  # fmt: skip
"""Words that say mail or marketing, folded."""
_WRITING = MAIL | {
    "contact", "contacted", "hear", "subscribe", "subscribed", "communication", "communications", "updates",
    "anything", "messages", "advertising", "advertisements", "ads", "kontakt", "kontaktieren", "kontaktiert",
    "mailings", "infos", "courriel", "courriels", "publicite", "publicites", "publicitaires", "inscrire", "abonner",
    "contacte", "contactee", "correo", "correos", "publicidad", "boletines", "pubblicita", "comunicazioni",
    "comunicaciones", "publicidade", "reclame", "nieuwsbrieven", "reklam", "reklamy", "newslettera", "письма",
    "писем", "рекламу", "рекламы", "рассылки", "рассылок",
}  # fmt: skip
_NOT = frozenset({
    "not", "no", "nein", "nee", "dont", "never", "wouldnt", "kein", "keine", "keinen", "keinerlei", "nicht", "nie",
    "niemals", "ne", "pas", "aucun", "aucune", "jamais", "non", "nessun", "nessuna", "nunca", "ningun", "ninguna",
    "geen", "niet", "nooit", "nao", "nenhum", "nenhuma", "zadnych", "не", "нет", "никаких",
})  # fmt: skip
_LEAVING = frozenset({
    "unsubscribe", "unsubscribed", "optout", "abmelden", "abbestellen", "desabonner", "desinscrire", "disiscrivermi",
    "disiscrivimi", "отписаться", "отпишите",
})  # fmt: skip
_LEAVING_PAIRS = frozenset({("opt", "out"), ("opt", "me"), ("opted", "out"), ("remove", "me"), ("exclude", "me")})
_FIRST = 5  # "I would like to unsubscribe"
_ELSEWHERE = frozenset({
    "anytime", "jederzeit", "moment", "momento", "момент", "время", "time", "can", "may", "could", "right", "rights",
    "until", "unless", "how", "link", "links", "footer", "click", "spam", "miss", "missing", "verpassen", "verpasse",
    "manquer", "manquez", "perder", "perdas", "pierdas", "perdere", "perderti", "missen", "did", "didnt", "havent",
    "hasnt", "konnen", "kann", "peux", "pouvez", "puede", "puedo", "posso", "pode", "share", "shared", "sell", "sold",
    "weitergegeben", "weitergeben", "robot", "obligation", "purchase", "cost", "charge", "fee", "only", "sure",
})  # fmt: skip
"""Words of sentences that tell how one leaves later, what is not done with the address, or what is not to be missed."""
_OURS = frozenset({"we", "our", "your", "wir", "ihre", "deine", "nous", "vos", "votre", "sus", "tus", "noi", "мы"})
"""How sentences begin that say what we do or do not do."""
_YES = frozenset({
    "yes", "ja", "oui", "si", "sim", "tak", "да", "agree", "consent", "accept", "willige", "stimme", "accepte",
    "acepto", "accetto", "aceito", "согласен", "согласна", "untick", "uncheck", "deselect", "unless", "confirm",
})  # fmt: skip
"""Words of a yes: with a no beside them nobody knows which it is."""
_SENTENCE = re.compile(r"[.!?;\n]+")
_APOSTROPHES = re.compile(r"(?<=n)['\u2019](?=t\b)|(?<=\be)-(?=mail)", re.IGNORECASE)  # don't, e-mail
_JOINED = re.compile(r"\b(no|non|not|never)-(?=\w)", re.IGNORECASE)  # non-profit news, a no-obligation offer
_LONGEST = 20_000


def says_no(text: str) -> bool | None:
    """Whether a text plainly says: write me no mail. None where it has words of a no, and may mean something else."""
    plain = _JOINED.sub(r"\1", _APOSTROPHES.sub("", text[:_LONGEST]))
    found = [_judged(words) for sentence in _SENTENCE.split(plain) if (words := words_of(sentence))]
    return True if True in found else None if None in found else False


def begins_with_no(text: str) -> bool:
    """Whether an answer's first word is a no: ``No thanks``."""
    words = words_of(text)
    return bool(words) and words[0] in _NOT


def _judged(words: Sequence[str]) -> bool | None:
    refusing = next((place for place, word in enumerate(words) if word in _NOT), None)
    leaving = _leaving(words)
    if (refusing is None and leaving is None) or not _ELSEWHERE.isdisjoint(words) or words[0] in _OURS:
        return False
    if not _YES.isdisjoint(words):
        return None
    if leaving is not None:
        return True if leaving < _FIRST else None
    return True if any(word in _WRITING for word in words[refusing:]) else None


def _leaving(words: Sequence[str]) -> int | None:
    single = [place for place, word in enumerate(words) if word in _LEAVING]
    pairs = [place for place, pair in enumerate(pairwise(words)) if pair in _LEAVING_PAIRS]
    return min([*single, *pairs], default=None)
