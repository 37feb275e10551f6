"""``gateway policy explain`` and ``gateway policy diff``."""

from dataclasses import asdict
from pathlib import Path

import click

from gateway.cli.common import json_option, say
from gateway.cli.policies import folders_of
from gateway.domain.problem import CallerError, Problem


@click.command()
@click.argument("name")
@json_option
def explain(name: str, *, as_json: bool) -> None:
    """What NAME says, in plain sentences: a rule (CS-18), a reason, a fact or an obligation (OB-06)."""
    from gateway.policy.casefile import read_examples
    from gateway.policy.describe import Describer
    from gateway.policy.errors import Complaint
    from gateway.policy.loader import load_policies

    folders = folders_of()
    policies = load_policies(folders)
    unread: list[Complaint] = []  # `gateway policy test` tells of them
    describer = Describer(policies, [one for folder in folders for one in read_examples(policies, folder, unread)])
    found = describer.find(name)
    if not found:
        message = f"no rule, reason, fact or obligation is called {name!r}"
        raise CallerError([Problem("unknown_name", message, suggestion=describer.suggest(name))])
    lines = [line for one in found for line in (*one.sentences, "")][:-1]
    say({"found": [asdict(one) for one in found]}, lines, as_json=as_json)


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@json_option
def diff(before: Path, after: Path, *, as_json: bool) -> None:
    """What changed from the packs in the folder BEFORE to those in AFTER, in sentences.

    A folder with packs of a company alone is read after ours.
    """
    from gateway.policy.compare import compare
    from gateway.policy.loader import load_policies

    old, new = load_policies(folders_of(before)), load_policies(folders_of(after))
    changes = compare(old, new)
    lines = []
    for change in changes:
        lines += [f"The {change.kind} {change.name} was {change.what}.", *(f"  {line}" for line in change.sentences)]
    lines += ["Nothing changed."] if not changes else ["", f"{len(changes)} changes."]
    digests = {"before": old.digest, "after": new.digest}
    say({**digests, "changes": [asdict(change) for change in changes]}, lines, as_json=as_json)
