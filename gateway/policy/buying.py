"""When a list is worth its price: the thresholds of ``buying.yaml``, read as strictly as a pack. They judge no lead.

The form of the file is described in our own, policies/buying.yaml. A company's file, read after ours, replaces the
thresholds that it names.
"""

import re
from dataclasses import dataclass

from gateway.domain.money import places
from gateway.policy.entries import read_review
from gateway.policy.form import Form, shown

COST = "cost_per_prospect"
GOOD = ("prospects",)  # the more, the better; of all others, the less
MEASURES = (
    "prospects", "holds", "rejections", "undeliverable", "opted_out", "disposable", "role", "duplicates", COST,
)  # fmt: skip
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is accepted and what is refused of one measure: shares from 0 to 1, or money in minor units."""

    of: str
    accept: float
    refuse: float
    because: str
    currency: str | None = None  # of a cost
    file: str = ""
    line: int = 0

    @property
    def more_is_better(self) -> bool:
        """Whether ``accept`` is the least that is accepted, and not the most."""
        return self.of in GOOD


Thresholds = dict[tuple[str, str | None], Threshold]


def read_thresholds(form: Form, found: Thresholds) -> None:
    """Read one file into what the files before it said."""
    form.only("buying", "title", "reviewed", "thresholds", "worth")
    form.text("buying")
    form.text("title")
    read_review(form)
    if "thresholds" not in form.data and form.has("worth"):
        return  # a company's file may be about the worth alone (worth.py)
    written = form.data.get("thresholds")
    if not isinstance(written, list) or not written:
        form.complain("expected a list of one or more thresholds", "thresholds")
        return
    named: set[tuple[str, str | None]] = set()
    for number in range(len(written)):
        _read_one(Form(form.document, (*form.path, "thresholds", number), form.complaints), found, named)


def _read_one(form: Form, found: Thresholds, named: set[tuple[str, str | None]]) -> None:
    of = form.choice("of", MEASURES)
    lower, upper = ("accept_from", "refuse_below") if of in GOOD else ("accept_up_to", "refuse_above")
    form.only("of", "because", "off", lower, upper, *(["currency"] if of == COST else []))
    currency = form.text("currency") if of == COST else None
    if currency and not _CURRENCY.fullmatch(currency):
        form.complain("expected a currency such as USD", "currency")
    key = (of, currency)
    if key in named:
        form.complain(f"{of} stands here twice", "of")
    named.add(key)
    because = form.text("because")
    if form.has("off"):
        if not form.flag("off") or lower in form.data or upper in form.data:
            form.complain("write off: true alone, or leave it out and give limits", "off")
        found.pop(key, None)
        return
    accept, refuse = _limit(form, lower, currency), _limit(form, upper, currency)
    if accept is None or refuse is None:
        return
    if (refuse > accept) if of in GOOD else (refuse < accept):
        form.complain(f"{upper} contradicts {lower}: nothing may be both accepted and refused", upper)
        return
    found[key] = Threshold(of, accept, refuse, because, currency, form.document.name, form.line())


def _limit(form: Form, key: str, currency: str | None) -> float | None:
    """A percent as a share; money in minor units."""
    value = form.data.get(key)
    if value is None:
        form.complain(f"{key!r} is missing")
        return None
    if currency is not None:
        digits = places(currency)
        if isinstance(value, str) and _AMOUNT.fullmatch(value) and len(value.partition(".")[2]) <= digits:
            return round(float(value) * float(10**digits))
        form.complain(f'expected an amount in quotes such as "2.00", got {shown(value)}', key)
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004
        form.complain(f"expected a percent from 0 to 100, got {shown(value)}", key)
        return None
    return float(value) / 100
