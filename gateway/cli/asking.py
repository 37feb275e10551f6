"""What only the uploader knows is asked on a terminal: which encoding, day or month first."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gateway.domain.problem import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.intake.inspection import Inspection
    from gateway.intake.values import DateOrder
    from gateway.pipeline import Services

SHOWN = 4  # rows of each guess


def answered(
    services: "Services",
    file: Path,
    text: str,
    *,
    name: str,
    encoding: str | None,
    dates: "DateOrder | None",
    columns: "Mapping[str, str]",
    ask: bool,
) -> tuple[str, str | None]:
    """The manifest's text and the encoding, with what the options say and what was answered.

    ``name``: of the manifest, in messages. ``ask``: somebody sits there; else what is not known stays unknown.
    """
    from gateway.intake.manifest.answers import with_answers

    today = services.clock.now().date()
    text = with_answers(text, name=name, as_of=today, date_order=dates, columns=columns)
    if not ask:
        return text, encoding
    try:
        found = _look(services, file, text, name, encoding)
    except CallerError as error:
        if [problem.code for problem in error.problems] != ["encoding_unknown"]:
            return text, encoding  # the import says it
        encoding = _ask_encoding(file)
        found = _look(services, file, text, name, encoding)
    if order := _ask_order(found):
        text = with_answers(text, name=name, as_of=today, date_order=order)
    return text, encoding


def somebody_is_there() -> bool:
    """Whether questions can be put and answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _look(services: "Services", file: Path, text: str, name: str, encoding: str | None) -> "list[Inspection]":
    from gateway.intake.arrival import open_arrival
    from gateway.intake.arrival.shelf import Stored
    from gateway.intake.lists import folder_of
    from gateway.intake.manifest import read_manifest
    from gateway.intake.mappings import recalled

    manifest = recalled(services.engine, read_manifest(text, name=name))
    given = Stored(file, "", file.stat().st_size)
    with open_arrival(
        given, folder_of(services), name=file.name, manifest=manifest, encoding=encoding, ours=False
    ) as arrival:
        return [one.found for one in arrival.lists]


def _ask_encoding(file: Path) -> str:
    from gateway.intake.readers.guesses import preview_encodings

    guesses = preview_encodings(file)
    click.echo("The file is not UTF-8. How it reads in other encodings:", err=True)
    for number, guess in enumerate(guesses, 1):
        click.echo(f"\n{number}  {guess.encoding}", err=True)
        for row in guess.rows[:SHOWN]:
            click.echo(f"     {_plain(row)}", err=True)
    chosen = click.prompt("\nWhich one reads right?", type=click.IntRange(1, len(guesses)), default=1, err=True)
    return guesses[chosen - 1].encoding


def _ask_order(found: "list[Inspection]") -> "DateOrder | None":
    questions = [question for one in found for question in one.questions if question.code == "date_order"]
    if not questions:
        return None
    question = questions[0]
    click.echo(f"{question.column!r} holds dates that can be read in two ways, such as {question.example!r}:", err=True)
    for order, means in question.choices:
        click.echo(f"  {order}  {means}", err=True)
    choices = [order for order, _ in question.choices]
    chosen = click.prompt(
        "Which one is right? (unknown: they count as unknown)", type=click.Choice([*choices, "unknown"]),
        default="unknown", err=True,
    )  # fmt: skip
    return None if chosen == "unknown" else cast("DateOrder", chosen)


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
