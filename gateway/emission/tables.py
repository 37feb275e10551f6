"""Where prospects are sent, what was told to whom, and recalls. No address of anybody's stands here."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

destinations = Table(
    "destinations", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),  # a folder in gateway/emission/destinations
    Column("state", String(8), nullable=False),  # on, paused, removed
    Column("why", Text, nullable=False),  # it is paused
    Column("settings", Text, nullable=False),  # JSON: what is no secret, filters, fields
    Column("sealed", Text),  # JSON of its secrets, sealed under the gateway's own; none once it is removed
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    # How far the feed has come for it. Numbers only grow, and are given and read under the one writer's lock.
    Column("prospects_seen", Id, nullable=False),
    Column("events_seen", Id, nullable=False),
    Column("orders_seen", Id, nullable=False),
    # Its filters were changed: whom it was told of is looked at once more, behind this one; none where that is done.
    Column("review_seen", Id),
    Column("attempt", Integer, nullable=False),  # fences out whoever worked for it before
    Column("lease_until", Instant),
    Column("failures", Integer, nullable=False),  # in a row, of the receiver as a whole
    Column("rest_until", Instant),  # after a failure
    Column("failing_since", Instant),
    Column("look_at", Instant),  # again at what is withheld; none where nothing is
    Column("last_answer", Text),  # in our words; a receiver's own could name somebody
    Column("last_tried_at", Instant),
    Column("last_taken_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip

_PHONES, _OF_RECALLS = "phone_match_key IS NOT NULL", "recall_id IS NOT NULL"

deliveries = Table(
    "deliveries", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as dlv_<id>: what the receiver knows it again by
    Column("destination_id", Id, nullable=False),
    Column("prospect_id", Id, nullable=False, index=True),  # no foreign key: an undone list takes its prospects away
    Column("kind", String(8), nullable=False),  # accepted, updated, revoked
    Column("state", String(12), nullable=False),  # pending, withheld, sent, acknowledged, dead, stopped, by_hand
    Column("sequence", Integer, nullable=False),  # of what one receiver is told of one person, from 1
    Column("decision_id", Id),  # under which it is withheld
    Column("cause", Text),  # why it is revoked; why it was stopped
    Column("recall_id", Id),
    Column("made_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),  # requests it was part of, or may have been
    Column("first_try_at", Instant),
    Column("next_try_at", Instant),  # of it alone; none: with the others
    Column("sent_at", Instant),  # taken by the receiver
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("reminded_at", Instant),
    Column("reminders", Integer, nullable=False),
    Column("answer", Text),  # the last, in our words
    Column("remote", Text),  # the receiver's own number of the person
    Column("phone_match_key", LargeBinary(16)),  # of the phone number that went along; none once erased
    Index("ix_deliveries_due", "destination_id", "state", "kind", "id"),
    Index("ix_deliveries_person", "destination_id", "prospect_id", "sequence"),
    Index("ix_deliveries_phone", "phone_match_key", sqlite_where=text(_PHONES), postgresql_where=text(_PHONES)),
    Index("ix_deliveries_recall", "recall_id", "state", sqlite_where=text(_OF_RECALLS),
          postgresql_where=text(_OF_RECALLS)),
    sqlite_autoincrement=True,
)  # fmt: skip

recalls = Table(
    "recalls", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),  # shown as recall_<id>
    Column("cause", String(32), nullable=False),
    Column("about", Text, nullable=False),  # in a few words: list_12, a vendor's name, emission rules; never an address
    Column("vendor", Text),  # folded, where the whole vendor is meant
    Column("lists", Text, nullable=False),  # JSON: numbers of lists; null: those that emission rules withhold
    Column("why", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("state", String(8), nullable=False, index=True),  # working, told, failed
    Column("reached", Id, nullable=False),  # the lead or prospect behind which it goes on
    Column("people", Integer, nullable=False),  # withdrawn by it
    Column("messages", Integer, nullable=False),  # prospect.revoked that it issued
    Column("attempt", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip
