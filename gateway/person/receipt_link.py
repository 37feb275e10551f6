"""The person's own link to a receipt: a lead's number, sealed for this purpose alone.

It names nobody, and works for as long as the lead is there.
"""

from collections.abc import Sequence

from gateway.person.tokens import Signer

_NUMBER = 7  # bytes


class ReceiptLinks:
    """Makes tokens under the newest secret and reads those of all. ``former``: the oldest first."""

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._signer = Signer("receipt", _NUMBER, secret, former)

    def token(self, lead_id: int) -> str:
        """Always the same for the same lead."""
        return self._signer.token(lead_id.to_bytes(_NUMBER))

    def read(self, token: str) -> int | None:
        """The lead's number; None for what we did not make."""
        found = self._signer.read(token)
        return None if found is None else int.from_bytes(found.body)
