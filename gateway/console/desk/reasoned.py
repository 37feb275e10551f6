"""Reason codes in the words that the policies have for them; the words of a code that no policy words any more."""

from gateway.intake.http import services


def officer_words(code: str) -> str:
    """Why, as an officer reads it."""
    reason = services().policies.reasons.get(code)
    return because(code) if reason is None else reason.wording("officer", {}) or because(code)


def vendor_words(code: str) -> tuple[str, str] | None:
    """Why, as the vendor may read it, and what would mend it; None where nothing may be said."""
    reason = services().policies.reasons.get(code)
    said = reason.wording("vendor", {}) if reason else None
    return None if reason is None or said is None else (said, reason.remedy or "")


def because(code: str) -> str:
    """A code as plain words."""
    return code.replace("_", " ").capitalize()
