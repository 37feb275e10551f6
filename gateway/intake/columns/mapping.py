"""A file's headings become uses of its columns: what the manifest says first, then what was saved for the vendor.

Then what the layout says, then the table of headings, and the looks of the cells last of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal

from gateway.intake.columns.about import is_of_trade
from gateway.intake.columns.against import says_against, words_of
from gateway.intake.columns.headings import CAUTIONS, MERGED, fold, uses_of
from gateway.intake.columns.layouts import NO_EXPORT, Layout, find_layout, uses_in
from gateway.intake.columns.refusing import refusals_in
from gateway.intake.columns.wishing import wish_in
from gateway.intake.inspection import Use

How = Literal["manifest", "saved", "layout", "heading", "values"]
"""Who says what a column means, the surest first."""

AS_WELL = "consent_ticked.too"
"""A further column that says whether the person agreed: it can take a yes away and give none."""

ATTRIBUTE = "attribute"
"""What a manifest writes for a column that shall feed no field."""


_BARE = frozenset({"status", "statut", "estado", "stato", "situacao", "subscriptionstatus", "subscriptionstate"})
"""Headings that do not say whose state they tell."""
_ENDED = frozenset({
    "cancelledat", "canceledat", "cancelledon", "canceledon", "cancelleddate", "canceleddate", "cancellationdate",
    "datecancelled", "datecanceled", "cancelled", "canceled", "deactivated", "deactivatedat", "deactivatedon",
    "deactivationdate", "datedeactivated", "deaktiviert", "deaktiviertam", "deaktivierungsdatum", "desactivadoel",
})  # fmt: skip
"""Headings of when something ended: a subscription, where there is nothing else to end."""


@dataclass(slots=True)
class Columns:
    """What the columns of a file are used for, and what there is to tell its uploader."""

    layout: Layout
    uses: list[Use] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cautions: dict[str, list[str]] = field(default_factory=dict)  # a key of CAUTIONS -> headings
    how: dict[int, How] = field(default_factory=dict)  # the columns that mean something, and who says so


def map_columns(
    headings: Sequence[str], *, told: Mapping[str, str] | None = None, saved: Mapping[str, str] | None = None,
    file_name: str = "", address_column: int | None = None, seen: Mapping[int, str] | None = None,
) -> Columns:  # fmt: skip
    """Give every column its uses.

    ``told``: heading -> field, from the manifest; it goes before everything we think to know. ``saved``: the same, as
    saved for an earlier file of the vendor. ``address_column``: the column found by its cells where no heading names
    the address. ``seen``: place -> field, what the cells look like; it counts where nothing else says anything. Of two
    columns for one field the first wins, except for addresses (all are kept) and stops (any); the other is reported
    as not understood.
    """
    layout = find_layout(headings, file_name)
    found = Columns(layout, notes=[layout.note] if layout.note else [])
    _read_name(found, file_name)
    chosen = _told(headings, told or {}, found)
    found.how |= dict.fromkeys(chosen, "manifest")
    _keep_stops(headings, chosen, found)
    _recall(headings, saved or {}, chosen, found)
    if address_column is not None and ("email",) not in chosen.values() and address_column not in chosen:
        chosen[address_column] = ("email",)
        found.how[address_column] = "values"
        _read_head_of_addresses(found, headings[address_column])
    is_traded = layout.name in NO_EXPORT and is_of_trade([words_of(heading) for heading in headings])
    taken: set[str] = set()
    later = [place for place in range(len(headings)) if place not in chosen]
    unknown: list[int] = []
    for place in [*sorted(chosen), *later]:
        heading = headings[place]
        uses = chosen.get(place) or meaning(layout, place, heading, found.notes)
        if place not in chosen and is_traded and fold(heading) in _BARE:
            uses = tuple(use for use in uses if use != "stop.status") or ("kept",)
            found.notes.append(
                f"{heading!r} stands beside columns of orders, plans or loans and is taken for theirs: only plain "
                f"words of leaving count in it. If it says how people stand, write columns: {{{heading}: "
                "stop.status}} in the manifest."
            )
        if not uses and not is_traded and fold(heading) in _ENDED and layout.name in NO_EXPORT:
            uses = ("stop.filled",)
            found.notes.append(
                f"{heading!r} is taken to say when somebody left: whoever has anything in it but a plain no is "
                f"refused. If something else ended then, write columns: {{{heading}: {ATTRIBUTE}}} in the manifest."
            )
        if place not in chosen and ("email",) in chosen.values():
            uses = tuple("kept" if use == "email" else use for use in uses)
        if _take(found, taken, place, heading, uses):
            exported = layout.name not in NO_EXPORT and place >= layout.own_until
            found.how.setdefault(place, "layout" if exported else "heading")
        else:
            unknown.append(place)
    for place in unknown:
        use = (seen or {}).get(place)
        if use is not None and not uses_of(headings[place]) and use not in taken:
            _take(found, taken, place, headings[place], (use,))
            found.how[place] = "values"
        else:
            found.how.pop(place, None)
            found.not_understood.append(headings[place] or f"column {place + 1}")
    _join_halves(found, headings, taken)
    for why, names in found.cautions.items():
        found.notes.append(f"Not taken as consent: {', '.join(map(repr, names))} ({CAUTIONS[why]}).")
    return found


def meaning(layout: Layout, place: int, heading: str, notes: list[str] | None = None) -> tuple[str, ...]:
    """The uses of a column by its heading: as the layout and the table say, else by what it says of leaving.

    ``notes`` gets a sentence where a heading was understood by its words alone, or says one thing and its opposite.
    """
    known = uses_of(heading)
    uses = uses_in(layout, place, heading, known)
    if uses or known:
        return uses
    refusals, undone = refusals_in(heading)
    if notes is not None and refusals:
        notes.append(
            f"{heading!r} seems to say who may not be written to or called: whatever stands in it but a plain no, or "
            f"nothing, counts as a refusal. If it means something else, write columns: {{{heading}: {ATTRIBUTE}}} in "
            "the manifest."
        )
    wish = None if refusals or undone else wish_in(heading)
    if wish is not None:
        if notes is not None:
            notes.append(
                f"{heading!r} seems to ask whether somebody wants mail, or to say how they stand: a no in it counts, "
                f"and a yes does not. If it means something else, write columns: {{{heading}: {ATTRIBUTE}}} in the "
                "manifest."
            )
        return (wish,)
    if notes is not None and undone:
        notes.append(
            f"{heading!r} has words of leaving and of their opposite: nothing is read from it. If it says who left, "
            f"write columns: {{{heading}: stop}} in the manifest."
        )
    return refusals


def stops_in(uses: Sequence[str]) -> tuple[str, ...]:
    """Those of the uses that may say: do not write. No mapping that is remembered turns them off."""
    return tuple(use for use in uses if use.partition(".")[0] == "stop")


def _read_name(found: Columns, file_name: str) -> None:
    """What the name of the file, its folder or its sheet says of everybody in it, unless the layout knows."""
    word, undone = says_against(file_name)
    if word is None or found.layout.name.startswith("mailchimp"):
        return
    if undone:
        found.notes.append(
            f"The name of the file, its folder or its sheet has the word {word!r}, "
            "and another that seems to undo it: nobody is refused for it. If "
            "these people left, write stop: true in the manifest."
        )
    else:
        found.layout = replace(found.layout, stop=True)
        found.notes.append(
            f"The name of the file, its folder or its sheet says that these people left ({word!r}): "
            "every row is refused. If that is wrong, write "
            "stop: false in the manifest or give it another name."
        )


def _read_head_of_addresses(found: Columns, heading: str) -> None:
    """Addresses under ``Unsubscribed``: whoever stands in such a column left."""
    if stops_in(meaning(found.layout, 0, heading)):
        found.layout = replace(found.layout, stop=True)
        found.notes.append(
            f"The addresses stand under {heading!r}: these people left, and every row is refused. If that is wrong, "
            "write stop: false in the manifest or give the column another name."
        )


def _told(headings: Sequence[str], told: Mapping[str, str], found: Columns) -> dict[int, tuple[str, ...]]:
    """The places of the headings that the manifest speaks of; a note for those that are not there.

    It speaks of every column of that name: who left by the second of two is not to be passed over.
    """
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        places.setdefault(fold(heading), []).append(place)
    chosen: dict[int, tuple[str, ...]] = {}
    for heading, use in told.items():
        if fold(heading) in places:
            chosen |= dict.fromkeys(places[fold(heading)], ("kept",) if use == ATTRIBUTE else (use,))
        else:
            found.notes.append(missing_column(heading, headings, "gives a meaning to"))
    return chosen


def _keep_stops(headings: Sequence[str], chosen: dict[int, tuple[str, ...]], found: Columns) -> None:
    """A column that may refuse mail is read for that beside whatever field it is given.

    One wrong choice in a list of fields must not bring back those who left. ATTRIBUTE alone turns it off, and is told.
    """
    for place, uses in chosen.items():
        heading = headings[place]
        lost = () if stops_in(uses) else stops_in(meaning(found.layout, place, heading))
        if lost and uses == ("kept",):
            found.notes.append(
                f"{heading!r} seems to say who may not be written to or called, and the manifest says that it means "
                "nothing: no mark in it refuses anybody. If it does say who left, take it out of the manifest's "
                "columns."
            )
        elif lost:
            chosen[place] = (*uses, *lost)
            found.notes.append(
                f"{heading!r} seems to say who may not be written to or called: that is read in it as well, although "
                f"the manifest says {uses[0]}. If nobody is refused in it, write columns: {{{heading}: {ATTRIBUTE}}} "
                "in the manifest, or give the column another name."
            )


def _recall(
    headings: Sequence[str], saved: Mapping[str, str], chosen: dict[int, tuple[str, ...]], found: Columns
) -> None:
    """What was saved for columns of which the manifest says nothing; a stop among them is read all the same."""
    for place, uses in _told(headings, saved, Columns(found.layout)).items():
        if place not in chosen:
            heading = headings[place]
            lost = () if stops_in(uses) else stops_in(meaning(found.layout, place, heading))
            chosen[place] = (*uses, *lost)
            found.how[place] = "saved"
            if lost:
                found.notes.append(f"{heading!r} may refuse mail, and that is read whatever was saved for it.")


def missing_column(heading: str, headings: Sequence[str], verb: str) -> str:
    """The sentence about a column that the manifest names and the file lacks."""
    folded = {fold(name): name for name in headings if name}
    near = get_close_matches(fold(heading), folded, n=1)
    hint = f" Did you mean {folded[near[0]]!r}?" if near else ""
    return f"The manifest {verb} the column {heading!r}, and the file has none of that name.{hint}"


def _take(found: Columns, taken: set[str], place: int, heading: str, uses: tuple[str, ...]) -> bool:
    """Give a column its uses; False if it means nothing to us or all it means is taken."""
    understood = False
    for use in uses:
        name, _, how = use.partition(".")
        if name == "caution":
            found.cautions.setdefault(how, []).append(heading)
            understood = True
        elif name == "kept":
            understood = True
        elif name in MERGED:
            found.uses.append((use, place))
            understood = True
        elif _slot(use) not in taken:
            taken.add(_slot(use))
            found.uses.append((use, place))
            understood = True
        elif name == "consent_ticked":
            found.uses.append((AS_WELL, place))
            found.notes.append(f"{heading!r} is another box beside the first one: a plain no in either is a no.")
            understood = True
        else:
            first = next(there for kind, there in found.uses if _slot(kind) == _slot(use))
            found.notes.append(f"{heading!r} is a second column for {name}; column {first + 1} is used.")
    return understood


def _slot(use: str) -> str:
    """What can be taken once: a field, and apart from it the time of day that belongs to its date."""
    return use.removesuffix(".date")


def _join_halves(found: Columns, headings: Sequence[str], taken: set[str]) -> None:
    """A half that stands alone is the whole instant; a time of day beside a whole instant means nothing to us."""
    halves = {use for use, _ in found.uses}
    joined: list[Use] = []
    for use, place in found.uses:
        name, _, half = use.partition(".")
        if half == "date" and f"{name}.time" not in halves:
            joined.append((name, place))
        elif half == "time" and f"{name}.date" not in halves:
            if name in taken:
                found.not_understood.append(headings[place])
            else:
                joined.append((name, place))
        else:
            joined.append((use, place))
    found.uses = sorted(joined, key=lambda use: use[1])
