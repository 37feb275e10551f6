"""``gateway policy``: its commands, and which folders they look at."""

from datetime import UTC, date, datetime
from pathlib import Path

from gateway.cli.common import Lazy
from gateway.domain.problem import CallerError, Problem

_COMMANDS = {
    "test": ("gateway.cli.policy_checks", "test", "Try the cases beside the packs; coverage of rules and answers."),
    "lint": ("gateway.cli.policy_checks", "lint", "Look for what is wrong with the packs, all at once."),
    "explain": ("gateway.cli.policy_words", "explain", "A rule, reason, fact or obligation in plain sentences."),
    "diff": ("gateway.cli.policy_words", "diff", "What changed from one set of packs to another."),
    "new": ("gateway.cli.policy_new", "new", "Start a rule of your own, with its cases and its reason."),
    "docs": ("gateway.cli.policy_docs", "docs", "Write the reference pages."),
}

policy = Lazy(
    name="policy",
    help="Packs of rules: what they decide, what they say, and whether they are well made.",
    commands_table=_COMMANDS,
)


def folders_of(folder: Path | None = None) -> list[Path]:
    """The folders to read: those of the settings; or ``folder``, alone if it can stand so, after ours if not."""
    from gateway.config import load
    from gateway.policy.loader import stands_alone
    from gateway.wiring import policy_folders

    if folder is None:
        return policy_folders(load())
    if not folder.is_dir():
        raise CallerError([Problem("no_such_folder", f"there is no folder {folder}")])
    return [folder] if stands_alone(folder) else [policy_folders(load())[0], folder]


def today() -> date:
    """The day in UTC: these commands open no database, so nobody hands them the clock."""
    return datetime.now(UTC).date()
