"""Money in minor units with its currency: how many places a currency has (ISO 4217), and how an amount is written."""

import re

_AMOUNT = re.compile(r"(-)?([0-9]{1,13})(?:\.([0-9]{1,3}))?")
_NO_MINOR_UNIT = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
                            "XAF", "XOF", "XPF"})  # fmt: skip
_THREE_PLACES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def places(currency: str) -> int:
    """Digits behind the point."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THREE_PLACES else 2


def minor_of(text: str, currency: str) -> int | None:
    """``-19.90`` in minor units; None for what is no amount of this currency."""
    match = _AMOUNT.fullmatch(text)
    digits = places(currency)
    if match is None or len(match[3] or "") > digits:
        return None
    minor: int = int(match[2]) * 10**digits + int((match[3] or "").ljust(digits, "0") or 0)
    return -minor if match[1] else minor


def written(minor: int, currency: str) -> str:
    """``USD 4,500.00``."""
    digits = places(currency)
    return f"{currency} {minor / 10**digits:,.{digits}f}"
