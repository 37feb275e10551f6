"""An override as a precedent: the case and the overlay it would be, to download, and whom it would flip."""

from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from flask import Response, request

from gateway.clocks.calendar import day_of
from gateway.console.desk.charts import Bar, bars
from gateway.console.desk.gate import me, page, shown
from gateway.console.desk.overrides import PAGE, find_or_refuse
from gateway.db.work import reading
from gateway.intake.http import services
from gateway.outcomes.history import find_recorded
from gateway.outcomes.overrides import Record, decisions_of, leads_of
from gateway.policy.errors import PolicyError
from gateway.policy.precedent import Precedent, propose, under_overlay
from gateway.replay.again import Replay, Window, replay
from gateway.replay.translate import Translator

SPANS = (30, 90, 365)
_TRIED = 20  # decisions of its leads that are looked at for one that makes a case


class _Seen(NamedTuple):
    """What would flip, as pictures."""

    replay: Replay
    flips: list[Bar]
    by: list[tuple[str, list[Bar]]]
    samples: list[int]


@page("GET", "/overrides/<int:number>/precedent", role="officer")
def show(number: int) -> Response:
    """The proposal; with ``days`` what it would flip in the last so many days."""
    found, case = _proposed(number)
    days = request.args.get("days", type=int)
    seen = _preview(case, days) if case is not None and case.overlay and days in SPANS else None
    return shown(
        "overrides/precedent.html", here="overrides", one=found, case=case, seen=seen, spans=SPANS, days=days, page=PAGE
    )  # fmt: skip


@page("GET", "/overrides/<int:number>/precedent.yaml", role="officer")
def download(number: int) -> Response:
    """The file of cases, or with ``part=overlay`` the overlay."""
    _, case = _proposed(number)
    wants_overlay = request.args.get("part") == "overlay"
    text = None if case is None else case.overlay if wants_overlay else case.cases
    if case is None or text is None:
        return Response("# There is nothing to propose.\n", 404, mimetype="application/yaml")
    file = f"{case.name}.yaml" if wants_overlay else f"{case.name}.test.yaml"
    heads = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(text, 200, heads, mimetype="application/yaml")


def _proposed(number: int) -> tuple[Record, Precedent | None]:
    gateway = services()
    policies, zone = gateway.policies, gateway.settings.zone
    today = day_of(gateway.clock.now(), zone)
    with reading(gateway.engine) as connection:
        found = find_or_refuse(connection, number)
        numbers = decisions_of(connection, leads_of(connection, number))
        for recorded in islice(find_recorded(connection, numbers[:_TRIED]), _TRIED):
            decision, as_of = recorded.decision, recorded.as_of
            if decision is None or as_of is None:
                continue
            try:
                then = gateway.policies_of(connection, recorded.digest)
                if then is None:
                    continue
                judge = policies.judge(as_of)
                case = Translator(then.judge(as_of), judge, as_of).translate(decision).case
            except (PolicyError, TypeError, ValueError):
                continue
            made = propose(
                policies, case, judge, rules=found.rules, name=found.name, reason=found.reason, by=me().name,
                as_of=as_of, day=today, again_by=today + timedelta(days=182),
            )  # fmt: skip
            if made is not None:
                return found, made
    return found, None


def _preview(case: Precedent, days: int) -> _Seen:
    gateway = services()
    today = day_of(gateway.clock.now(), gateway.settings.zone)
    window = Window(since=today - timedelta(days=days), in_force_on=today)
    result = replay(gateway, under_overlay(gateway.policies, case), window)
    flips = bars([(f"{flip.before} → {flip.after}", count) for flip, count in result.flips.most_common()])
    by = []
    for kind in ("rule", "vendor", "month"):
        counts = result.by[kind]
        totals: dict[str, int] = {}
        for (value, _), count in counts.items():
            totals[value] = totals.get(value, 0) + count
        by.append((kind, bars(sorted(totals.items(), key=lambda item: -item[1])[:8])))
    samples = [lead for leads in result.samples.values() for lead in leads]
    return _Seen(result, flips, by, samples)
