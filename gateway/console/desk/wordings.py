"""Wordings: the notices people agreed under, read once by somebody here for all who came under them."""

import re
from functools import partial
from typing import cast

from flask import Response, redirect, request
from sqlalchemy import Connection

from gateway.console.desk.gate import me, page, read_reason, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.outcomes.worded import count_waiting, waiting_by_wording
from gateway.overview import reason_title
from gateway.rejudging.again import latest_rejudging
from gateway.rejudging.answer import answer
from gateway.rejudging.effect import rehearse_answer
from gateway.wordings import kin, shelf
from gateway.wordings.book import STANDINGS, history
from gateway.wordings.shelf import PAGE, Shelved

TABS = ("waiting", "unread", "approved", "refused", "ours", "all")
LOOKED_AT = 400  # of the wordings that most wait under: looked through for a page, by what stands in them
_AFTER = re.compile(r"(\d{1,12})-([0-9a-f]{32})", re.ASCII)


@page("GET", "/wordings", role="viewer")
def show() -> Response:
    """The shelf: those with leads that wait first, then those that nobody has read."""
    find = " ".join(request.args.get("find", "").split())[:200]
    after = _AFTER.fullmatch(request.args.get("after", ""))
    behind = (int(after[1]), after[2]) if after else None
    with reading(services().engine) as connection:
        waiting = waiting_by_wording(connection)
        counts = shelf.count_by_standing(connection)
        tab = request.args.get("show", "")
        if tab not in TABS:
            tab = "all" if find else "waiting" if waiting else "unread" if counts.get("unread") else "all"
        if tab == "waiting":
            found = _most_waiting(connection, waiting, find, behind)
        elif tab == "ours":
            found = shelf.list_ours(connection, find=find, after=behind[1] if behind else "")
        else:
            found = shelf.list_wordings(connection, None if tab == "all" else tab, find=find, after=behind)
        rows = found[:PAGE]
        users = shelf.users_of(connection, [one.digest for one in rows])
    counted = dict(waiting)
    more = None
    if len(found) > PAGE:
        last = rows[-1]
        more = f"{counted[last.digest] if tab == 'waiting' else last.leads}-{last.digest}"
    return shown(
        "wordings/list.html", here="wordings", tab=tab, rows=rows, users=users, waiting=counted, find=find, more=more,
        counts={"waiting": len(waiting), "unread": counts.get("unread", 0), "approved": counts.get("approved", 0),
                "refused": counts.get("refused", 0)},
        is_first=behind is None,
    )  # fmt: skip


def _most_waiting(
    connection: Connection, waiting: list[tuple[str, int]], find: str, behind: tuple[int, str] | None
) -> list[Shelved]:
    """Those that most leads wait under, behind (leads, digest) of the last one that was shown."""
    if behind is not None:
        place = (-behind[0], behind[1])
        waiting = [one for one in waiting if (-one[1], one[0]) > place]
    found: list[Shelved] = []
    for start in range(0, len(waiting), LOOKED_AT):
        some = [digest for digest, _ in waiting[start : start + LOOKED_AT]]
        here = shelf.pick(connection, some, find=find)
        found += [here[digest] for digest in some if digest in here]
        if len(found) > PAGE:
            break
    return found[: PAGE + 1]


@page("GET", "/wordings/<digest>", role="viewer")
def one(digest: str) -> Response:
    """A wording: its text, who used it, what is near it, what was said of it, who waits."""
    gateway = services()
    with reading(gateway.engine) as connection:
        wording = _find(connection, digest)
        used, sources, leads = shelf.find_uses(connection, wording.digest)
        near = kin.find_kin(wording.text, shelf.likely_kin(connection, wording.digest, kin.LOOKED_AT))
        return shown(
            "wordings/one.html", here="wordings", wording=wording, uses=used, sources=sources, leads=leads,
            kin=near, history=history(connection, wording.digest), who=partial(who, names=names_of(connection)),
            waiting=count_waiting(connection, wording.digest), again=latest_rejudging(connection, wording.digest),
            is_ours=all(use.kind == "form" for use in used) and bool(used),
        )  # fmt: skip


@page("GET", "/wordings/<digest>/effect", role="officer")
def effect(digest: str) -> Response:
    """What an answer would do to those who wait, before it is given."""
    gateway = services()
    standing = request.args.get("standing", "")
    if standing not in STANDINGS:
        raise CallerError([Problem("unknown_standing", "A wording is approved or refused.", "standing")])
    with reading(gateway.engine) as connection:
        wording = _find(connection, digest)
    seen = rehearse_answer(gateway, wording.digest, standing)
    codes = {code for counts in seen.reasons.values() for code in counts}
    return shown(
        "wordings/effect.html", here="wordings", wording=wording, standing=standing, effect=seen,
        titles={code: reason_title(code, gateway.policies) for code in codes},
    )  # fmt: skip


@page("POST", "/wordings/<digest>/standing", role="officer")
def decide(digest: str) -> Response:
    """Approve or refuse; who waits is judged again in the background."""
    gateway = services()
    standing, why = request.form.get("standing", ""), read_reason()
    with gateway.unit_of_work() as work:
        answer(work, gateway, digest, standing, why, by=me().by, told={"role": me().role})
    return cast("Response", redirect(f"/desk/wordings/{digest}", 303))


def _find(connection: Connection, digest: str) -> Shelved:
    wording = shelf.find_wording(connection, digest)
    if wording is None:
        raise CallerError([Problem("unknown_wording", "There is no such wording.")], 404, "Not found")
    return wording
