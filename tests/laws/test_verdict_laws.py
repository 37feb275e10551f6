"""The laws of verdicts, over packs and cases at random: what no pack, overlay or missing answer can change."""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random

import pytest
import random_packs
import yaml
from policy_packs import dumped, load, pack, rule, write
from second_evaluator import STRICT, as_judged, judged, overlaid, truth

from gateway.domain.facts import CATALOGUE
from gateway.policy.apart import HISTORIES
from gateway.policy.loader import load_policies

POLICIES = Path(__file__).parents[2] / "policies"
SETS, CASES = 500, 220  # 110,000 pairs of packs and facts
SOME = 80


def overlaid_set(folder, content, overlay):
    write(folder, *content)
    (folder / "ours.yaml").write_text(dumped(overlay), encoding="utf-8")
    return load_policies([folder])


# A fifth of them in `make test`, all in `make soak`.
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, 5))])
def test_two_evaluators_agree_on_a_hundred_thousand_pairs(tmp_path, part):
    """The second one is written from the contract and shares no code with the engine (second_evaluator.py)."""
    for seed in range(part, SETS, 5):
        rnd = Random(seed)
        content = random_packs.packs(rnd)
        overlay = random_packs.overlay(rnd, content) if rnd.random() < 0.5 else None
        folder = tmp_path / str(seed)
        policies = load(folder, *content) if overlay is None else overlaid_set(folder, content, overlay)
        expected = content if overlay is None else overlaid(content, overlay)
        days = [random_packs.as_of(rnd) for _ in range(4)]
        for number in range(CASES):
            at = days[4 * number // CASES]
            case = random_packs.case(rnd, at)
            assert as_judged(policies.decide(case, at)) == judged(expected, case, at), (seed, number)


def test_the_order_of_rules_and_packs_is_irrelevant(tmp_path):
    for seed in range(SOME):
        rnd = Random(seed)
        content = random_packs.packs(rnd)
        shuffled = [dict(one, rules=rnd.sample(one["rules"], len(one["rules"]))) for one in content]
        rnd.shuffle(shuffled)
        one, other = load(tmp_path / f"a{seed}", *content), load(tmp_path / f"b{seed}", *shuffled)
        at = random_packs.as_of(rnd)
        for _ in range(20):
            case = random_packs.case(rnd, at)
            assert as_judged(one.decide(case, at)) == as_judged(other.decide(case, at))


def test_what_is_accepted_on_partial_facts_is_accepted_on_every_completion(tmp_path):
    """Of packs that never ask whether something is known and never stay silent when it is not."""
    accepted = 0
    for seed in range(SOME * 4):
        rnd = Random(seed)
        policies = load(tmp_path / str(seed), *random_packs.packs(rnd, monotone=True))
        at = random_packs.as_of(rnd)
        for _ in range(30):
            case = random_packs.case(rnd, at, unknown=0.4)
            if policies.decide(case, at).verdict != "accept":
                continue
            accepted += 1
            for _ in range(8):
                assert policies.decide(random_packs.completed(rnd, case, at), at).verdict == "accept"
    assert accepted > 500


def test_the_same_over_every_completion_of_a_small_space(tmp_path):
    names = ["address.is_valid", "suppression.is_matched", "consent.status"]
    values = {name: [True, False] for name in names[:2]} | {"consent.status": ["given", "refused", "none"]}
    at, accepted = datetime(2026, 11, 21, tzinfo=UTC), 0
    for seed in range(60):
        rnd = Random(seed)

        def asks(rnd=rnd):
            return random_packs.condition(rnd, names=names, known=False)

        rules = [rule(f"US-{n:02}", when=asks(), then=then) for n, then in enumerate(["accept", "hold", "reject"])]
        policies = load(tmp_path / str(seed), pack("us", *rules))
        for partial in product(*([None, *values[name]] for name in names)):
            if policies.decide(dict(zip(names, partial, strict=True)), at).verdict == "accept":
                accepted += None in partial
                for whole in product(*([given] if given is not None else values[name]
                                       for name, given in zip(names, partial, strict=True))):  # fmt: skip
                    assert policies.decide(dict(zip(names, whole, strict=True)), at).verdict == "accept"
    assert accepted > 20


def test_our_packs_accept_on_partial_facts_only_where_they_say_so():
    """A fact that is unknown can only be passed over by a rule that says ``if_unknown: silent`` or asks ``known``."""
    policies = load_policies([POLICIES])
    content = [yaml.safe_load(Path(one.spot.file).read_text(encoding="utf-8")) for one in policies.packs]
    rnd, accepted, completed = Random(7), 0, 0
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    good = _good_cases()
    for _ in range(1500):
        case = dict(rnd.choice(good))
        for name in rnd.sample(sorted(case), 3):
            case[name] = None
        if policies.decide(case, at).verdict != "accept":
            continue
        accepted += 1
        excused = _excused(content, case, at)
        open_ones = [name for name in CATALOGUE if case.get(name) is None and name not in excused]
        completed += len(open_ones)
        whole = case | {name: random_packs.answer(rnd, name, at, unknown=0) for name in open_ones}
        assert policies.decide(whole, at).verdict == "accept", open_ones
    assert accepted > 100
    assert completed > 10 * accepted


def _excused(content, case, at):
    """Facts that some rule passes over in silence in this very case, or asks whether they are known."""
    found = set()
    for one in content:
        for made in one["rules"]:
            whole = {"all": [one["applies_to"], made["when"]]} if "applies_to" in one else made["when"]
            asked = list(_asks(whole))
            found |= {ask["fact"] for ask in asked if "known" in ask}
            silent = made["then"] != "accept" and made.get("if_unknown") == "silent"
            if silent and truth(whole, case, at) == 0.5:
                found |= {ask["fact"] for ask in asked}
    return found


def _asks(condition):
    if "fact" in condition:
        yield condition
        return
    for part in condition.get("all") or condition.get("any") or [condition["not"]]:
        yield from _asks(part)


def _good_cases():
    found = []
    for file in sorted(set(POLICIES.glob("*.test.yaml")) - {POLICIES / HISTORIES}):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        given = content.get("given") or {}
        found += [
            {n: v for n, v in (given | (one.get("facts") or {})).items() if CATALOGUE[n].kind != "instant"}
            for one in content["cases"]
            if one["verdict"] == "accept"
        ]
    return found


def test_one_more_reject_rule_never_makes_an_acceptance(tmp_path):
    for seed in range(SOME):
        rnd = Random(seed)
        content = random_packs.packs(rnd)
        more = [dict(one, rules=list(one["rules"])) for one in content]
        rnd.choice(more)["rules"].append(random_packs.a_rule(rnd, "NEW-01", grants=False, then="reject"))
        before, after = load(tmp_path / f"a{seed}", *content), load(tmp_path / f"b{seed}", *more)
        at = random_packs.as_of(rnd)
        for _ in range(20):
            case = random_packs.case(rnd, at)
            one, other = before.decide(case, at), after.decide(case, at)
            assert STRICT.index(other.verdict) >= STRICT.index(one.verdict)


def test_no_overlay_weakens_a_rule_marked_never_or_a_law(tmp_path):
    for seed in range(SOME):
        rnd = Random(seed)
        content = random_packs.packs(rnd)
        overlay = random_packs.overlay(rnd, content)
        if overlay is None:
            continue
        before, after = load(tmp_path / f"a{seed}", *content), overlaid_set(tmp_path / f"b{seed}", content, overlay)
        firm = {r["id"] for one in content for r in one["rules"] if r.get("override") == "never" or "law" in r["cites"]}
        at = random_packs.as_of(rnd)
        for _ in range(20):
            case = random_packs.case(rnd, at)
            one, other = before.decide(case, at), after.decide(case, at)
            said = {f.rule: STRICT.index(f.verdict) for f in one.findings if f.rule in firm}
            says = {f.rule: STRICT.index(f.verdict) for f in other.findings if f.rule in firm}
            assert all(says.get(name, -1) >= verdict for name, verdict in said.items())
