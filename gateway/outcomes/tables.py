"""Leads and what became of them: batches, policy sets, decisions (one row per distinct case), leads, holds, answers."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from gateway.db.base import Id, Instant, metadata

statements = Table(
    "statements", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),  # JSON of domain.lead.Statement; shared by all batches of a source
)  # fmt: skip

_OF_RUN = "run_id IS NOT NULL"

batches = Table(
    "batches", metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False),  # arrival, release
    Column("origin_kind", String(4), nullable=False),  # form, list
    Column("source", String(64), nullable=False, index=True),  # the form's key or the list's number
    Column("run_id", Id),
    Column("statement_id", Id, ForeignKey("statements.id"), nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("settled_at", Instant, nullable=False),
    Column("policy_digest", String(64), nullable=False),
    Column("first_lead", Id),  # an arrival's leads are numbered without gaps
    Column("leads", Integer, nullable=False),
    Index("ix_batches_run_id", "run_id", sqlite_where=text(_OF_RUN), postgresql_where=text(_OF_RUN)),
)  # fmt: skip

decisions = Table(
    "decisions", metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(28), nullable=False, unique=True),  # dec_<24 hex>: the same case has the same name everywhere
    Column("verdict", String(6), nullable=False),
    Column("policy_digest", String(64), nullable=False, index=True),
    Column("body", Text, nullable=False),  # JSON: findings, obligations, facts
    Column("as_of", Instant),  # the first time it was made; none for those made before this was kept
)  # fmt: skip

tallies = Table(
    "tallies", metadata,
    Column("batch_id", Id, primary_key=True, autoincrement=False),  # in which the leads' present outcome was settled
    Column("decision_id", Id, primary_key=True, autoincrement=False),
    Column("outcome", String(9), primary_key=True),
    Column("extra", String(32), primary_key=True),  # reason code of the last look, or empty
    Column("leads", Integer, nullable=False),
    sqlite_with_rowid=False,  # one tree less to write
)  # fmt: skip

hours = Table(
    "hours", metadata,
    # The tallies of all batches settled in one hour, by source: what a month looks like without counting its signups.
    Column("hour", String(13), primary_key=True),  # UTC, 2026-11-21T14
    Column("origin_kind", String(4), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("decision_id", Id, primary_key=True, autoincrement=False),
    Column("outcome", String(9), primary_key=True),
    Column("extra", String(32), primary_key=True),
    Column("leads", Integer, nullable=False),
)  # fmt: skip

policy_sets = Table(
    "policy_sets", metadata,
    Column("digest", String(64), primary_key=True),
    Column("first_used_at", Instant, nullable=False),
    Column("texts", Text, nullable=False),  # JSON: every policy file as it was read, [[folder, name, text], ...]
)  # fmt: skip

FOUND_BY_KEY = "outcome <> 'prospect' OR replaced_by IS NOT NULL"
"""Leads that the index of match keys holds. The others made a prospect, whose own row has key and lead: nine leads in
ten are found there, and an index that leaves them out makes lists a sixth quicker to write.
"""

_TAKEN = "duplicate_of IS NOT NULL"

leads = Table(
    "leads", metadata,
    Column("id", Id, primary_key=True),  # shown as lead_<id>
    Column("batch_id", Id, nullable=False),
    Column("number", Id, nullable=False),  # the row as in the file
    Column("address", Text),  # as typed
    Column("match_key", LargeBinary(16)),
    Column("as_arrived", Text, nullable=False),  # word for word, JSON; of an erased lead {"erased": its reason code}
    Column("outcome", String(9), nullable=False),
    Column("decision_id", Id, nullable=False),
    Column("decided_in", Id, nullable=False),  # the batch in which the present outcome was settled
    Column("extra", String(32)),  # reason code of the last look (duplicate, suppressed meanwhile, ...)
    Column("duplicate_of", Id),  # the lead that came first
    Column("replaced_by", Id),  # of a person who left and came back: the lead on which the prospect stands now
    Index("ix_leads_duplicate_of", "duplicate_of", sqlite_where=text(_TAKEN), postgresql_where=text(_TAKEN)),
    Index("ix_leads_match_key", "match_key", sqlite_where=text(FOUND_BY_KEY), postgresql_where=text(FOUND_BY_KEY)),
)  # fmt: skip

_ANSWERED, _ASKED = "answer_id IS NOT NULL", "asked_in IS NOT NULL"

holds = Table(
    "holds", metadata,
    Column("lead_id", Id, primary_key=True),
    # The lead's own row has these two as well: the queue of those who wait is counted without looking each of them up.
    Column("batch_id", Id, nullable=False),
    Column("decision_id", Id, nullable=False),
    Column("question", String(8), nullable=False),  # recheck, evidence, review, confirm
    Column("state", String(8), nullable=False),  # waiting, released, refused
    Column("asked_at", Instant, nullable=False),
    Column("deadline_at", Instant, nullable=False),
    Column("recheck_at", Instant),  # when DNS is asked again; none if DNS is not the question
    Column("tries", Integer, nullable=False),
    Column("domain", Text),  # this and the fields are dropped when the hold is settled
    Column("fields", Text),  # JSON of the lead's fields
    Column("wording", String(32)),  # the digest of the words it came under (gateway.wordings), where they are known
    Column("settled_at", Instant),
    Column("answered_by", Text),
    Column("answer_id", Id),  # the officer's answer that settled it, or that is about to
    Column("asked_in", Id),  # the officer's answer by which the vendor was asked
    Index("ix_holds_answer_id", "answer_id", sqlite_where=text(_ANSWERED), postgresql_where=text(_ANSWERED)),
    Index("ix_holds_asked_in", "asked_in", sqlite_where=text(_ASKED), postgresql_where=text(_ASKED)),
    Index("ix_holds_recheck", "state", "recheck_at"),
    Index("ix_holds_deadline", "state", "deadline_at"),
    Index("ix_holds_wording", "state", "wording", "lead_id"),
)  # fmt: skip

overrides = Table(
    "overrides", metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # shown as override_<id>
    Column("rules", Text, nullable=False),  # separated by spaces, in order
    Column("leads", Integer, nullable=False),
    Column("leads_digest", String(64), nullable=False),  # SHA-256 of their numbers, a line each
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # person_<id>, as the others
    Column("asked_at", Instant, nullable=False),
    Column("four_eyes", Integer, nullable=False),  # 1: takes a second person
    Column("seconded_by", Text),
    Column("seconded_at", Instant),
    Column("state", String(8), nullable=False),  # asked, in_force, refused, ended
    Column("expires_on", String(10), nullable=False),  # the last day
    Column("expires_at", Instant, nullable=False),
    Column("ended_by", Text),  # or refused
    Column("ended_at", Instant),
    Column("ended_why", Text),
    Column("renews", Id),  # the override that it goes on with
    Column("reopens", Integer, nullable=False, server_default="0"),  # rejections that are still to be judged again
    Column("signature", Text, nullable=False),  # all of it as a note signed with the ledger's key
    Index("ix_overrides_state_expires_at", "state", "expires_at"),
)  # fmt: skip

override_leads = Table(
    "override_leads", metadata,
    Column("override_id", Id, primary_key=True, autoincrement=False),
    Column("lead_id", Id, primary_key=True, autoincrement=False, index=True),
)  # fmt: skip

hold_answers = Table(
    "hold_answers", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(7), nullable=False),  # release, refuse, ask
    Column("state", String(8), nullable=False),  # waiting, carried, done, undone, failed
    Column("about", Text, nullable=False),  # which leads, in a few words; never an address
    Column("group_key", String(16)),  # the question that was answered; none: leads of several
    Column("leads", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_by", Text, nullable=False),  # person_7, cli
    Column("answered_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),  # till then it can be undone
    Column("terms", Text, nullable=False),  # JSON: until when the vendor has time, which rules are set aside
    Column("account", Text, nullable=False),  # JSON: what became of how many
    Column("attempt", Integer, nullable=False),  # fences out whoever carried it out before
    Column("tries", Integer, nullable=False),  # in a row that failed
    Column("lease_until", Instant),
    Column("ended_at", Instant),
    Column("error", Text),
)  # fmt: skip

hold_assignees = Table(
    "hold_assignees", metadata,
    Column("group_key", String(16), primary_key=True),
    Column("person_id", Id, nullable=False),
    Column("assigned_at", Instant, nullable=False),
    Column("assigned_by", Text, nullable=False),
)  # fmt: skip

hold_views = Table(
    "hold_views", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", Id, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # the filter as a query string; never an address
)  # fmt: skip

sealed = Table(
    "sealed_outcomes", metadata,  # what leads stood as in a batch before they were settled again or refused
    Column("lead_id", Id, primary_key=True, autoincrement=False),
    Column("batch_id", Id, primary_key=True, autoincrement=False, index=True),
    Column("outcome", String(9), nullable=False),
    Column("decision_id", Id, nullable=False),
    Column("extra", String(32)),
)  # fmt: skip
