"""What a column or a note is about, where a word of leaving may be of something else than the person and our mail.

A company is called Bounce, an order is removed, an advert asks who wants to opt out, a boiler is to be taken off. In
columns of such things only what can mean nothing else counts (``Do Not Email``), in wordings and adverts nothing does.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

_MAIL = (
    "email", "mail", "emails", "newsletter", "marketing", "consent", "permission", "communication",
    "abonn", "suscri", "iscri", "inscri", "prefer", "dne", "suppress",
)  # fmt: skip
"""How a word of a heading begins by which it is about mail all the same: ``Company newsletter``."""
_LEAVES = ("subscri", "unsub", "opt", "dnc")
_THINGS = frozenset({
    "company", "employer", "organisation", "organization", "firm", "firma", "unternehmen", "entreprise", "societe",
    "empresa", "azienda", "bedrijf", "business", "account", "title", "job", "occupation", "profession", "position",
    "role", "beruf", "poste", "cargo", "industry", "branche", "sector", "department", "abteilung",
    "spouse", "partner", "husband", "wife", "father", "mother", "parent", "parents", "children", "child",
    "conyuge", "conjoint", "ehepartner", "driver", "drivers", "product", "products", "item", "lineitem", "items", "sku",
    "artikel", "produkt", "produit", "producto", "prodotto", "street", "address", "city", "town", "stadt", "ort",
    "ville", "ciudad", "citta", "strasse", "rue", "calle", "county", "insurer", "insurance", "carrier", "utility",
    "provider", "bank", "lender", "school", "brand", "model", "vehicle", "order", "payment", "fulfillment",
    "fulfilment", "shipping", "shipment", "invoice", "deal", "opportunity", "loan", "mortgage", "policy", "quote",
    "application", "appointment", "ticket", "booking", "reservation", "checkin", "check", "attendance", "attendee",
    "rsvp", "invite", "invitation", "plan", "card", "credit", "refund", "claim", "license", "licence", "campaign",
    "venue", "what", "which", "why", "how", "bestellung", "zahlung", "commande", "paiement", "pedido", "pago",
    "ordine", "pagamento", "bestelling", "betaling", "zamowienie", "zamowienia", "заказ", "заказа", "оплата",
})  # fmt: skip
_TOLD = frozenset({
    "skills", "interests", "hobbies",
    "terms", "disclaimer", "disclosure", "footer", "agb", "datenschutzhinweis", "wording", "utm", "keyword", "keywords",
    "adset", "adgroup", "creative", "headline", "referrer", "referer", "landing", "useragent", "url", "uri",
})  # fmt: skip
_TOLD_PAIRS = frozenset({
    ("privacy", "policy"), ("mentions", "legales"), ("search", "term"), ("search", "query"), ("user", "agent"),
    ("ad", "name"), ("ad", "set"), ("ad", "group"), ("ad", "copy"), ("tcpa", "text"), ("tcpa", "language"),
    ("in", "statement"), ("in", "text"), ("consent", "statement"), ("consent", "text"), ("consent", "language"),
})  # fmt: skip
_SHORT = 3  # words of a heading that names something; more are a question
_TRADE = frozenset({
    "order", "deal", "policy", "loan", "invoice", "amount", "total", "price", "plan", "mrr", "lineitem", "sku",
    "shipping", "fulfillment", "ticket", "tickets", "appointment", "quote", "premium", "stage", "bestellung",
    "bestellnummer", "commande", "pedido", "ordine", "bestelling", "zamowienie", "заказ",
})  # fmt: skip
_LISTS = frozenset({
    "list", "lists", "segment", "segments", "group", "groups", "audience", "audiences", "file", "folder", "liste",
    "listen", "lista", "listas", "gruppe", "gruppen", "groupe", "segmento", "verteiler", "lijst",
})  # fmt: skip
_OTHERS = frozenset({
    "license", "licence", "driver", "drivers", "spouse", "tree", "trees", "roof", "boiler", "loan", "mortgage", "check",
    "checks", "cheque", "cheques", "payment", "payments", "amount", "tradeline", "tradelines", "accident", "accidents",
    "resuscitate", "asbestos", "system", "coverage", "insurance", "claim", "claims", "order", "orders", "invoice",
    "shipment", "card", "deal", "quote", "ticket", "appointment", "application", "forbearance", "panel", "panels",
    "appliance", "furniture", "tattoo", "hair", "tooth", "teeth", "snow", "debt", "bankruptcy", "citation", "violation",
    "violations", "points", "visa", "offer", "bid",
})  # fmt: skip
"""What else is removed, revoked, withdrawn or excluded: ``License revoked``, ``Tree removal needed``."""
_ELSEWHERE = _OTHERS - {"offer", "points", "system"} | frozenset({
    "policy", "plan", "insurer", "medicare", "medicaid", "hoa", "warranty", "deed", "lease", "title", "school", "lunch",
    "pension", "netflix", "gym", "gas", "electricity", "tariff", "timeshare", "bill", "bills", "statements", "landlord",
    "cosigner", "pencil", "husband", "wife", "ex", "competitor", "envelope", "technician", "work", "pm", "am", "uhr",
    "vodafone", "movistar", "canal", "kvk", "factura", "facturas", "bollette", "bolletta", "facture", "factures",
    "assureur", "assurance", "deuda", "cuota", "palestra", "mutuo", "ipoteca", "hipoteca", "tarjeta", "manana",
    "matin", "samedi", "google", "wall", "house", "car", "vehicle", "kitchen", "bathroom", "window", "windows",
    "versicherung", "vertrag", "vertrags", "strom", "brievenbus", "verzekering", "invoices", "paper", "brochure",
    "brochures", "catalog", "catalogs", "catalogue", "catalogues", "stump", "voicemail", "voicemails",
})  # fmt: skip
"""What somebody leaves, or wants rid of, that is not our mail; with a word of mail beside it, it may be."""
_WRITTEN = (
    "mail", "email", "newslet", "list", "market", "contact", "messag", "us", "our", "your", "advert", "promo", "offer",
    "commun", "liste", "correo", "lettre", "courriel", "werb", "database", "everything", "unsubscribe", "all",
)  # fmt: skip
_OBJECTS = frozenset({"auto", "kfz", "pkw", "fahrzeug", "wagen", "motorrad", "gewerbe", "zeitung", "telefon"})
_OF_OBJECTS = frozenset({"abgemeldet", "abbestellt", "afgemeld", "uitgeschreven"})
_LEADING = frozenset({
    "of", "from", "on", "at", "by", "before", "after", "until", "en", "de", "del", "da", "dal", "bei", "vom", "von",
    "por", "le", "la", "bij", "uit", "in", "the", "nach", "vor",
})  # fmt: skip


CHANNELS = frozenset({"sms", "texts", "whatsapp", "push", "fax", "postal", "post", "telegram", "viber", "phone"})
"""Other ways to write to somebody: who left one of them has not left the mail."""
_POSTAL = frozenset({("direct", "mail"), ("postal", "mail"), ("whats", "app"), ("text", "reply"), ("text", "status")})


def is_of_channel(words: Sequence[str]) -> bool:
    """Whether a heading or a key is about calls, texts or letters alone."""
    if any(pair in _POSTAL for pair in pairwise(words)):
        return True
    return not CHANNELS.isdisjoint(words) and not is_of_mail(words)


def is_of_mail(words: Sequence[str]) -> bool:
    """Whether a heading of these words is about mail or who may write."""
    return any(word.startswith(_MAIL) for word in words)


def tells_of_leaving(words: Sequence[str]) -> bool:
    """Whether a column is one of wordings, adverts and searches, which speak of leaving and of nobody who left."""
    return not _TOLD.isdisjoint(words) or any(pair in _TOLD_PAIRS for pair in pairwise(words))


def names_things(words: Sequence[str]) -> bool:
    """Whether a column names companies, places, products, relatives, or says how an order or a loan stands."""
    return not _THINGS.isdisjoint(words) and not is_of_mail(words) and not any(w.startswith(_LEAVES) for w in words)


def names_lists(words: Sequence[str]) -> bool:
    """Whether a column holds names of lists, which say it as names of files do."""
    return not _LISTS.isdisjoint(words)


def is_of_something_else(words: Sequence[str]) -> bool:
    """Whether a heading with a word of leaving is about something else that is removed, revoked or withdrawn."""
    return not _OTHERS.isdisjoint(words) and not is_of_mail(words)


def is_of_trade(headings: Collection[Sequence[str]]) -> bool:
    """Whether a list has columns of orders, loans and the like: its plain ``Status`` is then theirs."""
    return any(not _TRADE.isdisjoint(words) and not is_of_mail(words) and len(words) <= _SHORT for words in headings)


def speaks_elsewhere(words: Sequence[str]) -> bool:
    """Whether a sentence is about something else that somebody wants rid of, and says nothing of mail."""
    return not _ELSEWHERE.isdisjoint(words) and not any(word.startswith(_WRITTEN) for word in words)


def left_something_else(before: Sequence[str], phrase: str, after: Sequence[str]) -> bool:
    """Whether a phrase of leaving goes on with what else was left: ``opted out of Medicare``, ``Auto abgemeldet``."""
    if before and before[-1] in _OBJECTS and phrase in _OF_OBJECTS:
        return True
    return bool(after) and after[0] in _LEADING and speaks_elsewhere(after)
