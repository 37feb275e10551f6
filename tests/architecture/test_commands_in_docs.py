"""Every command that a page tells somebody to type is one the gateway has, with the options it has."""

import re
import shlex
from pathlib import Path

import click
import pytest

from gateway.cli import gateway

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "policies").glob("*.md")])
TYPED = re.compile(r"^ *(?:\S*/)?gateway (.+)$", re.MULTILINE)
MENTIONED = re.compile(r"`(?:\.venv/bin/)?gateway ([^`]+)`")


def commands() -> list[tuple[str, str, bool]]:
    """(page, arguments, whether they are complete) of all commands on all pages."""
    found = []
    for page in PAGES:
        text = page.read_text()
        name = page.relative_to(ROOT).as_posix()
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        found += [(name, line, True) for block in blocks for line in TYPED.findall(block)]
        found += [(name, mention.replace("\n", " "), False) for mention in MENTIONED.findall(text)]
    return found


def parse(words: list[str]) -> None:
    """Read a command line as the gateway would, without doing anything. Raises click.UsageError."""
    command: click.Command = gateway
    context = click.Context(gateway, info_name="gateway")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"there is no command {name!r}")
        command, context = found, click.Context(found, info_name=name, parent=context)
    if isinstance(command, click.Group) and not words and not command.invoke_without_command:
        return  # a mention of the group as such
    command.make_context(command.name, words, parent=context.parent)


def test_pages_have_commands_at_all():
    assert len(commands()) > 10


@pytest.mark.parametrize(("page", "typed", "complete"), commands())
def test_the_command_is_one_the_gateway_has(page, typed, complete):
    try:
        parse(shlex.split(typed, comments=True))
    except click.MissingParameter:
        if complete:
            raise


@pytest.mark.parametrize("typed", ["lsits", "lists shwo list_1", "import a.csv --manifesto b.yaml", "import a.csv"])
def test_a_wrong_command_is_noticed(typed):
    with pytest.raises(click.UsageError):
        parse(shlex.split(typed))
