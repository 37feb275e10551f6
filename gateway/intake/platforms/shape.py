"""What every platform's module offers, and what its answer may tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gateway.domain.outcome import Outcome
from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import Source
from gateway.intake.http import dump
from gateway.intake.platforms.call import Call, Reply, Settings, reply
from gateway.intake.platforms.leads import Came, Read

Address = Literal["token", "open", "both"]
"""Whether a platform posts to an address with a secret token in it, to one that anybody may know, or to either."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a lead, as far as its platform's protocol tells."""

    source: Source
    lead: str  # lead_17
    outcome: Outcome | None = None  # None: this platform is not told
    reasons: tuple[str, ...] = ()  # in the vendor's words


Found = Callable[[Read, Source], list[Problem]]


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: who posts, what they bring, what they are answered."""

    name: str  # in the path
    title: str
    takes: tuple[str, ...]  # content types
    verify: Callable[[Call, Settings], None]  # raises CallerError for whoever is not the platform
    read: Callable[[Call, Settings], Came]
    answer: Callable[[Call, Came, Told], Reply]
    refuse: Callable[[Call, CallerError], Reply]
    needs: tuple[str, ...] = ()  # secrets without which nothing is taken
    may: tuple[str, ...] = ()  # what else can be set
    address: Address = "open"
    decides: bool = False  # the protocol answers with the decision, so DNS is waited for
    check: Found | None = None  # what a person is told of the form's own contents
    before: Callable[[Call], Reply | None] | None = None  # answers that need no lead


def received(_call: Call, _came: Came, _told: Told) -> Reply:
    """For platforms that read the status alone."""
    return reply({"status": "received"})


def problem_reply(_: Call, error: CallerError) -> Reply:
    """For platforms without a shape for mistakes: RFC 9457, as everywhere here."""
    document = {
        "type": "about:blank", "title": error.title, "status": error.status,
        "problems": [problem.as_dict() for problem in error.problems],
    }  # fmt: skip
    return Reply(error.status, dump(document), "application/problem+json", error.headers)
