"""Packs, overlays and cases at random, quickly; the seed decides everything."""

from datetime import UTC, date, datetime, timedelta

from policy_packs import DAY, pack, rule
from second_evaluator import STRICT, midnight, span_before

from gateway.domain.facts import CATALOGUE

SPANS = ["28 days", "30 days", "1 month", "60 days", "2 months", "120 days", "365 days", "12 months", "1 year",
         "2 years"]  # fmt: skip
DAYS = [date(2024, 2, 29), date(2025, 11, 21), date(2026, 1, 1), date(2026, 11, 21), date(2027, 3, 1)]
TEXTS = ["US", "CA", "DE", "GB"]
# A handful of facts of every kind, so that conditions meet again and again in the same ones.
NAMES = ["address.is_valid", "suppression.is_matched", "source.vendor_standing", "consent.status", "consent.at",
         "source.collected_at", "person.country", "person.region", "phone.is_given", "phone.consent"]  # fmt: skip


def ask(rnd, names=NAMES, *, known=True):
    name = rnd.choice(names)
    spec = CATALOGUE[name]
    if known and rnd.random() < 0.15:
        return {"fact": name, "known": rnd.random() < 0.5}
    if spec.kind == "instant":
        if rnd.random() < 0.3:
            return {"fact": name, rnd.choice(["before", "on_or_after"]): rnd.choice(DAYS)}
        return {"fact": name, rnd.choice(["older_than", "newer_than"]): rnd.choice(SPANS)}
    if spec.kind == "boolean":
        return {"fact": name, rnd.choice(["is", "is_not"]): rnd.random() < 0.5}
    options = list(spec.choices or TEXTS)
    if rnd.random() < 0.5:
        return {"fact": name, rnd.choice(["is", "is_not"]): rnd.choice(options)}
    return {"fact": name, rnd.choice(["in", "not_in"]): rnd.sample(options, rnd.randint(1, 3))}


def condition(rnd, depth=0, **how):
    if depth >= 3 or rnd.random() < 0.45:
        return ask(rnd, **how)
    join = rnd.choice(["all", "any", "not"])
    if join == "not":
        return {"not": condition(rnd, depth + 1, **how)}
    return {join: [condition(rnd, depth + 1, **how) for _ in range(rnd.randint(1, 3))]}


def a_rule(rnd, name, *, grants, monotone=False, then=None):
    """``monotone``: no question about what is known, and nothing that stays silent when unknown."""
    then = then or rnd.choice(STRICT)
    holds = "hold" if monotone and then != "accept" else None if monotone else rnd.choice([None, "hold", "silent"])
    may_hold = then == "hold" or (holds or ("silent" if then == "accept" else "hold")) == "hold"
    since, until = rnd.choice([(DAY.replace(year=y), z) for y in (2004, 2025, 2026) for z in (None, 2027, 2030)])
    house = not grants and rnd.random() < 0.8
    asks = then == "hold" or (may_hold and rnd.random() < 0.5)
    words = may_hold and holds != "silent" and (then != "accept" or holds) and rnd.random() < 0.3
    return rule(
        name, when=condition(rnd, known=not monotone), then=then,
        in_force={"from": since} | ({} if until is None else {"until": DAY.replace(year=until)}),
        if_unknown=holds,
        question=rnd.choice(["recheck", "evidence", "review"]) if asks else None,
        reason=rnd.choice(["because", "other"]),
        unknown_reason="other" if words else None,
        obligations=rnd.sample(["label", "stop", "address"], rnd.randint(0, 2)) or None,
        grants=False if grants and then == "accept" and rnd.random() < 0.2 else None,
        use=rnd.choice([None, None, None, "phone", "emission"]) if not (grants and then == "accept") else None,
        judged_at="consent" if not monotone and rnd.random() < 0.15 else None,
        override=rnd.choice(["never", "allowed"]),
        cites={"house": "Our own"} if house else None or rule()["cites"],
    )  # fmt: skip


def packs(rnd, *, monotone=False):
    made = []
    for name, grants in (("us", True), ("world", True), ("house", False)):
        prefix = {"us": "US", "world": "WO", "house": "H"}[name]
        rules = [a_rule(rnd, f"{prefix}-{n:02}", grants=grants, monotone=monotone) for n in range(rnd.randint(1, 5))]
        applies = condition(rnd, known=not monotone) if rnd.random() < 0.5 else None
        made.append(pack(name, *rules, grants=grants, applies_to=applies))
    return made


def overlay(rnd, content):
    """An overlay that the loader takes: only what may be weakened is, and only stricter verdicts otherwise."""
    every = [made for one in content for made in one["rules"]]
    off = [r for r in every if "house" in r["cites"] and r.get("override") != "never" and rnd.random() < 0.4]
    harder = [r for r in every if r not in off and r["then"] != "reject" and rnd.random() < 0.3]
    made = {"overlay": "ours", "title": "What we do differently",
            "reviewed": {"by": "Ada", "on": DAY, "again_by": DAY.replace(year=2027)}}  # fmt: skip
    if off:
        made["switch_off"] = [{"rule": r["id"], "from": rnd.choice(DAYS), "because": "why"} for r in off]
    if harder:
        made["stricter"] = []
        for one in harder:
            then = rnd.choice(STRICT[STRICT.index(one["then"]) + 1 :])
            change = {"rule": one["id"], "from": rnd.choice(DAYS), "then": then, "because": "why"}
            made["stricter"].append(change | ({"question": "review"} if then == "hold" else {}))
    return made if off or harder else None


def as_of(rnd):
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=rnd.randint(0, 4 * 365 * 1440))


def answer(rnd, name, at, *, unknown=1 / 5):
    spec = CATALOGUE[name]
    if rnd.random() < unknown:
        return None
    if spec.kind == "boolean":
        return rnd.random() < 0.5
    if spec.kind == "instant":
        tick = timedelta(microseconds=rnd.choice([-1, 0, 1]))  # exactly at a limit, and beside it
        return rnd.choice([span_before(at, rnd.choice(SPANS)) + tick, midnight(rnd.choice(DAYS)) + tick,
                           at + timedelta(days=rnd.randint(-900, 90))])  # fmt: skip
    return rnd.choice(list(spec.choices or TEXTS))


def case(rnd, at, names=NAMES, *, unknown=1 / 5):
    return {name: answer(rnd, name, at, unknown=unknown) for name in names}


def completed(rnd, partial, at, names=NAMES):
    """The same case with every unknown answered."""
    return {name: answer(rnd, name, at, unknown=0) if partial.get(name) is None else partial[name] for name in names}
