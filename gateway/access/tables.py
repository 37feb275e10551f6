"""People, what they sign in with, their sessions and API keys, and what tells our secret from another.

No secret stands here: tokens and codes as hashes, passwords as argon2id hashes, authenticators' secrets sealed.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from gateway.db.base import Id, Instant, metadata

people = Table(
    "people", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, unique=True),  # lower case: one account per mailbox
    Column("role", String(13), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("zone", Text),  # theirs, as in Europe/Vienna; none: the gateway's
    Column("left_at", Instant),  # since when they may not sign in; accounts are kept, for the ledger names them
    Column("password_hash", Text),  # argon2id with its parameters and salt; none: no password was set yet
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256, hex: enough for 256 random bits
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("how", String(20)),  # password, code, passkey, company: what the person showed last
    Column("agent", Text),  # what the browser calls itself, to tell sessions apart on the account page
    sqlite_autoincrement=True,
)  # fmt: skip

ties = Table(
    "account_ties", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("by_person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("how", String(7), nullable=False),  # made, link, factors
    Column("at", Instant, nullable=False, index=True),
)  # fmt: skip

links = Table(
    "account_links", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
)  # fmt: skip

tries = Table(
    "sign_in_tries", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False),  # a keyed hash: strangers type anything, also their password
    Column("at", Instant, nullable=False, index=True),
    Index(None, "subject", "at"),
)  # fmt: skip

challenges = Table(
    "challenges", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("person_id", Id, ForeignKey("people.id")),  # none: whoever answers it
    Column("body", Text, nullable=False),  # JSON: what the answer is held against
    Column("ends_at", Instant, nullable=False, index=True),
)  # fmt: skip

authenticators = Table(
    "authenticators", metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("sealed", Text, nullable=False),  # the shared secret of RFC 6238, under the gateway's own
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # since when it is asked for; none: being set up
    Column("last_step", BigInteger, nullable=False),  # of which a code was taken; none of it or before is again
)  # fmt: skip

recovery_codes = Table(
    "recovery_codes", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),  # SHA-256, hex: enough for 80 random bits
)  # fmt: skip

passkeys = Table(
    "passkeys", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("credential", Text, nullable=False, unique=True),  # its id, as base64url
    Column("public_key", LargeBinary, nullable=False),  # COSE
    Column("uses", BigInteger, nullable=False),  # as the authenticator counts them; many always say 0
    Column("name", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("used_at", Instant),
)  # fmt: skip

identities = Table(
    "identities", metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),  # the provider's own name for them, which is never given to another
    Column("since", Instant, nullable=False),
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("secret_hash", String(64), nullable=False),  # SHA-256, hex: enough for 256 random bits
    Column("last_four", String(4), nullable=False),  # to tell keys apart on a screen
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)  # fmt: skip

secret_checks = Table(
    "secret_checks", metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),  # from 1; one more with each rotation
    Column("check_value", String(32), nullable=False),  # a keyed hash that only this secret makes
    Column("since", Instant, nullable=False),
)  # fmt: skip
