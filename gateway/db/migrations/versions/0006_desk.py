"""The officer's desk: sessions and what else people need to sign in; what its pages count."""

from typing import Any
import json

import sqlalchemy as sa
from alembic import op
import unicodedata

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)


def upgrade() -> None:
    _access()
    _hours()
    _proofs()
    _overrides()
    _lists()
    _answers()
    _wordings()
    _ledger()
    _what_ifs()


def downgrade() -> None:
    op.drop_table("what_ifs")
    _ledger_back()
    _no_wordings()
    _without_answers()
    op.drop_table("list_drafts")
    with op.batch_alter_table("lists") as batch_op:
        batch_op.drop_index("ix_lists_vendor")
        batch_op.drop_index("ix_lists_arrived")
        batch_op.drop_column("vendor")
    op.drop_table("override_leads")
    op.drop_table("overrides")
    for table in reversed(_PROOFS):
        op.drop_table(table)
    op.drop_table("hours")
    op.drop_table("sessions")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("password_hash")
        batch_op.drop_column("left_at")
        batch_op.drop_column("zone")


def _access() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("zone", sa.Text()))
        batch_op.add_column(sa.Column("left_at", _INSTANT))
        batch_op.add_column(sa.Column("password_hash", sa.Text()))
    op.create_table(
        "sessions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("how", sa.String(length=20)),
        sa.Column("agent", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)


def _hours() -> None:
    op.create_table(
        "hours",
        sa.Column("hour", sa.String(length=13), nullable=False),
        sa.Column("origin_kind", sa.String(length=4), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("decision_id", _ID, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("extra", sa.String(length=32), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour", "origin_kind", "source", "decision_id", "outcome", "extra", name=op.f("pk_hours")
        ),
    )
    op.execute(
        "INSERT INTO hours (hour, origin_kind, source, decision_id, outcome, extra, leads) "
        "SELECT substr(b.settled_at, 1, 13), b.origin_kind, b.source, t.decision_id, t.outcome, t.extra, sum(t.leads) "
        "FROM tallies t JOIN batches b ON b.id = t.batch_id GROUP BY 1, 2, 3, 4, 5, 6"
    )


_PROOFS = (
    "account_links", "sign_in_tries", "challenges", "authenticators", "recovery_codes", "passkeys", "identities",
)


def _proofs() -> None:
    """What people sign in with."""

    def table(name: str, *columns: "sa.Column[Any]", person: bool = True, keyed: bool = False, unique: str = "") -> None:
        number = sa.Column("person_id", _ID, nullable=name == "challenges")
        more = [] if keyed else [sa.Column("id", _ID, autoincrement=True, nullable=False)]
        key = ["person_id"] if keyed else ["id"]
        rules: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}"))]
        if person:
            more.append(number)
            rules.append(sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")))
        if unique:
            rules.append(sa.UniqueConstraint(unique, name=op.f(f"uq_{name}_{unique}")))
        op.create_table(name, *more, *columns, *rules)

    def index(name: str, *columns: str) -> None:
        op.create_index(op.f(f"ix_{name}_{'_'.join(columns)}"), name, list(columns))

    table(
        "account_links", sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False), sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT), unique="token_hash",
    )
    index("account_links", "person_id")
    table(
        "sign_in_tries", sa.Column("subject", sa.String(64), nullable=False), sa.Column("at", _INSTANT, nullable=False),
        person=False,
    )
    index("sign_in_tries", "at")
    index("sign_in_tries", "subject", "at")
    table(
        "challenges", sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False), sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False), unique="token_hash",
    )
    index("challenges", "ends_at")
    table(
        "authenticators", sa.Column("sealed", sa.Text(), nullable=False), sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT), sa.Column("last_step", sa.BigInteger(), nullable=False), keyed=True,
    )
    table("recovery_codes", sa.Column("code_hash", sa.String(64), nullable=False))
    index("recovery_codes", "person_id")
    table(
        "passkeys", sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False), sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT), unique="credential",
    )
    index("passkeys", "person_id")
    table(
        "identities", sa.Column("issuer", sa.Text(), nullable=False), sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False), keyed=True,
    )


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("leads_digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("four_eyes", sa.Integer(), nullable=False),
        sa.Column("seconded_by", sa.Text()),
        sa.Column("seconded_at", _INSTANT),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_at", _INSTANT),
        sa.Column("ended_why", sa.Text()),
        sa.Column("renews", _ID),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    with op.batch_alter_table("overrides") as batch_op:
        batch_op.create_index("ix_overrides_state_expires_at", ["state", "expires_at"], unique=False)
    op.create_table(
        "override_leads",
        sa.Column("override_id", _ID, autoincrement=False, nullable=False),
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("override_id", "lead_id", name=op.f("pk_override_leads")),
    )
    with op.batch_alter_table("override_leads") as batch_op:
        batch_op.create_index(batch_op.f("ix_override_leads_lead_id"), ["lead_id"], unique=False)


def _lists() -> None:
    with op.batch_alter_table("lists") as batch_op:
        batch_op.add_column(sa.Column("vendor", sa.Text()))
        batch_op.create_index("ix_lists_arrived", ["arrived_digest"], unique=False)
        batch_op.create_index("ix_lists_vendor", ["vendor", "id"], unique=False)
    lists = sa.table("lists", sa.column("id"), sa.column("statement"), sa.column("vendor"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(lists.c.id, lists.c.statement)).all():
        vendor = json.loads(row.statement).get("vendor")
        if vendor:
            folded = " ".join(unicodedata.normalize("NFKC", vendor).casefold().split())
            connection.execute(sa.update(lists).where(lists.c.id == row.id).values(vendor=folded))
    op.create_table(
        "list_drafts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_path", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", _ID, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text()),
        sa.Column("sample", sa.Text()),
        sa.Column("list_id", _ID),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_drafts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("list_drafts") as batch_op:
        batch_op.create_index(batch_op.f("ix_list_drafts_created_at"), ["created_at"], unique=False)


def _answers() -> None:
    with op.batch_alter_table("holds") as batch_op:
        batch_op.add_column(sa.Column("answer_id", _ID))
        batch_op.add_column(sa.Column("asked_in", _ID))
    for column in ("answer_id", "asked_in"):
        some = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_holds_{column}", "holds", [column], sqlite_where=some, postgresql_where=some)
    op.create_table(
        "hold_answers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("group_key", sa.String(length=16)),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_answers")),
    )
    op.create_index(op.f("ix_hold_answers_due_at"), "hold_answers", ["due_at"])
    op.create_table(
        "hold_assignees",
        sa.Column("group_key", sa.String(length=16), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("assigned_at", _INSTANT, nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_key", name=op.f("pk_hold_assignees")),
    )
    op.create_table(
        "hold_views",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_views")),
    )
    op.create_index(op.f("ix_hold_views_person_id"), "hold_views", ["person_id"])


def _without_answers() -> None:
    for table in ("hold_views", "hold_assignees", "hold_answers"):
        op.drop_table(table)
    for column in ("asked_in", "answer_id"):
        op.drop_index(f"ix_holds_{column}", "holds")
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_column("asked_in")
        batch_op.drop_column("answer_id")


def _wordings() -> None:
    op.create_table(
        "wordings",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text()),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_wordings")),
    )
    op.create_index("ix_wordings_use", "wordings", ["standing", "leads", "digest"])
    op.create_index("ix_wordings_leads", "wordings", ["leads", "digest"])
    op.create_table(
        "wording_uses",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("vendor", sa.Text()),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", "source", name=op.f("pk_wording_uses")),
    )
    op.create_index("ix_wording_uses_vendor", "wording_uses", ["vendor", "last_at"])
    op.create_index("ix_wording_uses_source", "wording_uses", ["source"])
    op.create_index("ix_wording_uses_kind", "wording_uses", ["kind", "digest"])
    op.create_table(
        "wording_standings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_standings")),
    )
    op.create_index(op.f("ix_wording_standings_digest"), "wording_standings", ["digest"])
    op.create_table(
        "rejudgings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("wording", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reached", _ID, nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("dealt", sa.Integer(), nullable=False),
        sa.Column("prospects", sa.Integer(), nullable=False),
        sa.Column("rejections", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("error", sa.Text()),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejudgings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rejudgings_wording"), "rejudgings", ["wording"])
    op.create_index(op.f("ix_rejudgings_state"), "rejudgings", ["state"])
    with op.batch_alter_table("holds") as batch_op:
        batch_op.add_column(sa.Column("wording", sa.String(length=32)))
        batch_op.create_index("ix_holds_wording", ["state", "wording", "lead_id"])


def _no_wordings() -> None:
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_index("ix_holds_wording")
        batch_op.drop_column("wording")
    for table in ("rejudgings", "wording_standings", "wording_uses", "wordings"):
        op.drop_table(table)


def _ledger() -> None:
    """What finds entries, what leads stood as before they were settled again, and checks of the ledger."""
    op.create_index("ix_ledger_entries_kind", "ledger_entries", ["kind", "seq"])
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    op.create_table(
        "ledger_about",
        sa.Column("word", sa.String(length=120), nullable=False),
        sa.Column("seq", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "seq", name=op.f("pk_ledger_about")),
    )
    op.create_table(
        "ledger_checks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", sa.Text()),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("entries", _ID, nullable=False),
        sa.Column("total", _ID, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("milliseconds", _ID, nullable=False),
        sa.Column("ok", sa.Integer()),
        sa.Column("root", sa.String(length=64)),
        sa.Column("first_bad", _ID),
        sa.Column("why", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checks")),
    )
    op.create_table(
        "sealed_outcomes",
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("batch_id", _ID, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("decision_id", _ID, nullable=False),
        sa.Column("extra", sa.String(length=32)),
        sa.PrimaryKeyConstraint("lead_id", "batch_id", name=op.f("pk_sealed_outcomes")),
    )
    op.create_index("ix_sealed_outcomes_batch_id", "sealed_outcomes", ["batch_id"])
    _fill_about()


def _fill_about() -> None:
    """The words of entries that are there already, a few thousand at a time."""
    connection, reached = op.get_bind(), 0
    while True:
        rows = connection.execute(
            sa.text("SELECT seq, kind, body FROM ledger_entries WHERE seq > :reached ORDER BY seq LIMIT 5000"),
            {"reached": reached},
        ).all()
        if not rows:
            return
        reached = rows[-1].seq
        found = [{"word": word, "seq": row.seq} for row in rows for word in _words(row.kind, row.body)]
        if found:
            connection.execute(sa.text("INSERT INTO ledger_about (word, seq) VALUES (:word, :seq)"), found)


def _words(kind: str, text: str) -> list[str]:
    try:
        body = json.loads(text)
    except ValueError:  # damaged: `gateway ledger verify` says so
        return []
    found = []
    for name in ("list", "run", "lead"):
        said = str(body.get(name)).removeprefix(name + "_")
        if said.isascii() and said.isdigit() and len(said) < 19:
            found.append(f"{name}:{said}")
    if str(body.get("origin")).startswith("list:"):
        found.append(body["origin"])
    names = ("by",) if kind.startswith("batch.") else ("source", "vendor", "by")
    found += [f"{name}:{body[name]}" for name in names if isinstance(body.get(name), str)]
    return [word for word in dict.fromkeys(found) if len(word) <= 120]


def _ledger_back() -> None:
    for name in ("sealed_outcomes", "ledger_checks", "ledger_about"):
        op.drop_table(name)
    op.drop_index("ix_ledger_entries_at", "ledger_entries")
    op.drop_index("ix_ledger_entries_kind", "ledger_entries")


def _what_ifs() -> None:
    op.create_table(
        "what_ifs",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_ifs")),
        sqlite_autoincrement=True,
    )
