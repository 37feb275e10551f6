"""What our forms say to people, in each language that we have; and which of them somebody reads."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gateway.domain.problem import Problem

LANGUAGES = ("en", "de", "fr", "es", "ru", "ar")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"})
_FOLDER = Path(__file__).parent


@cache
def words(language: str) -> Mapping[str, str]:
    """All that is said, in one of LANGUAGES."""
    found: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found


def choose_language(wanted: str) -> str:
    """The one of LANGUAGES for a tag such as de-AT; English for what we do not have."""
    first = wanted.strip().lower().partition("-")[0]
    return first if first in LANGUAGES else "en"


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, for the attribute ``dir``."""
    return "rtl" if language.lower().partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def say(language: str, problem: Problem) -> str:
    """What is wrong, in the person's language; as the problem has it, if we have no words of our own for it."""
    told = words(language)
    if problem.code in told:
        return told[problem.code]
    return told["address_wrong"] if problem.code.startswith("address_") else problem.message
