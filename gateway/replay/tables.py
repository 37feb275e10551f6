"""What people asked with "what if", and what came of it. A scratchpad: nothing else looks here, the oldest go."""

from sqlalchemy import Column, String, Table, Text

from gateway.db.base import Id, Instant, metadata

what_ifs = Table(
    "what_ifs", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(32), nullable=False),  # person_3
    Column("state", String(8), nullable=False),  # running, done, failed
    Column("about", Text, nullable=False),  # JSON: packs in words, their digest, the window, the bounds
    Column("result", Text),  # JSON: the replay as `gateway replay --json` has it and more; or why it failed
    sqlite_autoincrement=True,
)  # fmt: skip
