"""Whether a stranger's signup is let in now: by the rates of its network and form, the time to fill, a proof of work.

While few people of a form confirm, each signup on it needs a proof, and a harder one: the breaker stops the mails, and
this makes the flood dear that brought them about. Rates are counted by the processes of one server together
(siblings.py); which proofs were spent, all web servers know. Nothing depends on who the address belongs to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import Source
from gateway.intake.guard.networks import network_of
from gateway.intake.guard.proof import Proofs, make_challenge
from gateway.intake.guard.rates import Rates
from gateway.intake.guard.start import read_start

NETWORK_MINUTES = 10
NETWORK_PROOF = 20  # attempts of one network in ten minutes, above which a proof is asked for
NETWORK_MOST = 300  # ... and above which nothing is taken: a hall full of people still gets through
_NETWORK_WINDOW = timedelta(minutes=NETWORK_MINUTES)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Given:
    """What a signup brought along for the guard."""

    start: str = ""
    proof: str = ""
    trap: str = ""


def _trust(_source: str, _at: datetime) -> bool:
    """Where nobody looks whether people confirm."""
    return False


@dataclass
class Guard:
    """What one server remembers of strangers. ``is_tripped``: whether few people of a form confirm."""

    is_tripped: Callable[[str, datetime], bool] = _trust
    networks: Rates = field(default_factory=lambda: Rates(_NETWORK_WINDOW))
    sources: Rates = field(default_factory=lambda: Rates(_HOUR))
    proofs: Proofs = field(default_factory=Proofs)

    def count_attempt(self, ip: str | None, at: datetime) -> None:
        """An attempt from this network address, whatever it holds. Raises CallerError (429) if it is one too many."""
        network = network_of(ip)
        if network is not None and self.networks.add(network, at) >= NETWORK_MOST + 1:
            raise _too_many(self.networks.seconds_until_less(network, NETWORK_MOST, at))

    def admit(self, source: Source, given: Given, ip: str | None, at: datetime, secret: str) -> None:
        """Let a well-formed signup through and count it.

        Raises CallerError: 429 if the form has had its fill, 422 with a challenge if a proof of work is asked for.
        """
        lately, most = self._lately(source, at), source.form.most_an_hour
        is_hard = source.form.proof != "never" and self.is_tripped(source.key, at)
        problem = self._wants_proof(source, given, ip, at, secret, is_busy=is_hard or lately >= most / 2)
        solved = bool(given.proof) and problem is not None and self.proofs.spend(
            secret, source.key, given.proof, at, is_hard=is_hard
        )  # fmt: skip
        if problem is not None and not solved:
            raise CallerError(
                [problem], title="A proof of work is asked for",
                more={"challenge": make_challenge(secret, source.key, at, is_hard=is_hard)},
            )  # fmt: skip
        self.sources.add(source.key, at)

    def count_signup(self, source: Source, at: datetime) -> None:
        """Let a signup through that cannot bring a proof. Raises CallerError (429) if the form has had its fill."""
        self._lately(source, at)
        self.sources.add(source.key, at)

    def _lately(self, source: Source, at: datetime) -> float:
        lately, most = self.sources.count(source.key, at), source.form.most_an_hour
        if lately >= most:
            raise _too_many(self.sources.seconds_until_less(source.key, most, at))
        return lately

    def _wants_proof(
        self, source: Source, given: Given, ip: str | None, at: datetime, secret: str, *, is_busy: bool
    ) -> Problem | None:
        proof = source.form.proof
        if proof == "never":
            return None
        if proof == "auto" and given.start:
            shown = read_start(secret, source.key, given.start, at)
            if shown is not None and (at - shown).total_seconds() < source.form.least_seconds:
                return Problem("too_quick", "this came more quickly than people fill a form; solve the challenge")
            if shown is None:
                return Problem("proof_needed", "the form was shown too long ago, or not by us; solve the challenge")
        network = network_of(ip)
        is_busy = is_busy or (network is not None and self.networks.count(network, at) > NETWORK_PROOF)
        if proof == "always" or is_busy:
            return Problem("proof_needed", "solve the challenge and send its solution along")
        return None


def given_of(guard: Mapping[str, str | None] | None) -> Given:
    """What a JSON signup's `guard` says."""
    return Given(**{name: value or "" for name, value in (guard or {}).items()})


def _too_many(seconds: int) -> CallerError:
    problem = Problem("too_many_signups", f"too many signups of late; come again in {seconds} seconds")
    return CallerError([problem], 429, "Too Many Requests", {"Retry-After": str(seconds)})
