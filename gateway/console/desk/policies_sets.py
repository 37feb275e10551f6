"""The sets of policies that people at the desk may choose from: in force, kept from before, as the files lie now."""

from typing import NamedTuple

from gateway.clocks.calendar import day_of
from gateway.console.desk.frame import date_in_words, translated, zone_name
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.outcomes.policy_sets import KeptSet, find_policy_sets
from gateway.policy.errors import PolicyError
from gateway.policy.loader import is_changed, load_policies
from gateway.policy.pack import PolicySet
from gateway.policy.words import listed

DISK = "disk"
SHORT = 12
"""Letters of a digest that people are shown."""


class Choice(NamedTuple):
    """One set to choose."""

    value: str  # its digest, or DISK
    label: str


def in_force() -> PolicySet:
    """The set by which leads are judged."""
    return services().policies


def lies_changed() -> bool:
    """Whether the files are others now than those in force: they are read when the gateway starts."""
    return is_changed(in_force())


def find_choices() -> tuple[list[Choice], list[KeptSet]]:
    """What may be chosen, the set in force first; and those that were used here, the last first."""
    now = in_force()
    with reading(services().engine) as connection:
        kept = find_policy_sets(connection)
    found = [Choice(now.digest, translated(phrase("In force now (%(digest)s)", digest=now.digest[:SHORT])))]
    if lies_changed():
        found.append(Choice(DISK, "As the files lie on disk now, not in force yet"))
    found += [
        Choice(one.digest, translated(phrase(
            "Used since %(day)s (%(digest)s)", day=date_in_words(day_of(one.first_used_at, zone_name())),
            digest=one.digest[:SHORT],
        )))
        for one in kept if one.digest != now.digest
    ]  # fmt: skip
    return found, kept


def find_set(value: str) -> PolicySet:
    """The set that was chosen. Raises CallerError where there is none, PolicyError where it cannot be read."""
    if value == DISK:
        return load_policies(in_force().folders)
    if value == in_force().digest:
        return in_force()
    with reading(services().engine) as connection:
        try:
            found = services().policies_of(connection, value)
        except (TypeError, ValueError):
            found = None
    if found is None:
        raise CallerError([Problem("unknown_policies", "No such set of policies was used here.")], 404, "Not found")
    return found


def unreadable(error: PolicyError) -> CallerError:
    """Policies that cannot be read any more, as a mistake that people are shown."""
    files = listed(sorted({found.file for found in error.complaints})[:5])
    problem = Problem(
        "unreadable_policies",
        phrase(
            "These policies cannot be read (%(files)s): %(complaints)s", files=files, complaints=error.complaints[0]
        ),
    )
    return CallerError([problem], 422, "They cannot be read")
