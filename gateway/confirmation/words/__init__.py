"""What confirmation mails and pages say, in every language there is; a file each. Ours alone: no word of a user's."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FALLBACK = "en"


@cache
def _all() -> dict[str, dict[str, str]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.json")}


def languages() -> list[str]:
    """The languages there are, by their two letters."""
    return sorted(_all())


def language_of(*wanted: str | None) -> str:
    """The first language there is among those wanted (BCP 47, as de-AT); English if none of them is."""
    return next((code for tag in wanted if tag and (code := tag[:3].lower().split("-")[0]) in _all()), FALLBACK)


def words(language: str) -> Mapping[str, str]:
    """All words in a language that there is."""
    return _all()[language]
