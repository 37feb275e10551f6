"""Whether numpy and scipy are here: an extra, because nothing that judges leads needs them."""

from importlib.util import find_spec

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

ADVICE = phrase(
    "The numbers are reckoned with numpy and scipy, which are not installed here. Type: "
    "tools/venv.sh numbers (or: pip install 'lead-gateway[numbers]'), then start the gateway "
    "again."
)


def is_there() -> bool:
    """Whether the numbers can be reckoned."""
    return find_spec("numpy") is not None and find_spec("scipy") is not None


def require() -> None:
    """Say what to install where it is missing. Raises CallerError."""
    if not is_there():
        raise CallerError([Problem("numbers_not_installed", ADVICE)], 501, "Not installed")
