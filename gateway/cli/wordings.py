"""``gateway wordings``: the notices people agreed under, and what somebody here said of each."""

from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, open_services, say, table
from gateway.db.base import text_of
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.pipeline import Services

_CHARACTERS = 60
_SHORTEST = 6


@click.group()
def wordings() -> None:
    """The notices people agreed under: read once, for everybody who came under them."""


@wordings.command("list")
@click.option("--standing", type=click.Choice(["unread", "approved", "refused"]), help="Only those that stand so.")
@click.option("--find", default="", help="Only those with these words.")
@click.option("--limit", default=25, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_them(*, standing: str | None, find: str, limit: int, as_json: bool) -> None:
    """Wordings of lists, those first that most leads came under."""
    from gateway.db.work import reading
    from gateway.outcomes.worded import waiting_by_wording
    from gateway.wordings.shelf import list_wordings, users_of

    with reading(open_services().engine) as connection:
        found = list_wordings(connection, standing, find=find, limit=limit)
        digests = [one.digest for one in found[:limit]]
        waiting = dict(waiting_by_wording(connection, digests)) if digests else {}
        users = users_of(connection, digests)
    told = [
        {"wording": one.digest, "standing": one.standing, "leads": one.leads, "waiting": waiting.get(one.digest, 0),
         "used_by": users.get(one.digest, []), "text": one.text}
        for one in found[:limit]
    ]  # fmt: skip
    rows = [(one["wording"], one["standing"], one["leads"], one["waiting"], _cut(one["text"])) for one in told]
    lines = table(rows, ("wording", "standing", "leads", "waiting", "text")) if rows else ["No wordings here."]
    if len(found) > limit:
        lines.append("There are more: --limit shows them.")
    say({"wordings": told}, lines, as_json=as_json)


@wordings.command("show")
@click.argument("wording")
@json_option
def show(wording: str, *, as_json: bool) -> None:
    """One WORDING (the beginning of its digest is enough): its text, who used it, what was said of it, who waits."""
    from gateway.db.work import reading
    from gateway.outcomes.worded import count_waiting
    from gateway.wordings.book import history
    from gateway.wordings.shelf import find_uses, find_wording

    services = open_services()
    digest = _resolved(services, wording)
    with reading(services.engine) as connection:
        found = find_wording(connection, digest)
        assert found is not None
        uses, _, leads = find_uses(connection, digest)
        said, waiting = history(connection, digest), count_waiting(connection, digest)
    document = {
        "wording": digest, "standing": found.standing, "text": found.shown or found.text, "leads": leads,
        "waiting": waiting,
        "uses": [{"source": use.source, "vendor": use.vendor, "leads": use.leads, "last_at": text_of(use.last_at)}
                 for use in uses],
        "history": [{"standing": one.standing, "at": text_of(one.at), "by": one.by, "why": one.why} for one in said],
    }  # fmt: skip
    lines = [f"{digest}: {found.standing}, {counted(waiting, 'waiting lead')}", "", found.shown or found.text, ""]
    lines += table(
        [(use.source, use.vendor or "", use.leads, text_of(use.last_at)[:10]) for use in uses],
        ("source", "vendor", "leads", "last"),
    )
    lines += [f"{one.standing} {text_of(one.at)[:10]} by {one.by}: {one.why}" for one in said]
    say(document, lines, as_json=as_json)


def _answer(standing: str) -> Any:
    @click.argument("wording")
    @click.option("--why", required=True, help="The reason; kept for ever, without addresses.")
    @click.option("--preview", is_flag=True, help="Only show what it would do to those who wait.")
    @json_option
    def command(wording: str, *, why: str, preview: bool, as_json: bool) -> None:
        services = open_services()
        digest = _resolved(services, wording)
        if preview:
            _preview(services, digest, standing, as_json=as_json)
        else:
            _give(services, digest, standing, why, as_json=as_json)

    return command


_approve, _refuse = _answer("approved"), _answer("refused")
_approve.__doc__ = "Approve WORDING: leads that wait under it are judged again now, those to come pass by its words."
_refuse.__doc__ = "Refuse WORDING: leads of lists that wait under it or come with it are refused."
wordings.command("approve")(_approve)
wordings.command("refuse")(_refuse)


def _preview(services: "Services", digest: str, standing: str, *, as_json: bool) -> None:
    from gateway.rejudging.effect import rehearse_answer

    effect = rehearse_answer(services, digest, standing)
    ends = {name: effect.outcomes[name] for name in ("prospect", "hold", "rejection")}
    document = {
        "wording": digest, "standing": standing, "waiting": effect.waiting, "rehearsed": effect.rehearsed, **ends,
        "reasons": {outcome: dict(counts) for outcome, counts in effect.reasons.items()},
    }  # fmt: skip
    line = (
        f"Of {counted(effect.waiting, 'waiting lead')} {counted(effect.rehearsed, 'lead')} rehearsed: "
        f"{ends['prospect']} would become prospects, {ends['hold']} go on waiting, {ends['rejection']} be refused."
    )
    say(document, [line, "Nothing was changed."], as_json=as_json)


def _give(services: "Services", digest: str, standing: str, why: str, *, as_json: bool) -> None:
    from gateway.db.work import reading
    from gateway.outcomes.worded import count_waiting
    from gateway.rejudging.again import find_rejudging, work_rejudging
    from gateway.rejudging.answer import answer

    with services.unit_of_work() as work:
        number = answer(work, services, digest, standing, why, by="operator")
    document: dict[str, Any] = {"wording": digest, "standing": standing, "prospects": 0, "rejections": 0}
    lines = [f"{digest}: {standing}"]
    if number is not None:
        work_rejudging(number, services)  # unless a worker was quicker
        done = find_rejudging(services, number)
        document |= {"prospects": done.prospects, "rejections": done.rejections}
        ends = f"{done.prospects} became prospects, {done.rejections} were refused"
        lines.append(f"{counted(done.dealt, 'lead')} of {done.leads} judged again: {ends}.")
    with reading(services.engine) as connection:
        document["waiting"] = count_waiting(connection, digest)
    say(document, lines, as_json=as_json)


def _resolved(services: "Services", text: str) -> str:
    from gateway.db.work import reading
    from gateway.wordings.shelf import resolve

    start = text.strip().lower()
    found = []
    if len(start) >= _SHORTEST and all(c in "0123456789abcdef" for c in start):
        with reading(services.engine) as connection:
            found = resolve(connection, start)
    if len(found) != 1:
        message = f"several wordings begin with {text}" if found else f"there is no wording {text!r}"
        raise CallerError([Problem("unknown_wording", message, field="wording")])
    return found[0]


def _cut(text: Any) -> str:
    said = str(text)
    return said if len(said) <= _CHARACTERS else said[: _CHARACTERS - 1] + "…"
