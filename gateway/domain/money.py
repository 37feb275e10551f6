"""Money in minor units with its currency: how many places a currency has (ISO 4217), and how an amount is written."""

_NO_MINOR_UNIT = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
                            "XAF", "XOF", "XPF"})  # fmt: skip
_THREE_PLACES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def places(currency: str) -> int:
    """Digits behind the point."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THREE_PLACES else 2


def written(minor: int, currency: str) -> str:
    """``USD 4,500.00``."""
    digits = places(currency)
    return f"{currency} {minor / 10**digits:,.{digits}f}"
