"""What is done about an account as a whole, and all that ends by it. Whoever calls writes it into the ledger."""

from gateway.access.authenticators import drop_authenticator
from gateway.access.challenges import drop_challenges
from gateway.access.identities import forget_identity
from gateway.access.keys import revoke_keys_of
from gateway.access.passkeys import drop_passkeys
from gateway.access.people import change_role, leave
from gateway.access.sessions import end_sessions
from gateway.db.work import UnitOfWork


def give_role(work: UnitOfWork, person: int, role: str) -> str:
    """Another role; the one before. Every session of the old one ends. Raises CallerError."""
    before = change_role(work, person, role)
    drop_challenges(work, person)
    end_sessions(work, person)
    return before


def let_go(work: UnitOfWork, person: int) -> dict[str, int]:
    """The person leaves: how many of their sessions and keys ended, and factors went. Raises CallerError."""
    leave(work, person)
    drop_challenges(work, person)
    gone = take_factors(work, person)
    return {"sessions": gone["sessions"], "keys": revoke_keys_of(work, person), "factors": gone["factors"]}


def take_factors(work: UnitOfWork, person: int) -> dict[str, int]:
    """Second factors are lost: app, codes, passkeys, the provider's name. Sessions end; the password stays."""
    drop_challenges(work, person)
    factors = int(drop_authenticator(work, person)) + drop_passkeys(work, person) + int(forget_identity(work, person))
    return {"factors": factors, "sessions": end_sessions(work, person)}
