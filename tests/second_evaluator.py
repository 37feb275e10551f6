"""A second evaluator, for tests only: the meaning of policy files written from their contract alone.

It looks at the files' own content and shares no code with the engine. Truth is a number: 1, 0, or one half for
unknown; then ``all`` is the least, ``any`` the greatest, and ``not`` one minus.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta

STRICT = ["accept", "hold", "reject"]


def span_before(as_of, text):
    count, unit = text.split()
    if unit.startswith("day"):
        return as_of - timedelta(days=int(count))
    year, month = as_of.year, as_of.month
    for _ in range(int(count) * (12 if unit.startswith("year") else 1)):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return as_of.replace(year=year, month=month, day=min(as_of.day, calendar.monthrange(year, month)[1]))


def midnight(day):
    return datetime.combine(day, time(), UTC)


def truth(condition, case, as_of):
    if "fact" in condition:
        (verb,) = set(condition) - {"fact"}
        return answered(verb, condition[verb], case.get(condition["fact"]), as_of)
    if "not" in condition:
        return 1 - truth(condition["not"], case, as_of)
    (join, parts) = next(iter(condition.items()))
    return {"all": min, "any": max}[join](truth(part, case, as_of) for part in parts)


def answered(verb, value, answer, as_of):
    if verb == "known":
        return float((answer is not None) == value)
    if answer is None:
        return 0.5
    if verb in {"older_than", "newer_than"}:
        return float((answer < span_before(as_of, value)) == (verb == "older_than"))
    if verb in {"before", "on_or_after"}:
        return float((answer < midnight(value)) == (verb == "before"))
    wanted = value if verb in {"in", "not_in"} else [value]
    return float((answer in wanted) == (verb in {"is", "in"}))


def undecided(condition, case, as_of):
    if truth(condition, case, as_of) != 0.5:
        return set()
    parts = condition.get("all") or condition.get("any") or ([condition["not"]] if "not" in condition else [])
    return {condition["fact"]} if not parts else set().union(*(undecided(p, case, as_of) for p in parts))


def in_force(rule, case, as_of):
    """1, 0 or one half: whether the rule exists for this lead."""
    days, stands = rule["in_force"], rule.get("stands", {})
    if not stands.get("from", date.min) <= as_of.date() <= stands.get("until", date.max):
        return 0.0
    if rule.get("judged_at") != "consent":
        return float(days["from"] <= as_of.date() <= days.get("until", date.max))
    if as_of.date() < days["from"]:
        return 0.0
    given = case.get("consent.at")
    if given is None:
        return 0.5
    return float(
        midnight(days["from"]) <= given and ("until" not in days or given < midnight(days["until"]) + timedelta(1))
    )


def judged(packs, case, as_of):
    """(verdict, phone, findings, obligations); a finding is (rule, use, verdict, reason, unknown facts, question)."""
    findings, owed, grounds = [], {}, False
    for content in sorted(packs, key=lambda p: (not p["grants"], p["pack"])):
        applies = truth(content["applies_to"], case, as_of) if "applies_to" in content else 1
        if applies == 0:
            continue
        for made in content["rules"]:
            exists = in_force(made, case, as_of)
            if exists == 0:
                continue
            says, then, use = (
                min(exists, truth(made["when"], case, as_of)),
                made["then"],
                made.get("use", content.get("use", "lead")),
            )
            holds = made.get("if_unknown", "silent" if then == "accept" else "hold") == "hold"
            if says == 1 and use != "lead" and then == "accept" and applies != 1:
                continue
            if says == 1:
                question = made.get("question") if then == "hold" else None
                if applies == 0.5 and then == "reject":
                    silent = frozenset(undecided(content["applies_to"], case, as_of))
                    findings.append((made["id"], use, "hold", made["reason"], silent, "review"))
                    continue
                findings.append((made["id"], use, then, made["reason"], frozenset(), question))
                owed[made["id"], then] = made.get("obligations", [])
                grounds |= (
                    then == "accept"
                    and use == "lead"
                    and content["grants"]
                    and made.get("grants", True)
                    and "law" in made["cites"]
                    and applies == 1
                )
            elif says == 0.5 and holds:
                silent = undecided(made["when"], case, as_of) | ({"consent.at"} if exists == 0.5 else set())
                reason = made.get("unknown_reason", "fact_unknown")
                findings.append((made["id"], use, "hold", reason, frozenset(silent), made.get("question", "review")))
    verdict = strictest(f[2] for f in findings if f[1] == "lead") or "accept"
    if verdict == "accept" and not grounds:
        findings.append(("GATE-00", "lead", "hold", "no_rule_speaks", frozenset(), "review"))
        verdict = "hold"
    phone = None
    if case.get("phone.is_given") is True:
        phone = strictest(f[2] for f in findings if f[1] == "phone")
        if phone is None:
            findings.append(("GATE-05", "phone", "hold", "no_rule_for_phone", frozenset(), "review"))
            phone = "hold"
    else:
        findings = [f for f in findings if f[1] != "phone"]
    obligations = set()
    for rule, use, then, _, unknown, _ in findings:
        wins = (use == "lead" and then == verdict) or (use == "phone" and verdict == phone == then == "accept")
        if wins and not unknown:
            obligations |= set(owed.get((rule, then), []))
    return verdict, phone, frozenset(findings), obligations


def strictest(verdicts):
    found = list(verdicts)
    return max(found, key=STRICT.index) if found else None


def overlaid(packs, overlay):
    """The packs' content as an overlay changes it."""
    changed = [dict(content, rules=list(content["rules"])) for content in packs]
    for content in changed:
        for change in overlay.get("switch_off", []):
            content["rules"] = [ended(r, change["from"]) if r["id"] == change["rule"] else r for r in content["rules"]]
        for change in overlay.get("stricter", []):
            rules = []
            for made in content["rules"]:
                if made["id"] != change["rule"]:
                    rules.append(made)
                    continue
                rules.append(ended(made, change["from"]))
                new = {k: v for k, v in made.items() if k != "obligations"} | {"then": change["then"]}
                new["stands"] = {"from": change["from"]}
                new["if_unknown"] = made.get("if_unknown", "silent" if made["then"] == "accept" else "hold")
                rules.append(new | ({"question": change["question"]} if "question" in change else {}))
            content["rules"] = rules
    return changed


def ended(rule, since):
    return dict(rule, stands={"until": since - timedelta(days=1)})


def as_judged(decision):
    """A decision of the engine in the same form."""
    findings = frozenset(
        (f.rule, f.use, f.verdict, f.reason, frozenset(f.unknown), f.question) for f in decision.findings
    )
    return decision.verdict, decision.phone, findings, set(decision.obligations)
