"""The match key of one address as somebody typed it, for the command line and for checking."""

from gateway.domain.address import MatchKeys, rough
from gateway.screening.address.syntax import normalise


def key_of(text: str, match_keys: MatchKeys) -> bytes:
    """16 bytes; also for text that is no valid address, so that a mistyped opt-out is remembered and found again."""
    return match_keys.key(normalise(text).comparable or rough(text))
