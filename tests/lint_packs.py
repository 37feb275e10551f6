"""A small pack that lint has nothing to say of, and what it says once something is added."""

from policy_packs import DAY, OBLIGATIONS, REASONS, pack, rule, write

from gateway.policy.lint import lint

PROVEN = {"fact": "consent.is_proven", "is": True}
NOT_PROVEN = {"fact": "consent.is_proven", "is": False}
USED_REASONS = {code: words for code, words in REASONS.items() if code != "other"}
USED_OBLIGATIONS = {"label": OBLIGATIONS["label"]}
CASES = {
    "as_of": DAY,
    "cases": [
        {"sentence": "Known", "facts": {"source.provenance_is_complete": True}, "verdict": "accept",
         "speaks": ["CS-01"]},
        {"sentence": "Unknown", "verdict": "hold", "silent": ["CS-01"]},
    ],
}  # fmt: skip
CLEAN = rule("CS-01", obligations=["label"])


def linted(
    folder, *rules, reasons=USED_REASONS, obligations=USED_OBLIGATIONS, cases=None, on=None, strict=False, **changes
):
    """What lint says of the clean rule, then these, with the folder's name left out."""
    made = pack("us", CLEAN, *rules, **changes)
    write(folder, made, reasons=reasons, obligations=obligations, cases=cases or {"us": CASES})
    return [str(problem).replace(f"{folder}/", "") for problem in lint([folder], on=on, strict=strict)]


def codes(said, rule_id):
    """The codes of the problems that name a rule, but for its cases."""
    return [line.split(": ")[1] for line in said if rule_id in line and "case" not in line.split(": ")[1]]
