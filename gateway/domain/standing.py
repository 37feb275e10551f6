"""How a vendor or a wording stands with us, as somebody said it: added to, never changed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands from an instant on, who said so and why."""

    standing: str
    at: datetime
    by: str
    why: str
