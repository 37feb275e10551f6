"""What is handed to a browser and known again by its hash: tokens of 256 random bits, codes to write down."""

import secrets
from hashlib import sha256

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_CODE, _GROUP = 16, 4  # 79 bits


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A code for paper: 7k3m-x2pd-94ht-vwqe."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _CODE, _GROUP))


def hash_of(token: str) -> str:
    """What the database knows it by."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def written(code: str) -> str:
    """A code as it was made, however somebody typed it."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return "-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP))
