"""Passkeys (WebAuthn): added to an account, and a signature of one held against the challenge that we gave.

The device must have verified its owner (finger, face or PIN), so a passkey alone is two factors in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gateway.access.tables import passkeys, people
from gateway.access.tokens import hash_of
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

MOST = 20  # of one person
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks, as browsers know us: a passkey answers to no other."""

    host: str  # the relying party's id
    origin: str  # with scheme and port


@dataclass(frozen=True, slots=True)
class Passkey:
    """One of a person's passkeys, as they see it."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


def list_passkeys(connection: Connection, person: int) -> list[Passkey]:
    """The person's, oldest first."""
    query = select(passkeys).where(passkeys.c.person_id == person).order_by(passkeys.c.id)
    return [Passkey(row.id, row.name, row.added_at, row.used_at) for row in connection.execute(query)]


def with_passkeys(connection: Connection) -> set[int]:
    """Everybody who has one."""
    return set(connection.execute(select(passkeys.c.person_id).distinct()).scalars())


def ask_to_register(connection: Connection, site: Site, person: int, name: str, address: str) -> tuple[str, str]:
    """What the browser is asked to make a passkey with, as JSON, and the challenge in it."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    theirs = connection.execute(select(passkeys.c.credential).where(passkeys.c.person_id == person)).scalars()
    options = generate_registration_options(
        rp_id=site.host, rp_name="Lead Gateway", user_name=address, user_display_name=name,
        user_id=hash_of(f"person_{person}").encode()[:32],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in theirs],
    )  # fmt: skip
    return options_to_json(options), bytes_to_base64url(options.challenge)


def register(
    work: UnitOfWork, site: Site, person: int, *, name: str, challenge: str, answer: Mapping[str, Any]
) -> Passkey:
    """Keep the passkey that the browser made. Raises CallerError for what is none, or not for this challenge."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

    if len(list_passkeys(work.connection, person)) >= MOST:
        message = phrase("There are %(most)s passkeys already; take one away first.", most=MOST)
        raise CallerError([Problem("too_many", message)])
    try:
        made = verify_registration_response(
            credential=dict(answer), expected_challenge=base64url_to_bytes(challenge), expected_rp_id=site.host,
            expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - see _wrong
        raise _wrong(error) from None
    credential = bytes_to_base64url(made.credential_id)
    if work.connection.execute(select(passkeys.c.id).where(passkeys.c.credential == credential)).first() is not None:
        raise CallerError([Problem("already_exists", "This passkey is known already.")])
    label = name.strip()[:LONGEST_NAME] or "Passkey"
    statement = insert(passkeys).values(
        person_id=person, credential=credential, public_key=made.credential_public_key, uses=made.sign_count,
        name=label, added_at=work.at,
    )  # fmt: skip
    number: int = work.connection.execute(statement.returning(passkeys.c.id)).scalar_one()
    return Passkey(number, label, work.at, None)


def ask_to_sign(site: Site) -> tuple[str, str]:
    """What the browser is asked to sign in with, as JSON, and the challenge in it. It names nobody's passkeys."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )  # fmt: skip
    return options_to_json(options), bytes_to_base64url(options.challenge)


def who_signed(work: UnitOfWork, site: Site, challenge: str, answer: Mapping[str, Any]) -> int:
    """Whose passkey signed the challenge. Raises CallerError if nobody's of ours did, or its person left."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    query = (
        select(passkeys).join(people).where(passkeys.c.credential == str(answer.get("id")), people.c.left_at.is_(None))
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise CallerError(
            [Problem("unknown_passkey", "This passkey belongs to no account here.")], 401, "Not signed in"
        )
    try:
        done = verify_authentication_response(
            credential=dict(answer), expected_challenge=base64url_to_bytes(challenge), expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=row.public_key,
            credential_current_sign_count=row.uses, require_user_verification=True,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - see _wrong
        raise _wrong(error) from None
    used = update(passkeys).where(passkeys.c.id == row.id)
    work.connection.execute(used.values(uses=done.new_sign_count, used_at=work.at))
    number: int = row.person_id
    return number


def drop_passkey(work: UnitOfWork, person: int, number: int) -> bool:
    """Take one of the person's passkeys away; whether it was theirs."""
    gone = delete(passkeys).where(passkeys.c.id == number, passkeys.c.person_id == person)
    return work.connection.execute(gone).rowcount > 0


def drop_passkeys(work: UnitOfWork, person: int) -> int:
    """Take all of the person's passkeys away; how many."""
    return work.connection.execute(delete(passkeys).where(passkeys.c.person_id == person)).rowcount


def _wrong(error: Exception) -> CallerError:
    """What a browser sends can be anything, and the library says so in many ways; none of them is our failure."""
    message = phrase("The passkey's answer does not hold (%(name)s); please try again.", name=type(error).__name__)
    return CallerError([Problem("bad_passkey", message)], 401, "Not signed in")
