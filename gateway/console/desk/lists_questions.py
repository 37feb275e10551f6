"""The upload wizard, second half: what is known of the list, a sample before it is paid for, and the import."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from gateway.console.desk.gate import DIGITS, me, page, shown
from gateway.console.desk.lists_new import STEPS, to_list, to_step
from gateway.console.desk.measured import Measure, measures_of
from gateway.console.desk.reasoned import officer_words
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.beforehand.sample import MOST_ROWS, MOST_SEED, ROWS
from gateway.intake.drafts import (
    Draft,
    bring_draft,
    draw_sample,
    find_draft,
    find_same,
    last_said,
    manifest_of,
    manifest_text,
    replace_answers,
)
from gateway.intake.http import refuse_unstorable, services
from gateway.intake.manifest.asks import ASKS, ELSEWHERE, GROUPS, NONE_OF_THEM, rules_on
from gateway.intake.manifest.filled import MOST_ITEMS, answers_of, fields_of, problem_field
from gateway.intake.uploaded import looking
from gateway.policy.rules import Rule

SHOWN_RULES = 5  # of those that rest on an answer


@page("GET", "/lists/new/<int:draft>/questions", role="uploader")
def ask(draft: int) -> Response:
    """What is known of the list, question by question."""
    one = find_draft(services(), draft, by=me().by)
    return to_list(one.list_id) if one.list_id is not None else _form(one, one.answers)


@page("POST", "/lists/new/<int:draft>/questions", role="uploader")
def answered(draft: int) -> Response:
    """Keep the answers, or say at each field what is wrong with it; then nothing is kept."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    form = request.form.to_dict(flat=False)
    refuse_unstorable(form)
    said = {key: one.answers[key] for key in ELSEWHERE if key in one.answers} | answers_of(form)
    try:
        replace_answers(services(), one, said)
    except CallerError as error:
        if error.status == 409:  # noqa: PLR2004 - finished in another tab
            raise
        return _form(one, said, error.problems)
    return to_step(draft, "questions" if request.form.get("go") == "stay" else "sample")


@page("GET", "/lists/new/<int:draft>/sample", role="uploader")
def weigh(draft: int) -> Response:
    """What a sample says of the whole list, or the form to draw one."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    parts = [(part, measures_of(part), _reasons(part)) for part in one.sample or ()]
    return shown("lists/sample.html", here="lists", draft=one, steps=STEPS, step="sample", parts=parts, rows=ROWS,
                 most=MOST_ROWS)  # fmt: skip


@page("POST", "/lists/new/<int:draft>/sample", role="uploader")
def draw(draft: int) -> Response:
    """Draw a sample and judge it; nothing of it becomes a lead."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    seed = request.form.get("seed", "").strip()
    with looking():
        draw_sample(services(), one, rows=_between("rows", 1, MOST_ROWS, ROWS),
                    seed=_between("seed", 0, MOST_SEED, 0) if seed else None)  # fmt: skip
    return to_step(draft, "sample")


@page("GET", "/lists/new/<int:draft>/import", role="uploader")
def ready(draft: int) -> Response:
    """What will be imported, before it is."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    with reading(services().engine) as connection:
        same = find_same(connection, one.digest)
    gaps = [_gap(*gap.split(": ", 1)) for gap in manifest_of(services(), one.answers).gaps]
    return shown("lists/import.html", here="lists", draft=one, steps=STEPS, step="import", gaps=gaps, same=same,
                 text=one.text)  # fmt: skip


@page("POST", "/lists/new/<int:draft>/import", role="uploader")
def bring(draft: int) -> Response:
    """Import it: the same that ``gateway import`` and the API do."""
    one = find_draft(services(), draft, by=me().by)
    if one.list_id is not None:
        return to_list(one.list_id)
    with looking():
        begun = bring_draft(services(), one, by=me().by, again="again" in request.form)
    return to_list(begun["list"], repeated=1) if begun["repeated"] else to_list(begun["list"])


def _gap(key: str, says: str) -> tuple[str, str, str]:
    """What nobody says, as the question of the form that would say it."""
    ask = next((ask for ask in ASKS if ask.key == key or ask.key.startswith(f"{key}.")), None)
    return (ask.key, ask.asks, says) if ask else (key, key, says)


def _form(draft: Draft, said: dict[str, Any], problems: Sequence[Problem] = ()) -> Response:
    wrong: dict[str, list[Problem]] = {}
    for problem in problems:
        wrong.setdefault(problem_field(problem.field), []).append(problem)
    with reading(services().engine) as connection:
        before = last_said(connection, draft.vendor) if draft.vendor else None
    fields = fields_of(said)
    filled = {group.name for group in GROUPS for one in group.asks if fields[one.key] or one.key in wrong}
    return shown(
        "lists/questions.html", 422 if problems else 200, here="lists", draft=draft, steps=STEPS, step="questions",
        groups=GROUPS, fields=fields, wrong=wrong, before=before, filled=filled, text=manifest_text(said), rules=_rules,
        none=NONE_OF_THEM, spare=lambda rows: min(len(rows) + 2, MOST_ITEMS),
    )  # fmt: skip


def _rules(facts: Sequence[str]) -> tuple[list[Rule], int]:
    """The first rules that rest on an answer, and how many more there are."""
    found = rules_on(services().policies, facts)
    return found[:SHOWN_RULES], max(0, len(found) - SHOWN_RULES)


def _reasons(part: dict[str, Any]) -> list[tuple[str, Measure]]:
    return [
        (officer_words(code), Measure.of(code, share)) for code, share in list(part["reasons"].items())[:10]
    ]  # fmt: skip


def _between(name: str, least: int, most: int, usual: int) -> int:
    text = request.form.get(name, "").strip().replace(",", "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS and least <= int(text) <= most):
        message = phrase("Give a number from %(least)s to %(most)s.", least=f"{least:,}", most=f"{most:,}")
        raise CallerError([Problem("out_of_range", message, name)])
    return int(text)
