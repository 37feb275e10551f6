"""What if: other packs are tried on what was decided. Nothing is changed by it but a scratchpad and the ledger."""

from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, abort, redirect, request

from gateway.access.people import list_people
from gateway.console.desk.gate import me, note, page, shown
from gateway.console.desk.policies_asked import LARGEST, Asked, packs_in_words, read_asked
from gateway.console.desk.policies_pictures import pictures
from gateway.console.desk.policies_runner import CUT_OFF, runner
from gateway.console.desk.policies_sets import find_choices
from gateway.db.work import reading
from gateway.intake.forms import list_sources
from gateway.intake.http import dump, services
from gateway.replay.what_ifs import WhatIf, begin, find, find_last
from gateway.vendors.book import list_vendors

ROOM_FOR_FORM = 100_000  # bytes around the files


@page("GET", "/policies/what-if", role="viewer")
def show() -> Response:
    """The form, and what was asked last."""
    given = {name: value[:200] for name, value in request.args.items()}
    return _form(Asked(given))


@page("POST", "/policies/what-if", role="officer")
def ask() -> Response:
    """Try the packs: answered at once, or as soon as it is worked out."""
    request.max_content_length = LARGEST + ROOM_FOR_FORM
    with reading(services().engine) as connection:
        asked = read_asked(connection)
    if asked.problems or asked.complaints or asked.policies is None:
        return _form(asked, 422)
    at_work = runner()
    at_work.reserve()
    try:
        with services().unit_of_work() as work:
            number = begin(work, me().by, asked.about())
            note(work, "what_if.asked", what_if=number, policies=asked.policies.digest, window=asked.about()["window"])
    except BaseException:
        at_work.leave()
        raise
    at_work.start(services(), number, asked.policies, asked.window, asked.bounds)
    return cast("Response", redirect(f"/desk/policies/what-if/{number}", 303))


@page("GET", "/policies/what-if/<int:number>", role="viewer")
def result(number: int) -> Response:
    """What came of it, or how far it is."""
    asked, who = _found(number)
    state = _state(asked)
    told: dict[str, Any] = pictures(asked.result) if state == "done" and asked.result else {}
    return shown(
        "policies/result.html", here="policies", asked=asked, state=state, who=who, told=told, result=asked.result,
        title=packs_in_words(asked.about["packs"], asked.about["files"]),
        progress=runner().progress.get(number, (0, 0)), again=_again(asked.about),
    )  # fmt: skip


@page("GET", "/policies/what-if/<int:number>.json", role="viewer")
def download(number: int) -> Response:
    """The same as data, as `gateway replay --json` has it."""
    asked, _ = _found(number)
    document = {
        "what_if": number, "asked_at": asked.asked_at.isoformat(), "asked_by": asked.asked_by, "state": _state(asked),
        **asked.about, "result": asked.result,
    }  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="what-if-{number}.json"'}
    return Response(dump(document), 200, headers, mimetype="application/json")


def _again(about: dict[str, Any]) -> str:
    """The form filled in the same way, but for the files, which are kept nowhere."""
    fields = {"packs": about["packs"], **about["window"], "bounds": "\n".join(about["bounds"])}
    return urlencode({name: value for name, value in fields.items() if value})


def _found(number: int) -> tuple[WhatIf, str]:
    with reading(services().engine) as connection:
        asked = find(connection, number) if number < 1 << 62 else None
        names = {f"person_{one.id}": one.name for one in list_people(connection)} if asked else {}
    if asked is None:
        abort(404)
    return asked, names.get(asked.asked_by, asked.asked_by)


def _state(asked: WhatIf) -> str:
    """As it is kept; one that nobody is answering any more was cut off."""
    late = services().clock.now() - asked.asked_at > CUT_OFF
    return "cut_off" if asked.state == "running" and late else asked.state


def _form(asked: Asked, status: int = 200) -> Response:
    choices, _ = find_choices()
    with reading(services().engine) as connection:
        vendors = [one["vendor"] for one in list_vendors(connection)]
        sources = [source.key for source in list_sources(connection)]
        last = [
            (one, packs_in_words(one.about["packs"], one.about["files"]), _state(one)) for one in find_last(connection)
        ]
    wrong = {problem.field: problem for problem in asked.problems}
    return shown(
        "policies/what_if.html", status, here="policies", asked=asked, values=asked.values, wrong=wrong,
        choices=choices, vendors=vendors, sources=sources, last=last, largest=LARGEST,
    )  # fmt: skip
