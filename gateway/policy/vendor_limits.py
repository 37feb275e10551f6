"""When a vendor's own figures act on how it stands: ``vendors.yaml``, read as strictly as a pack. It judges no lead.

The form of the file is described in our own, policies/vendors.yaml. A company's file, read after ours, replaces the
limits and grades that it names.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from gateway.domain.decision import Citation
from gateway.policy.entries import read_review
from gateway.policy.form import Form, shown

GOOD = ("usable", "evidence")  # the more, the better; of all others, the less
LIMITED = (
    "complaints", "opt_outs", "bounces", "complaints_30", "opt_outs_30", "bounces_30", "undeliverable", "opted_out",
    "duplicates",
)  # fmt: skip
GRADED = ("usable", "evidence", *LIMITED)
LETTERS = "ABCDF"
_ID = re.compile(r"VL-[0-9]{2}")
_CITED = ("house", "provider", "contract")  # never a law: none says when a vendor goes on probation


@dataclass(frozen=True, slots=True)
class Limit:
    """From how many on, and beyond which share, a vendor's standing falls, and to what. Shares from 0 to 1."""

    id: str
    of: str
    least: int
    probation: float | None
    suspended: float | None
    cites: Citation
    because: str
    since: date
    until: date | None = None
    file: str = ""
    line: int = 0

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Steps:
    """The bounds of the grades A to D of one measure; beyond the last it is F. Shares from 0 to 1."""

    of: str
    bounds: tuple[float, ...]

    @property
    def more_is_better(self) -> bool:
        """Whether the bounds are the least for each grade, and not the most."""
        return self.of in GOOD

    def letter(self, share: float) -> str:
        """The grade of a share."""
        for letter, bound in zip(LETTERS, self.bounds, strict=False):
            if share >= bound if self.more_is_better else share <= bound:
                return letter
        return LETTERS[-1]


@dataclass(slots=True)
class VendorLimits:
    """What all folders' files say together."""

    days: int = 365  # lists of so many days count
    least_rows: int = 200  # below which nobody is graded
    limits: dict[str, Limit] = field(default_factory=dict)
    grades: dict[str, Steps] = field(default_factory=dict)


def read_vendor_limits(form: Form, found: VendorLimits) -> None:
    """Read one file into what the files before it said."""
    form.only("vendors", "title", "reviewed", "lists_of_days", "graded_from_rows", "limits", "grades")
    form.text("vendors")
    form.text("title")
    read_review(form)
    found.days = _whole(form, "lists_of_days", found.days)
    found.least_rows = _whole(form, "graded_from_rows", found.least_rows)
    for key, read in (("limits", _read_limit), ("grades", _read_steps)):
        written = form.data.get(key)
        if written is None:
            continue
        if not isinstance(written, list) or not written:
            form.complain("expected a list of one or more", key)
            continue
        named: set[str] = set()
        for number in range(len(written)):
            read(Form(form.document, (*form.path, key, number), form.complaints), found, named)


def _read_limit(form: Form, found: VendorLimits, named: set[str]) -> None:
    form.only("id", "of", "from", "probation_above", "suspended_above", "in_force", "cites", "because", "off")
    name = form.text("id")
    if name and not _ID.fullmatch(name):
        form.complain(f"{name!r} is no id; write VL-01", "id")
    if name in named:
        form.complain(f"{name} stands here twice", "id")
    named.add(name)
    because = form.text("because")
    if form.has("off"):
        if not form.flag("off") or len(form.data) > len(("id", "because", "off")):
            form.complain("write id, because and off: true alone, or leave off out and give limits", "off")
        found.limits.pop(name, None)
        return
    of, least = form.choice("of", LIMITED), _whole(form, "from", None)
    probation, suspended = (_percent(form, key) if form.has(key) else None
                            for key in ("probation_above", "suspended_above"))  # fmt: skip
    if probation is None and suspended is None:
        form.complain("give probation_above, suspended_above or both")
    if probation is not None and suspended is not None and suspended < probation:
        form.complain("suspended_above contradicts probation_above: the graver needs the more", "suspended_above")
    since, until = _dates(form)
    cites = _citation(form)
    if since is None or cites is None:
        return
    found.limits[name] = Limit(
        name, of, least, probation, suspended, cites, because, since, until, form.document.name, form.line()
    )


def _read_steps(form: Form, found: VendorLimits, named: set[str]) -> None:
    of = form.choice("of", GRADED)
    key = "at_least" if of in GOOD else "up_to"
    form.only("of", "off", key)
    if of in named:
        form.complain(f"{of} stands here twice", "of")
    named.add(of)
    if form.has("off"):
        if not form.flag("off") or key in form.data:
            form.complain("write off: true alone, or leave it out and give the bounds", "off")
        found.grades.pop(of, None)
        return
    written = form.data.get(key)
    if not isinstance(written, list) or len(written) != len(LETTERS) - 1:
        form.complain(f"expected the {len(LETTERS) - 1} bounds of A to D in a list", key)
        return
    bounds = tuple(_share(form, one, key) for one in written)
    falling = of in GOOD
    if any((after > before) if falling else (after < before) for before, after in pairwise(bounds)):
        form.complain("the bounds go from the best grade to the worst", key)
    found.grades[of] = Steps(of, bounds)


def _dates(form: Form) -> tuple[date | None, date | None]:
    span = form.below("in_force")
    if span is None:
        return None, None
    span.only("from", "until")
    since, until = span.day("from"), span.day("until", needed=False)
    if since and until and until < since:
        span.complain("it ends before it begins", "until")
    return since, until


def _citation(form: Form) -> Citation | None:
    cites = form.below("cites")
    if cites is None:
        return None
    cites.only(*_CITED, "url")
    given = [kind for kind in _CITED if cites.has(kind)]
    if len(given) != 1:
        cites.complain(f"name exactly one of {', '.join(_CITED)}")
        return None
    kind = given[0]
    return Citation(kind, cites.text(kind), cites.text("url", needed=False) or None)  # type: ignore[arg-type]


def _whole(form: Form, key: str, default: int | None) -> int:
    value = form.data.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        form.complain(f"expected a whole number from 1 on, got {'nothing' if value is None else shown(value)}", key)
        return default or 1
    return value


def _percent(form: Form, key: str) -> float:
    return _share(form, form.data.get(key), key)


def _share(form: Form, value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004
        form.complain(f"expected a percent from 0 to 100, got {shown(value)}", key)
        return 0.0
    return float(value) / 100
