"""Proofs of work (ALTCHA): a riddle that costs a browser about a second and a bot the same, for each signup.

A challenge is signed, bound to its form, good for ten minutes and for one signup. Where it was spent all servers know
(spent.py); each remembers its own besides, so that the same one sent again and again costs no statement.
"""

import base64
import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any

GOOD_FOR = timedelta(minutes=10)
COST = 2_000  # rounds of PBKDF2 for each try: half a millisecond in Chromium, where asking WebCrypto costs a tenth
LEAST_TRIES, MOST_TRIES = 400, 1_200
HARDER = 5  # times as many tries, for a form that is being abused
LONGEST = 4_000  # characters of a solution
MOST_SPENT = 200_000


def make_challenge(secret: str, source: str, at: datetime, *, is_hard: bool = False) -> dict[str, Any]:
    """A new challenge for a signup on this form, as ALTCHA writes it."""
    from altcha import create_challenge

    tries = (LEAST_TRIES + secrets.randbelow(MOST_TRIES - LEAST_TRIES)) * (HARDER if is_hard else 1)
    made = create_challenge(
        "PBKDF2/SHA-256", COST, counter=tries,
        data={"form": source, "until": int((at + GOOD_FOR).timestamp()), "hard": int(is_hard)},
        hmac_secret=_key(secret, "challenge"), hmac_key_secret=_key(secret, "solution"),
    )  # fmt: skip
    told: dict[str, Any] = made.to_dict()
    return told


class Proofs:
    """The solutions that were taken. ``is_first``: whether no other process took this one; see Spent."""

    def __init__(self, is_first: Callable[[str, datetime], bool] = lambda *_: True) -> None:
        self._is_first = is_first
        self._spent: OrderedDict[str, int] = OrderedDict()  # signature -> until when it could be sent again
        self._lock = Lock()

    def spend(self, secret: str, source: str, solution: str, at: datetime, *, is_hard: bool = False) -> bool:
        """Take a solution (Base64 of ALTCHA's payload); whether it is right, of this form, in time and unspent.

        ``is_hard``: whether only the solution of a hard challenge will do.
        """
        challenge = _challenge_of(solution)
        if challenge is None or not _is_solved(secret, solution):
            return False
        told, now = challenge["parameters"]["data"], int(at.timestamp())
        if told["until"] <= now or not hmac.compare_digest(told["form"].encode(), source.encode()):
            return False
        if is_hard and not told["hard"]:
            return False
        with self._lock:
            while self._spent and (next(iter(self._spent.values())) <= now or len(self._spent) >= MOST_SPENT):
                self._spent.popitem(last=False)
            if challenge["signature"] in self._spent:
                return False
            self._spent[challenge["signature"]] = told["until"]
        return self._is_first(challenge["signature"], datetime.fromtimestamp(told["until"], UTC))


def _challenge_of(solution: str) -> dict[str, Any] | None:
    if len(solution) > LONGEST:
        return None
    try:
        challenge: dict[str, Any] = json.loads(base64.b64decode(solution, validate=True))["challenge"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return challenge if isinstance(challenge, dict) else None


def _is_solved(secret: str, solution: str) -> bool:
    """Whether ALTCHA finds challenge and solution good; whatever the stranger wrote, this raises nothing."""
    from altcha import verify_solution

    try:
        found = verify_solution(
            solution, _key(secret, "challenge"), hmac_key_secret=_key(secret, "solution"),
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
        return False  # parts of other kinds than it expects
    return bool(found.verified)


def _key(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), f"altcha {purpose}".encode(), sha256).hexdigest()
