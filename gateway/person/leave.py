"""Leaving by the person's own hand: by their link, or by typing an address. Acts at once and asks nothing.

No confirmation is asked for: opting out may take no more than one page and the address (16 CFR 316.5), and a mailbox
provider's POST must act by itself (RFC 8058). Whoever types another's address stops mail to them, which harms less
than mail that cannot be stopped; the person comes back by signing up again and confirming it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.confirmation.purposes import find_left
from gateway.db.work import reading
from gateway.domain.ports import EVERYTHING, Scope, Suppression, read_scope
from gateway.domain.purposes import kept, words_of
from gateway.lifecycle.store import find_addresses, find_purposes
from gateway.outcomes.leave import Left, leave
from gateway.outcomes.origins import origins_of_leads
from gateway.person.links import Whose
from gateway.pipeline import Services
from gateway.screening.address.found import addresses_in
from gateway.screening.address.found import find_addresses as addresses_in_text
from gateway.screening.address.keys import key_of
from gateway.screening.address.syntax import normalise
from gateway.suppression.book import find


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page of a link may show: whose it is, and what can be left short of everything."""

    address: str | None  # masked; None after the person was erased
    form: str | None  # its key; None for a bought list, and where the lead is gone
    title: str | None  # what people know the form by
    brand: str | None
    purposes: tuple[str, ...] = ()  # what they are written to about
    left: tuple[str, ...] = ()  # what they agreed to once and left

    @property
    def offered(self) -> dict[str, Scope]:
        """What the page offers, and nothing else is taken: each choice with what it covers.

        No list: the person never heard of ours, and its end would not keep the next vendor's from writing to them.
        """
        parts = {"brand": self.brand, "source": self.form}
        return {"all": EVERYTHING, **{choice: f"{choice}:{name}" for choice, name in parts.items() if name}}


def standing(
    services: Services, whose: Whose, title_of: Callable[[Connection, str], str | None]
) -> Standing:  # fmt: skip
    """How the person of a link stands with us. ``title_of``: what people know a form by; None for what is no form."""
    with reading(services.engine) as connection:
        address = find_addresses(connection, [whose.key]).get(whose.key)
        name, brand = origins_of_leads(connection, [whose.lead_id]).get(whose.lead_id, (None, None))
        title = None if name is None else title_of(connection, name)
        still, gone = _purposes(connection, whose.key)
    form = name if title else None
    return Standing(None if address is None else masked(address), form, title, brand, still, gone)


def _purposes(connection: Connection, key: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a person is written to about, and what they agreed to once and left."""
    agreed = find_purposes(connection, key)
    still = kept(agreed, find_left(connection, find(connection, [key])).get(key, frozenset()))
    return still, tuple(word for word in words_of(agreed) if word not in still)


def masked(address: str) -> str:
    """Enough to know one's own address by, and no more."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}\N{BULLET}\N{BULLET}\N{BULLET}@{domain}"


def leave_by_link(services: Services, whose: Whose, scope: Scope, *, by: str) -> Left:
    """The person of a link says stop. The same again changes nothing but when we were last told."""
    with services.unit_of_work() as work:
        return leave(work, services.ledger, [Suppression(whose.key, "opt_out", work.at, scope)], by=by)


def keep_only(services: Services, whose: Whose, shown: Collection[str], ticked: Collection[str]) -> list[Scope]:
    """The person of a link keeps some of the purposes that the page showed, and leaves the others; what they left.

    Who keeps none wants nothing at all.
    """
    with services.unit_of_work() as work:
        still, _ = _purposes(work.connection, whose.key)
        gone = [one for one in still if one in shown and one not in ticked]
        if not gone:
            return []
        scopes = list(dict.fromkeys(map(_scope_of, gone)))
        if len(gone) == len(still) or EVERYTHING in scopes:
            scopes = [EVERYTHING]
        orders = [Suppression(whose.key, "opt_out", work.at, scope) for scope in scopes]
        leave(work, services.ledger, orders, by="person's page")
    return scopes


def _scope_of(purpose: str) -> Scope:
    """Of one purpose; everything, where somebody's form made up a word that no order can name."""
    try:
        return read_scope(f"purpose:{purpose}")
    except ValueError:
        return EVERYTHING


def leave_by_address(services: Services, typed: str) -> bool:
    """Somebody typed an address and says stop; False where the text holds no address that can be one, or several.

    The network is not asked, and the answer does not depend on whether we know the address.
    """
    found = _addresses_typed(typed)
    keys = {key_of(one, services.world.match_keys) for one in found}
    if len(keys) != 1:
        return False
    # Telephones type a curly apostrophe where the mailbox has a straight one: nobody else is meant by it.
    keys |= {key_of(one.replace("\u2019", "'"), services.world.match_keys) for one in found}
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key, "opt_out", work.at) for key in sorted(keys)], by="leave page")
    # A mistyped address is remembered as it is; whoever typed it hears so, and does not take the mail for stopped.
    return all(normalise(one).problem == "none" for one in found)


def _addresses_typed(text: str) -> list[str]:
    """What is an address as a whole is that one, whatever signs stand in it: a|b@ is not b@."""
    if normalise(text).problem == "none":
        return [text]
    return addresses_in(text) or addresses_in_text(text)
