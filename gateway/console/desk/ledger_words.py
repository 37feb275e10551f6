"""Entries of the ledger in sentences: who did what to what, what it was before and after, why, and where to look on.

A kind without a sentence of its own is told by its name and its figures; nothing that an entry says is left out.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy import Connection

from gateway.access.people import list_people
from gateway.console.desk.frame import NOTHING, number, translated
from gateway.domain.phrase import phrase
from gateway.ledger.about import words_of
from gateway.ledger.browse import Entry

_COUNTS = "%(prospects)s prospects, %(holds)s holds, %(rejections)s rejections"
_ONE = "A lead of %(origin)s was settled: %(outcome)s"
_ENDS = {"prospect": "prospects", "hold": "holds", "rejection": "rejections"}
_SAID = {
    "batch.settled": f"%(rows)s leads of %(origin)s were settled: {_COUNTS}",
    "batch.released": f"%(rows)s waiting leads of %(origin)s were judged again: {_COUNTS}",
    "leads.undone": "%(rows)s leads of run_%(run)s were taken back",
    "list.registered": "list_%(list)s was registered under its manifest",
    "run.started": "run_%(run)s of list_%(list)s was started",
    "run.done": f"run_%(run)s of list_%(list)s is done: {_COUNTS} of %(rows)s rows",
    "run.failed": "run_%(run)s failed at its batch %(batch)s",
    "run.cancelled": "run_%(run)s of list_%(list)s was cancelled after %(rows)s rows",
    "run.resumed": "run_%(run)s of list_%(list)s was taken up again",
    "run.undoing": "The undoing of run_%(run)s of list_%(list)s was begun",
    "run.undone": "run_%(run)s of list_%(list)s was undone",
    "run.rechecked": "%(holds)s holds of run_%(run)s are to be judged again",
    "run.judged_again": f"The holds of run_%(run)s were judged again: {_COUNTS}",
    "errand.failed": "A task of run_%(run)s failed: %(errand)s",
    "suppression.recorded": "Orders not to write were recorded: %(new)s; prospects withdrawn: %(withdrawn)s",
    "suppression.hashes_recorded": "Orders not to write were recorded by hash: %(new)s",
    "suppression.scrubbed": "A list was scrubbed against the orders not to write",
    "confirmation.given": "The person of lead_%(lead)s confirmed from the mailbox",
    "confirmation.refused": "Somebody said that a signup at %(source)s was not theirs",
    "feedback.recorded": "Senders' reports were recorded",
    "feedback_endpoint.added": "The address %(name)s for reports of %(reporter)s was added",
    "feedback_endpoint.removed": "The address %(name)s for reports was removed",
    "person.erased": "A person was erased",
    "person.erased_from_files": "The files of a person who was erased were rewritten",
    "person.added": "person_%(person)s was added as %(role)s",
    "person.invited": "A link to choose a password under was made for person_%(person)s",
    "second_factor.removed": "The second factors of person_%(person)s were taken away",
    "role.changed": "The role of person_%(person)s was changed",
    "override.asked": "%(override)s was asked for: %(rules)s rules set aside for %(leads)s leads",
    "override.seconded": "A second person stands by %(override)s: it is in force",
    "override.not_seconded": "Somebody who is no second pair of eyes tried to stand by %(override)s",
    "override.refused": "%(override)s was refused",
    "override.ended": "%(override)s was ended",
    "key.created": "key_%(key)s was made",
    "key.revoked": "key_%(key)s was revoked",
    "checkpoint.kept": "A checkpoint was handed out, to be kept elsewhere",
    "secret.rotated": "The secret key was changed; from here on another key signs",
    "session.begun": "Signed in",
    "session.ended": "Signed out",
    "what_if.asked": "Other policies were tried on what was decided (what-if %(what_if)s)",
    "source.created": "The form %(source)s was created",
    "source.changed": "The form %(source)s was changed",
    "notice.kept": "The words of the form %(source)s in %(language)s were changed to version %(version)s",
    "source.platform_set": "A form builder was connected with %(source)s",
    "source.platform_removed": "A form builder was disconnected from %(source)s",
    "destination.added": "Prospects are sent to %(destination)s (%(kind)s) from now on",
    "destination.changed": "The destination %(destination)s was changed",
    "destination.paused": "The destination %(destination)s was paused",
    "destination.resumed": "The destination %(destination)s was resumed",
    "destination.removed": "The destination %(destination)s was removed",
    "destination.replayed": "Dead letters of %(destination)s are sent again: %(items)s",
    "recall.asked": "A recall of %(about)s was asked for (recall_%(recall)s)",
    "recall.told": "recall_%(recall)s: %(people)s prospects, %(messages)s messages",
    "prospects.revoked": "Whoever got %(prospects)s prospects is told that they are revoked: %(messages)s messages",
    "revocations.told_by_hand": "%(destination)s was told of %(items)s revocations by hand",
    "lead.withdrawn": "The source of %(lead)s took it back",
    "mapping.saved": "What the columns of %(vendor)s mean was saved",
    "mapping.forgotten": "What the columns of %(vendor)s mean was forgotten",
    "vendor_anomaly.found": "Something about the vendor %(vendor)s stands out",
    "vendor_anomaly.seen": "What stood out about the vendor %(vendor)s was seen",
    "vendor_count.asked": "The vendor %(vendor)s is to be counted again",
    "lifecycle.rules": "People's phases are derived by the rules %(rules)s from now on",
    "invoice.added": "Invoice %(number)s of %(vendor)s was entered and reconciled",
    "invoice.reconciled": "Invoice %(number)s of %(vendor)s was reconciled again",
    "vendor.standing_set": "The vendor %(vendor)s is %(standing)s from now on",
    "vendor.noted": "Something was added to the file of %(vendor)s (note_%(note)s)",
    "vendor.contract_noted": "The contract %(name)s with %(vendor)s was noted",
    "vendor.note_withdrawn": "note_%(note)s in the file of %(vendor)s was taken back",
    "buying.terms_set": "New terms stand for leads bought one by one from %(vendor)s",
    "buying.paused": "Buying one by one from %(vendor)s was paused",
    "buying.resumed": "It is bought one by one from %(vendor)s again",
    "reference.loaded": "A reference list was loaded",
    "clock.moved": "A date by which something is owed was moved",
    "clock.closed": "What was owed was marked as done",
    "demo.loaded": "The demonstration was loaded",
    "evidence.exported": "The evidence on %(lead)s was exported",
    "check.begun": "A check of the whole ledger was begun",
}  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)s")
_TOLD_APART = {"by", "role", "reason", "why", "before", "after"}
_PAGES = {"list": "/desk/lists/list_{}", "lead": "/desk/leads/lead_{}"}


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a person reads it."""

    words: str  # for gettext, with places for ``values``
    values: Mapping[str, str]
    who: str
    reason: str
    change: tuple[str, str] | None  # before, after
    figures: list[tuple[str, str]]  # everything else that it says
    links: list[tuple[str, str]]  # label and address


def tell(entry: Entry, names: Mapping[str, str]) -> Told:
    """One entry. ``names``: of people, as names_of has them."""
    body = entry.body
    noun, _, act = entry.kind.partition(".")
    said = {name: _short(value) for name, value in body.items()}
    said |= {
        "origin": _origin(body.get("origin")),
        "noun": noun.replace("_", " ").capitalize(),
        "act": act.replace("_", " "),
    }
    if entry.kind != "evidence.exported":
        said["lead"] = said.get("lead", NOTHING).removeprefix("lead_")
    words = _SAID.get(entry.kind, "%(noun)s: %(act)s")
    if entry.kind == "person.added" and isinstance(body.get("after"), dict):  # at the desk "role" is the doer's
        said["role"] = _short(body["after"].get("role"))
    if entry.kind == "batch.settled" and body.get("rows") == 1:  # what a form brings, mostly
        words, said["outcome"] = _ONE, next((one for one, name in _ENDS.items() if body.get(name)), NOTHING)
    values = {name: said.get(name, NOTHING) for name in _PLACE.findall(words)}  # what it does not say is a dash
    figures = [(name.replace("_", " "), _long(value)) for name, value in body.items() if name not in _TOLD_APART]
    reason = str(body.get("reason") or body.get("why") or "")
    change = (_long(body.get("before")), _long(body.get("after"))) if {"before", "after"} & body.keys() else None
    by = who(str(body["by"]), names) if "by" in body else ""
    return Told(words, values, by, reason, change, figures, _links(entry))


def names_of(connection: Connection) -> dict[str, str]:
    """Everybody with an account, as the ledger names them."""
    return {f"person_{person.id}": person.name for person in list_people(connection)}


def who(by: str, names: Mapping[str, str]) -> str:
    """Who did it, in words."""
    if by in names:
        return f"{names[by]} ({by})"
    known = {
        "cli": phrase("The command line"), "gateway": phrase("The gateway"),
        "policy:vendors": phrase("The limits for vendors"),
    }  # fmt: skip
    return translated(known[by]) if by in known else by


def _origin(said: object) -> str:
    kind, _, name = str(said or "").partition(":")
    return (
        f"list_{name}"
        if kind == "list"
        else translated(phrase("the form %(name)s", name=name))
        if kind == "form"
        else NOTHING
    )


def _links(entry: Entry) -> list[tuple[str, str]]:
    """To what it is about: its page where there is one, and all entries about the same."""
    found = []
    for word in words_of(entry.kind, entry.body):
        name, _, value = word.partition(":")
        if name in _PAGES and _is_there(path := _PAGES[name].format(value)):
            found.append((f"{name}_{value}", path))
        if name in {"list", "run", "lead"}:
            found.append(
                (
                    translated(phrase("All entries on %(what)s", what=f"{name}_{value}")),
                    f"/desk/ledger?about={name}_{value}",
                )
            )
    ends = entry.body.get("leads")
    numbers = dict.fromkeys(end for end in ends if isinstance(end, int)) if isinstance(ends, list) else {}
    found += [(f"lead_{end}", path) for end in numbers if _is_there(path := f"/desk/leads/lead_{end}")]
    return found


def _is_there(path: str) -> bool:
    """Whether the desk has such a page."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")


def _short(value: object) -> str:
    """For a sentence: of several things how many they are."""
    if isinstance(value, list):
        return number(len(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return _long(value)


def _long(value: object) -> str:
    if not value and value not in (0, False):
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
