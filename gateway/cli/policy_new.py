"""``gateway policy new``."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import json_option, say
from gateway.cli.policies import folders_of, today
from gateway.domain.problem import CallerError, Problem

_HELP = """\
Starts a rule of your own: the rule, a case in which it speaks, one in which it is silent, and its reason.

  gateway policy new ACME-01 --folder acme --house "We do not write to schools" \\
      --title "The mailbox of a function" --when "address.role_class in group, business" --then hold

writes acme/acme.yaml, acme/acme.test.yaml and acme/reasons.yaml, or adds to them. Then:

  GATEWAY_POLICIES=acme gateway policy test
  GATEWAY_POLICIES=acme gateway policy lint

--when says FACT VERB VALUE, such as "consent.status is given", "person.country in US, CA",
"source.collected_at older_than 12 months" or "consent.at known false"; several must all be true.
All facts stand in docs/reference/facts.md; `gateway policy explain FACT` tells of one.
"""


@click.command()
@click.argument("rule_id", required=False)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Your folder, else GATEWAY_POLICIES.")
@click.option("--pack", "name", help="The pack's name; as the rule's id begins, if left out.")
@click.option("--title", help="What is the case, in a line.")
@click.option("--law", help="The law it rests on; needs --url.")
@click.option("--contract", help="The contract it rests on.")
@click.option("--provider", help="The mail service's terms it rests on.")
@click.option("--house", help="Your own decision that it rests on.")
@click.option("--url", help="Where the text can be read.")
@click.option("--when", multiple=True, metavar="'FACT VERB VALUE'", help="The condition; several must all be true.")
@click.option("--then", type=click.Choice(["accept", "hold", "reject"]), help="What it says.")
@click.option(
    "--question", type=click.Choice(["confirm", "recheck", "evidence", "review"]), help="What a hold waits for."
)
@click.option("--if-unknown", type=click.Choice(["hold", "silent"]), help="When nobody can say whether it is met.")
@click.option("--reason", help="The reason's code; made of the rule's id, if left out.")
@json_option
def new(rule_id: str | None, *, folder: Path | None, name: str | None, as_json: bool, **said: Any) -> None:
    """Start a rule of your own, with its cases and its reason. Without RULE_ID, tells how."""
    if rule_id is None:
        click.echo(_HELP, nl=False)
        return
    from gateway.policy.draft import Draft, read_when
    from gateway.policy.scaffold import scaffold

    grounds = [kind for kind in ("law", "contract", "provider", "house") if said[kind]]
    _refuse_gaps(said, grounds)
    folders = _folders(folder)
    then = said["then"]
    draft = Draft(
        id=rule_id,
        title=said["title"],
        cites=_citation(grounds[0], said[grounds[0]], said["url"]),
        when=read_when(said["when"]),
        then=then,
        question=said["question"] or ("review" if then == "hold" else None),
        if_unknown=said["if_unknown"],
        reason=said["reason"] or re.sub(r"[^a-z0-9]+", "_", rule_id.lower()),
        on=today(),
    )
    place = folders[-1]
    made = scaffold(draft, name or rule_id.rpartition("-")[0].lower(), folders)
    lines = [f"Wrote {', '.join(str(place / file) for file in made.files)}."]
    lines += [f"  {verdict:<7} {sentence}" for sentence, verdict in made.cases]
    lines += ["Now word the officer's text and the reason, put your name under reviewed, and try it:"]
    lines += [f"  GATEWAY_POLICIES={place} gateway policy {command}" for command in ("test", "lint")]
    say({"folder": str(place), **asdict(made)}, lines, as_json=as_json)


def _citation(kind: Any, text: str, url: str | None) -> Any:
    from gateway.domain.decision import Citation

    return Citation(kind, text, url)


def _refuse_gaps(said: dict[str, Any], grounds: list[str]) -> None:
    problems = [Problem("missing", f"say --{name}", field=name) for name in ("title", "when", "then") if not said[name]]
    if len(grounds) != 1:
        problems.append(Problem("missing", "say exactly one ground: --law, --contract, --provider or --house"))
    if grounds == ["law"] and not said["url"]:
        problems.append(Problem("missing", "say with --url where the law can be read", field="url"))
    if problems:
        raise CallerError(problems)


def _folders(folder: Path | None) -> list[Path]:
    """The folder to write to, last; before it what it leans on. It may not exist yet."""
    from gateway.config import load

    place = folder or load().policies
    if place is None:
        raise CallerError([Problem("missing", "say --folder, or set GATEWAY_POLICIES to your folder", field="folder")])
    return folders_of(place) if place.is_dir() else [folders_of()[0], place]
