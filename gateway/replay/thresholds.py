"""``accept->reject > 1%``: from how many flips on a change of policies is refused, so that it can gate a change."""

import re
from dataclasses import dataclass
from decimal import Decimal

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.policy.rules import VERDICTS
from gateway.replay.again import Replay

ANY = "any"
_WRITTEN = re.compile(r"\s*(?:(flips)|(\w+)\s*->\s*(\w+))\s*(>=|>)\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on how many leads may flip: a number of them, or a share of all leads decided again."""

    text: str
    before: str  # a verdict or any
    after: str
    or_equal: bool
    bound: Decimal
    is_share: bool  # in percent

    def is_crossed(self, replay: Replay) -> bool:
        """Whether more leads flip than may."""
        count = self.count(replay)
        reached = Decimal(count)
        if self.is_share:
            reached = Decimal(100 * count) / replay.decided if replay.decided else Decimal(0)
        return reached >= self.bound if self.or_equal else reached > self.bound

    def count(self, replay: Replay) -> int:
        """The leads that flip so."""
        return sum(
            leads for flip, leads in replay.flips.items()
            if self.before in (ANY, flip.before) and self.after in (ANY, flip.after)
        )  # fmt: skip


def read_threshold(text: str) -> Threshold:
    """Read one; raises CallerError when it is none."""
    match = _WRITTEN.fullmatch(text)
    known = (*VERDICTS, ANY)
    if match is None or (not match[1] and (match[2] not in known or match[3] not in known)):
        message = phrase(
            "%(given)s is no threshold; write 'accept->reject > 1%%', 'any->hold >= 500' or 'flips > "
            "0' (verdicts: %(known)s; the share is of all leads decided again)",
            given=repr(text),
            known=", ".join(known),
        )
        raise CallerError([Problem("bad_threshold", message, "fail-if")])
    before, after = (ANY, ANY) if match[1] else (match[2], match[3])
    return Threshold(text.strip(), before, after, match[4] == ">=", Decimal(match[5]), bool(match[6]))
