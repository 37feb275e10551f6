"""A replay in words and as data."""

from collections.abc import Iterator
from typing import Any

from gateway.domain.money import written
from gateway.replay.again import Flip, Money, Replay

TOP = 15
_HEADS = {"rule": "By rule", "vendor": "By vendor", "month": "By month of arrival", "list": "By list or form"}


def as_dict(replay: Replay) -> dict[str, Any]:
    """For JSON. Money in minor units by currency."""
    return {
        "policies": replay.digest,
        "leads": replay.leads,
        "cases": replay.cases,
        "decided_again": replay.decided,
        "flipped": replay.flipped,
        "stays": dict(replay.stays),
        "refused_anyway": replay.refused_anyway,
        "not_derivable": replay.not_derivable,
        "flips": [
            {
                "before": flip.before, "after": flip.after, "leads": leads,
                "share_percent": round(100 * leads / replay.decided, 4),
                "paid_minor": dict(replay.money[flip].paid),
                "samples": [f"lead_{number}" for number in replay.samples.get(flip, [])],
            }
            for flip, leads in replay.flips.most_common()
        ],
        **{
            f"by_{name}": [
                {
                    name: value, "before": flip.before, "after": flip.after, "leads": leads,
                    "paid_minor": dict(replay.by_money[name, value, flip].paid),
                }
                for (value, flip), leads in counts.most_common()
            ]
            for name, counts in replay.by.items()
        },
        "too_little_recorded": dict(replay.blurred.most_common()),
    }  # fmt: skip


def in_words(replay: Replay) -> list[str]:
    """For people, the most first."""
    lines = [f"{replay.decided:,} of {replay.leads:,} leads, in {replay.cases:,} distinct cases, decided again."]
    if not replay.flips:
        lines.append("None of them flips.")
    else:
        lines.append(f"{replay.flipped:,} flip ({_share(replay.flipped, replay.decided)}):")
    for flip, leads in replay.flips.most_common():
        samples = ", ".join(f"lead_{number}" for number in replay.samples.get(flip, []))
        paid = _paid(replay.money[flip])
        lines.append(
            f"  {_shown(flip):<18} {leads:>12,}  {_share(leads, replay.decided):>7}{paid}"
            + (f"   for example {samples}" if samples else "")
        )
    for name, head in _HEADS.items():
        if replay.by[name]:
            lines.append(f"{head}:")
            lines.extend(_table(replay, name))
    lines.extend(_notes(replay))
    return lines


def _table(replay: Replay, name: str) -> Iterator[str]:
    counts = replay.by[name]
    most = max(len(value) for value, _ in counts)
    for (value, flip), leads in counts.most_common(TOP):
        yield f"  {value:<{min(most, 40)}}  {_shown(flip):<18} {leads:>12,}{_paid(replay.by_money[name, value, flip])}"
    if len(counts) > TOP:
        yield f"  and {len(counts) - TOP} more (--json has all)"


def _notes(replay: Replay) -> Iterator[str]:
    if replay.refused_anyway:
        yield f"{replay.refused_anyway:,} leads stay refused by the last look (duplicates, people who left meanwhile)."
    if replay.not_derivable:
        yield f"{replay.not_derivable:,} leads stand on records that cannot be decided again; see --as recorded."
    for fact, leads in replay.blurred.most_common():
        yield f"Of {leads:,} leads {fact} is not recorded exactly enough for these packs; there it counts as unknown."


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "0 %"


def _paid(money: Money) -> str:
    return "".join(f"   {written(minor, currency)} paid" for currency, minor in sorted(money.paid.items()))


def _shown(flip: Flip) -> str:
    return f"{flip.before} \N{RIGHTWARDS ARROW} {flip.after}"
