"""Who is owed to be judged again because of an answer about the words they came under."""

from sqlalchemy import Column, Integer, String, Table, Text

from gateway.db.base import Id, Instant, metadata

rejudgings = Table(
    "rejudgings", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("wording", String(32), nullable=False, index=True),  # its digest
    Column("state", String(8), nullable=False, index=True),  # new, leased, done, failed
    Column("reached", Id, nullable=False),  # the last lead that is dealt with
    Column("leads", Integer, nullable=False),  # how many waited when it was asked for
    Column("dealt", Integer, nullable=False),
    Column("prospects", Integer, nullable=False),
    Column("rejections", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),  # the fence: whose attempt is older writes nothing
    Column("tries", Integer, nullable=False),  # that failed in a row
    Column("lease_until", Instant),  # of a new one: until when it rests after a failure
    Column("error", Text),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip
