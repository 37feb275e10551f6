"""Links of one person, with no address in them: to leave by and to choose less by, and to their page at the desk.

A link to leave by holds the match key and the lead, so it goes on working when the prospect left or was erased.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from gateway.domain.address import Renewal
from gateway.person.tokens import Signer
from gateway.pipeline import Services

_KEY_BYTES, _LEAD_BYTES = 16, 6


class Whose(NamedTuple):
    """Whose link it is."""

    key: bytes  # match key
    lead_id: int  # on which the person was handed out


class LeaveLinks:
    """Makes links and reads them back, under the secret key of now or one of before."""

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._signer = Signer("leave", _KEY_BYTES + _LEAD_BYTES, secret, former)
        self._renewals = _renewals(secret, former)

    def token(self, key: bytes, lead_id: int) -> str:
        """The token for a person as of one lead; always the same for the same two."""
        return self._signer.token(key + lead_id.to_bytes(_LEAD_BYTES))

    def read(self, token: str) -> Whose | None:
        """Whose it is; None for anything that we did not make for this purpose."""
        found = self._signer.read(token)
        if found is None:
            return None
        key, lead = found.body[:_KEY_BYTES], found.body[_KEY_BYTES:]
        return Whose(_renewed(self._renewals, key, found.age), int.from_bytes(lead))


class DeskLinks:
    """What a person is called in the desk's own addresses: browsers, proxies and logs keep those.

    The match key sealed: it stays the same for the same person, names nobody, and says nothing beside the database.
    """

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._signer = Signer("desk", _KEY_BYTES, secret, former)
        self._renewals = _renewals(secret, former)

    def token(self, key: bytes) -> str:
        """Always the same for the same person, under one secret."""
        return self._signer.token(key)

    def read(self, token: str) -> bytes | None:
        """Their match key of today; None for anything that we did not make for this purpose."""
        found = self._signer.read(token)
        return None if found is None else _renewed(self._renewals, found.body, found.age)


def _renewals(secret: str, former: Sequence[str]) -> list[Renewal]:
    """The newest first."""
    return [Renewal(one.encode()) for one in (secret, *reversed(former))]


def _renewed(renewals: Sequence[Renewal], key: bytes, age: int) -> bytes:
    """The match key of today, of one that was made so many secrets ago."""
    for renewal in reversed(renewals[:age]):
        (key,) = renewal.of([key])
    return key


def desk_links(services: Services) -> DeskLinks:
    """What people are called in the desk's addresses."""
    return DeskLinks(services.settings.secret_key, services.settings.former_secret_keys)


def leave_links(services: Services) -> LeaveLinks:
    """The links to leave by."""
    return LeaveLinks(services.settings.secret_key, services.settings.former_secret_keys)


def whose_link(services: Services) -> Callable[[str], bytes | None]:
    """Reads tokens of links to leave by: the person's match key of today; None for anything else."""
    links = leave_links(services)

    def read(token: str) -> bytes | None:
        found = links.read(token)
        return None if found is None else found.key

    return read


def leave_url(services: Services, links: LeaveLinks, key: bytes, lead_id: int) -> str | None:
    """Where the person leaves with one click, or chooses less; None where GATEWAY_PUBLIC_URL does not say."""
    base = services.settings.public_url.rstrip("/")
    return f"{base}/u/{links.token(key, lead_id)}" if base else None


def link_maker(services: Services) -> partial[str | None]:
    """leave_url for many people."""
    return partial(leave_url, services, leave_links(services))
