"""``gateway policy test`` and ``gateway policy lint``."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, say, table
from gateway.cli.policies import folders_of, today

if TYPE_CHECKING:
    from gateway.policy.caserun import CaseReport, Tried
    from gateway.policy.phases.cases import Lived

folder_argument = click.argument("folder", type=click.Path(path_type=Path), required=False)


@click.command()
@folder_argument
@click.option("--explain", "explained", is_flag=True, help="Say of each case what was decided and why.")
@json_option
def test(folder: Path | None, *, explained: bool, as_json: bool) -> None:
    """Try the cases beside the packs, or those of FOLDER alone. Exits with 1 if any fails.

    Our cases are judged by our packs, a company's by ours and its own together. Shows how often cases name each rule
    as speaking and as silent, and which of the answers that rules ask for no case gives.
    """
    from gateway.policy.caserun import run_folders
    from gateway.policy.lived import try_histories
    from gateway.policy.values import value_coverage

    folders = folders_of(folder)
    reports = run_folders(folders)
    lives = [try_histories(report.policies, home) for report, home in zip(reports, folders, strict=True)]
    lives = lives if folder is None else lives[-1:]
    policies = reports[-1].policies
    shown = reports if folder is None else reports[-1:]
    rules = _rule_coverage(reports, home=folder)
    values = value_coverage(policies, [one.example for report in reports for one in report.tried])
    tried = [one for report in shown for one in report.tried]
    failures = [failure for one in tried for failure in one.failures]
    document: dict[str, Any] = {
        "cases": len(tried),
        "failures": [asdict(failure) for failure in failures],
        "rules": {rule: {"fired": fired, "silent": silent} for rule, (fired, silent) in rules.items()},
        "answers": {fact: asdict(found) for fact, found in values.items()},
        "histories": sum(lived.histories for lived in lives),
        "histories_missed": [asdict(missed) for lived in lives for missed in lived.missed],
    }
    lines = []
    if explained:
        told = [_explained(report, one) for report in shown for one in report.tried]
        document["explained"] = told
        for one in told:
            lines += [f"{one['file']}:{one['line']}: {one['sentence']}", *(f"  {s}" for s in one["sentences"]), ""]
    lines += [str(failure) for failure in failures]
    lines += table([(rule, fired, silent) for rule, (fired, silent) in rules.items()], ("rule", "fired", "silent"))
    lines += ["", "Answers that rules ask for, as the cases give them:"]
    for fact, found in values.items():
        never = f"; never: {', '.join(found.never)}" if found.never else ""
        lines.append(f"  {fact}: {', '.join(found.seen) or 'none seen'}{never}")
    seen, missed = (sum(len(getattr(found, side)) for found in values.values()) for side in ("seen", "never"))
    lines += ["", f"{seen} of {seen + missed} answers that rules ask for are given by some case."]
    lines += _lived(lives)
    lines.append(f"{len(tried)} cases, {len(failures)} failed; {len(rules)} rules.")
    say(document, lines, as_json=as_json)
    if failures or document["histories_missed"]:
        sys.exit(1)


def _lived(lives: Sequence["Lived"]) -> list[str]:
    """Of the histories beside lifecycle.yaml."""
    dates, missed = sum(lived.dates for lived in lives), [one for lived in lives for one in lived.missed]
    if not dates:
        return []
    count = sum(lived.histories for lived in lives)
    return [*map(str, missed), f"{count} life histories on {dates} days, {len(missed)} otherwise than expected."]


def _rule_coverage(reports: Sequence["CaseReport"], home: Path | None) -> dict[str, tuple[int, int]]:
    """How often each rule is shown; with ``home``, of the rules of that folder only."""
    ids = dict.fromkeys(
        rule.id
        for rule in reports[-1].policies.rules
        if home is None or Path(rule.spot.file).resolve().parent == home.resolve()
    )
    found = {rule: [report.coverage[rule] for report in reports if rule in report.coverage] for rule in ids}
    return {rule: (sum(c.fired for c in shown), sum(c.silent for c in shown)) for rule, shown in found.items()}


def _explained(report: "CaseReport", one: "Tried") -> dict[str, Any]:
    from gateway.policy.explain import explain

    example = one.example
    told = explain(one.decision, report.policies, as_of=example.as_of).as_dict()
    return {"file": example.spot.file, "line": example.spot.line, "sentence": example.sentence, **told}


@click.command()
@folder_argument
@click.option(
    "--strict", is_flag=True, help="Also what nobody has verified, citations without an address, facts no rule asks."
)
@json_option
def lint(folder: Path | None, *, strict: bool, as_json: bool) -> None:
    """Look the packs over, all problems at once, each with its place and what to do. Exits with 1 if anything is found.

    Finds rules that can never be true, are always true, contradict, repeat or shadow one another; rules without cases
    and cases that fail; reviews that are overdue; facts that nobody establishes; reasons and obligations that are
    never used or do not say what they must.
    """
    from gateway.policy.lint import lint as look_over

    found = look_over(folders_of(folder), on=today(), strict=strict)
    lines = [str(problem) for problem in found]
    lines.append(f"{len(found)} found." if found else "Nothing to mend.")
    say({"problems": [asdict(problem) for problem in found]}, lines, as_json=as_json)
    if found:
        sys.exit(1)
