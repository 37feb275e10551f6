"""What changed between two sets of policies, in sentences, the old beside the new."""

from flask import Response, request

from gateway.console.desk.gate import page, shown
from gateway.console.desk.policies_sets import DISK, find_choices, find_set, in_force, unreadable
from gateway.policy.compare import Change, compare
from gateway.policy.errors import PolicyError

LONGEST = 64  # letters of a digest


@page("GET", "/policies/changes", role="viewer")
def show() -> Response:
    """Two sets compared: those named, else the one before and the one in force."""
    choices, kept = find_choices()
    now = in_force().digest
    before = request.args.get("before", "")[:LONGEST]
    after = request.args.get("after", "")[:LONGEST] or now
    if not before:
        earlier = [one.digest for one in kept if one.digest != now]
        before = now if after == DISK else earlier[0] if earlier else now
    changes: list[Change] | None = None
    if before != after:
        try:
            changes = compare(find_set(before), find_set(after))
        except PolicyError as error:
            raise unreadable(error) from None
    elif "before" in request.args:
        changes = []
    return shown(
        "policies/changes.html", here="policies", choices=choices, kept=kept, before=before, after=after,
        changes=changes, now=now,
    )  # fmt: skip
