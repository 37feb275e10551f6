"""The queue of holds: a line for each question that one decision settles, and the page of one question."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, redirect, request
from sqlalchemy import Connection

from gateway.access.people import Person, list_people
from gateway.account import told_of_vendor
from gateway.answering.groups import Group, find_groups
from gateway.answering.releasing import in_the_way
from gateway.console.desk.gate import me, note, page, read_number, shown
from gateway.console.desk.holds_filter import Asked, read_filter
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.outcomes.answers import Kind, find_open
from gateway.outcomes.queue import count_common, find_waiters
from gateway.outcomes.queue_people import assign, drop_view, find_assignees, find_views, keep_view
from gateway.outcomes.scored import came_in_at
from gateway.policy.explain import explain
from gateway.wordings.shelf import Shelved, pick

AT_ONCE = 30  # groups of a page
LEADS = 50  # of a page
ORDERS = ("leads", "deadline", "oldest")
_ABLE = ("officer", "administrator")
KINDS: dict[str, Kind] = {"release": "release", "refuse": "refuse", "ask": "ask"}
"""The answers that can be given, by their names in forms."""


@dataclass(frozen=True, slots=True)
class Line:
    """A group as it is shown: with what its rules say, in the officer's words."""

    group: Group
    told: list[dict[str, Any]]  # the findings that ask the question, then the others
    firm: bool  # nobody may release it
    words: Shelved | None = None  # that its question is about

    @property
    def title(self) -> str:
        """The question in a line."""
        return "; ".join(dict.fromkeys(one.title for one in self.group.asking))


@page("GET", "/holds", role="viewer")
def show() -> Response:
    """Every question that waits, the largest first."""
    asked = read_filter(request.args)
    order = request.args.get("order", ORDERS[0])
    with reading(services().engine, snapshot=True) as connection:
        found = find_groups(connection, services(), asked.filter, find_assignees(connection))
        people, views = list_people(connection), find_views(connection, me().person)
    mine = _ordered([group for group in found if not group.answers_itself and not group.is_asked], order)
    asked_of = _ordered([group for group in found if group.is_asked and not group.answers_itself], "deadline")
    others = [group for group in found if group.answers_itself]
    begin = next((place for place, group in enumerate(mine) if group.key == request.args.get("from")), 0)
    part = mine[begin : begin + AT_ONCE]
    return shown(
        "holds/show.html", here="holds", asked=asked, order=order, lines=in_words(part), total=len(mine), begin=begin,
        waiting=sum(group.leads for group in mine), with_vendors=in_words(asked_of[:AT_ONCE]),
        vendors_total=len(asked_of), by_themselves=others[:AT_ONCE], alone=sum(group.leads for group in others),
        further=mine[begin + AT_ONCE].key if begin + AT_ONCE < len(mine) else None, people=names_of(people),
        officers=officers_of(people), views=views, orders=ORDERS,
        deadline=min((group.deadline_at for group in mine), default=None), **under_way(),
    )  # fmt: skip


@page("GET", "/holds/under-way", role="viewer")
def show_under_way() -> Response:
    """The answers that can still be undone, or that are being carried out: a part of the other pages, kept fresh."""
    return shown("holds/_under_way.html", alone_standing=True, **under_way())


@page("GET", "/holds/<group>", role="viewer")
def show_group(group: str) -> Response:
    """One question: why, under which law, and whose leads wait for it."""
    asked = read_filter(request.args, group=group)
    after = read_number("after") or 0
    with reading(services().engine, snapshot=True) as connection:
        people = list_people(connection)
        found = find_groups(connection, services(), asked.filter, find_assignees(connection))
        if not found and asked.is_narrow:  # nothing is left of it under this filter: the question itself may be there
            whole = find_groups(connection, services(), read_filter({}, group=group).filter)
            found = [replace(one, leads=0) for one in whole]
        if not found:
            return shown("holds/gone.html", 404, here="holds", **under_way())
        some = [found[0].wanted(asked.filter.wanted)] if found[0].leads else []
        waiters = find_waiters(connection, some, after=after, limit=LEADS + 1)
        common = count_common(connection, some, domains=8, wordings=5)
    line = in_words(found[:1])[0]
    return shown(
        "holds/group.html", here="holds", asked=asked, line=line, group=line.group, leads=waiters[:LEADS],
        further=waiters[LEADS - 1].lead if len(waiters) > LEADS else None, after=after,
        domains=common.domains, wordings=common.wordings, people=names_of(people), officers=officers_of(people),
        has_lead_pages=has_page("/desk/leads/lead_1"),
        has_list_pages=has_page("/desk/lists/list_1"), **under_way(),
    )  # fmt: skip


@page("POST", "/holds/<group>/assign", role="officer")
def give_to(group: str) -> Response:
    """Somebody looks after a question from now on, or nobody."""
    given = request.form.get("person", "")
    with services().unit_of_work() as work:
        able = officers_of(list_people(work.connection))
        person = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None  # noqa: PLR2004 - 64 bits
        if given and (person is None or person not in {one.id for one in able}):
            raise CallerError([Problem("unknown_person", "Choose somebody who may answer holds.", "person")])
        _known(find_groups(work.connection, services(), read_filter({}, group=group).filter))
        before = assign(work, group, person, by=me().by)
        if before != person:
            note(work, "question.assigned", question=group, before=_named(before), after=_named(person))
    return back(f"/desk/holds/{group}")


@page("POST", "/holds/views", role="viewer")
def keep() -> Response:
    """Keep the filter under a name."""
    name = " ".join(request.form.get("name", "").split())[:60]
    asked = read_filter(request.form)
    if not name or "@" in name:
        raise CallerError([Problem("missing", "Give the view a name; an address is none.", "name")])
    with services().unit_of_work() as work:
        if not keep_view(work, me().person, name, asked.to_keep):
            raise CallerError([Problem("too_many", "These are more views than anybody reads; delete one first.")])
        note(work, "view.kept", name=name)
    return back(f"/desk/holds?{asked.to_keep}")


@page("POST", "/holds/views/<int:view>/delete", role="viewer")
def forget(view: int) -> Response:
    """Forget a view of one's own."""
    with services().unit_of_work() as work:
        if drop_view(work, me().person, view):
            note(work, "view.dropped", view=view)
    return back("/desk/holds")


def in_words(groups: list[Group]) -> list[Line]:
    """Groups with what their rules say."""
    policies, now = services().policies, services().clock.now()
    with reading(services().engine) as connection:
        words = pick(connection, {group.wording for group in groups if group.wording})
        standings = [_standing(connection, group) for group in groups]
    lines = []
    for group, standing in zip(groups, standings, strict=True):
        told = {one["rule"]: one for one in explain(group.decision, policies, as_of=now, told=standing).findings}
        asking = {finding.rule for finding in group.asking}
        mine = [told[f.rule] | {"asks": f.rule in asking} for f in group.findings if f.rule in told]
        lines.append(Line(group, mine, bool(in_the_way(group, services())), words.get(group.wording or "")))
    return lines


def _standing(connection: Connection, group: Group) -> dict[str, str]:
    """The figures by which the group's vendor fell, as they stood when the last of its leads came."""
    if len(group.vendors) != 1:
        return {}
    return told_of_vendor(
        connection, min(group.vendors), group.decision, came_in_at(connection, [group.last])[group.last]
    )


def under_way() -> dict[str, Any]:
    """The answers that are not carried out yet, the time, and who gave them."""
    with reading(services().engine) as connection:
        found = find_open(connection)
        names = names_of(list_people(connection)) if found else {}
    now = services().clock.now()
    left = {one.id: max(0, round((one.due_at - now).total_seconds())) for one in found}
    who = {f"person_{number}": name for number, name in names.items()}
    return {"under_way": found, "seconds_left": left, "who": who}


def names_of(people: list[Person]) -> dict[int, str]:
    """What everybody is called."""
    return {person.id: person.name for person in people}


def officers_of(people: list[Person]) -> list[Person]:
    """Those who may answer holds."""
    return [person for person in people if person.role in _ABLE]


def has_page(path: str) -> bool:
    """Whether the desk has a page there."""
    return bool(current_app.url_map.bind("").test(path, method="GET"))


def back(path: str) -> Response:
    """See other: what was posted is done."""
    return redirect(path.rstrip("?"), 303)  # type: ignore[return-value]  # werkzeug's Response is Flask's


def _ordered(groups: list[Group], order: str) -> list[Group]:
    if order == "deadline":
        return sorted(groups, key=lambda group: (group.deadline_at, -group.leads, group.key))
    if order == "oldest":
        return sorted(groups, key=lambda group: (group.asked_at, -group.leads, group.key))
    return groups


def _known(found: list[Group]) -> None:
    if not found:
        raise CallerError([Problem("unknown_question", "Nothing waits for this any more.")], 404)


def _named(person: int | None) -> str | None:
    return None if person is None else f"person_{person}"


def filter_of(args: Any) -> Asked:
    """The filter of an answer: of one question where it names one."""
    return read_filter(args, group=args.get("group") or None)
