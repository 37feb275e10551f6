"""Puts a new rule, its two cases and its reason into a folder of packs, and writes nothing that does not hold.

Everything is written into a copy first, loaded there and tried; only then do the files take their places.
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from gateway.domain.facts import FactValue
from gateway.domain.problem import CallerError, Problem
from gateway.policy.casefile import read_given
from gateway.policy.caserun import run_cases
from gateway.policy.casewriter import ORDINARY, find_cases
from gateway.policy.draft import Draft, flow, pack_text, quoted, reason_text, rule_text
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.loader import CASES, REASONS, load_policies, read_file
from gateway.policy.pack import PolicySet
from gateway.policy.prose import UNKNOWN, in_a_line
from gateway.policy.reading import Document
from gateway.policy.words import answer, capital, question


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What was written: the files, and the sentences of the cases with their verdicts."""

    files: list[str]
    cases: list[tuple[str, str]]


def scaffold(draft: Draft, name: str, folders: Sequence[Path]) -> Scaffold:
    """Put a rule into the pack ``name`` of the last folder; after CallerError or PolicyError nothing was written."""
    folder = folders[-1].resolve()
    before = load_policies(folders if any(folder.glob("*.yaml")) else folders[:-1])
    if before.rule(draft.id) is not None:
        raise CallerError([Problem("rule_exists", f"there is a rule {draft.id} already; ids are never used again")])
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        copy.mkdir()
        for file in folder.glob("*.yaml") if folder.is_dir() else ():
            shutil.copy(file, copy / file.name)
        try:
            made = _write(draft, name, [*folders[:-1], copy], is_new_reason=draft.reason not in before.reasons)
        except PolicyError as error:
            raise PolicyError([_in(folder, complaint) for complaint in error.complaints]) from None
        folder.mkdir(parents=True, exist_ok=True)
        for written in made.files:
            shutil.copy(copy / written, folder / written)
    return made


def _in(folder: Path, found: Complaint) -> Complaint:
    """A complaint of the copy, told of the folder itself."""
    return Complaint(str(folder / Path(found.file).name), found.line, found.message, found.suggestion)


def _write(draft: Draft, name: str, folders: list[Path], *, is_new_reason: bool) -> Scaffold:
    folder = folders[-1]
    pack, cases, reasons = folder / f"{name}.yaml", folder / f"{name}{CASES}", folder / REASONS
    written = [pack.name, cases.name]
    _append(pack, rule_text(draft), start=pack_text(name, draft), under="rules")
    if is_new_reason:
        _append(reasons, reason_text(draft), start="# Why, in the words of each reader.\n\n", under=None)
        written.append(reasons.name)
    policies = load_policies(folders)
    told = _write_cases(draft, cases, policies)
    report = run_cases(policies, folder)
    if report.failures:
        hint = "; give the fact it asks under given there, or say --if-unknown silent where not knowing does not matter"
        raise CallerError([
            Problem("case_fails", f"{Path(failed.file).name}:{failed.line}: {failed.sentence}: with this rule expected "
                    f"{failed.expected}, got {failed.got}{hint if 'unknown facts' in failed.got else ''}")
            for failed in report.failures
        ])  # fmt: skip
    return Scaffold(written, told)


def _write_cases(draft: Draft, file: Path, policies: PolicySet) -> list[tuple[str, str]]:
    """Add a case in which the rule speaks and one in which it is silent; their sentences and verdicts."""
    whom = next(pack.applies_to for pack in policies.packs for rule in pack.rules if rule.id == draft.id)
    given, day = _given(file, draft.on)
    try:
        fires, silent = find_cases(draft.condition, whom, draft.on)
    except ValueError as error:
        raise CallerError([Problem("no_case", f"{error}; write the rule and its cases by hand")]) from None
    if fires is None or silent is None:
        never = f"no lead can meet this condition: {in_a_line(draft.condition)}"
        always = f"every lead whose facts are known meets this condition: {in_a_line(draft.condition)}"
        raise CallerError([Problem("no_case", never if fires is None else always, field="when")])
    told: list[tuple[str, str]] = []
    as_of = datetime.combine(draft.on, time(), UTC)
    for facts, key in ((fires, "speaks"), (silent, "silent")):
        verdict = policies.decide({**given, **facts}, as_of).verdict
        sentence = f"{draft.id} {'speaks' if key == 'speaks' else 'is silent'}: {_sentence(as_days(facts))}"
        dated = f"  as_of: {draft.on}\n" if day != draft.on else ""
        item = (
            f"- sentence: {quoted(sentence)}\n  facts: {facts_in_a_line(as_days(facts))}\n{dated}"
            f"  verdict: {verdict}\n  {key}: [{draft.id}]\n"
        )
        start = f"# Each case is judged by all packs together, as a lead is.\n\nas_of: {draft.on}\n\ngiven:\n"
        start += "".join(f"  {name}: {flow(value)}\n" for name, value in given.items()) + "\ncases:\n"
        _append(file, item, start=start, under="cases")
        told.append((sentence, verdict))
    return told


def _given(file: Path, on: date) -> tuple[Mapping[str, FactValue], date]:
    """What all cases of a file share, and as of which day; an ordinary signup, today, for a new file."""
    if not file.exists():
        return ORDINARY, on
    return read_given(_document(file))


def _sentence(facts: Mapping[str, FactValue | date]) -> str:
    return "; ".join(f"{question(name)} {capital(answer(value) or UNKNOWN)}" for name, value in facts.items())


def facts_in_a_line(facts: Mapping[str, FactValue | date]) -> str:
    """As cases write them: ``{person.country: US, consent.at: 2026-05-01}``."""
    said = (f"{name}: {'null' if value is None else flow(value)}" for name, value in facts.items())
    return f"{{{', '.join(said)}}}"


def as_days(facts: Mapping[str, FactValue]) -> dict[str, FactValue | date]:
    """Instants as the days whose midnights they are."""
    return {name: value.date() if isinstance(value, datetime) else value for name, value in facts.items()}


def _append(file: Path, text: str, *, start: str, under: str | None) -> None:
    """Add text to the end of a file, as an item of the list ``under`` where that is said; begin the file if need be."""
    if not file.exists():
        file.write_text(start + _indented(text, 2 if under else 0), encoding="utf-8")
        return
    document = _document(file)
    there = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n"
    indent = 0 if under is None else _indent_of(document, there, under)
    if indent is None or there.lstrip().startswith("{"):
        message = f"{file.name} does not end with a list of {under} in lines of their own; add this by hand:\n{text}"
        raise CallerError([Problem("not_appendable", message)])
    file.write_text(there + _indented(text, indent), encoding="utf-8")


def _document(file: Path) -> Document:
    complaints: list[Complaint] = []
    document = read_file(file, complaints)
    if document is None:
        raise PolicyError(complaints)
    return document


def _indent_of(document: Document, text: str, under: str) -> int | None:
    """How far the items of a list are indented that is the last thing in a file; None where it is not."""
    if (
        not isinstance(document.data, dict)
        or not isinstance(document.data.get(under), list)
        or not document.data[under]
    ):
        return None
    if max(document.data, key=lambda key: document.line((key,))) != under:
        return None
    line = text.splitlines()[document.line((under, 0)) - 1]
    return len(line) - len(line.lstrip(" ")) if line.lstrip(" ").startswith("- ") else None


def _indented(text: str, spaces: int) -> str:
    return "".join(f"{' ' * spaces}{line}\n" for line in text.splitlines())
