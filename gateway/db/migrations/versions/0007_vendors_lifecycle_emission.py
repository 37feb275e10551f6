"""What became of people, what vendors sold, what was handed on: a function for each room, called in this order."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.String(27)
_BUYING = (
    "buying_terms", "buying_keys", "buying_accounts", "buying_pings", "bought_leads", "buying_feeds", "known_hashes",
)  # fmt: skip
_COUNTS = (
    "pings", "wanted", "hashed", "posts", "bought", "held", "rejected", "refused", "spent_minor", "pending_minor",
)  # fmt: skip
_ANALYSTS = """
CREATE VIEW prospects_for_analysts AS
SELECT p.id AS prospect, p.state AS phase, p.since AS phase_since, p.country, p.purposes, p.phone IS NOT NULL AS has_phone,
       b.origin_kind, CASE b.origin_kind WHEN 'list' THEN 'list_' || b.source ELSE b.source END AS source,
       b.arrived_at, b.settled_at AS accepted_at, d.name AS decision, d.policy_digest
FROM prospects p
JOIN leads l ON l.id = p.lead_id
JOIN batches b ON b.id = l.batch_id
JOIN decisions d ON d.id = p.decision_id
WHERE p.withdrawn_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM suppressions s
    WHERE s.match_key = p.match_key AND s.scope IN ('all', 'email') AND s.last_received_at >= b.arrived_at
)
"""


def upgrade() -> None:
    _lifecycle()
    _clocks()
    _holds()
    _vendors()
    _certificates()
    _numbers()
    _scoring()
    _buying()
    _overrides()
    _ties()
    _emission()


def downgrade() -> None:
    _emission_back()
    op.drop_table("account_ties")
    with op.batch_alter_table("overrides") as batch_op:
        batch_op.drop_column("reopens")
    _buying_back()
    _scoring_back()
    _numbers_back()
    _certificates_back()
    _vendors_back()
    op.drop_index("ix_leads_duplicate_of", "leads")
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_column("decision_id")
        batch_op.drop_column("batch_id")
    op.drop_index("ix_clocks_open", "clocks")
    _lifecycle_back()


def _clocks() -> None:
    is_open = sa.text("done_at IS NULL")
    columns = ["due_on", "obligation", "batch_id", "lead_id"]
    op.create_index("ix_clocks_open", "clocks", columns, sqlite_where=is_open, postgresql_where=is_open)


def _holds() -> None:
    taken = sa.text("duplicate_of IS NOT NULL")
    op.create_index("ix_leads_duplicate_of", "leads", ["duplicate_of"], sqlite_where=taken, postgresql_where=taken)
    names = ("batch_id", "decision_id")
    with op.batch_alter_table("holds") as batch_op:
        for name in names:
            batch_op.add_column(sa.Column(name, _ID))
    found = ", ".join(f"{name} = (SELECT leads.{name} FROM leads WHERE leads.id = holds.lead_id)" for name in names)
    op.execute(sa.text(f"UPDATE holds SET {found}"))
    with op.batch_alter_table("holds") as batch_op:
        for name in names:
            batch_op.alter_column(name, existing_type=_ID, nullable=False)


def _lifecycle() -> None:
    with op.batch_alter_table("lifecycle_events") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=14)))
        batch_op.add_column(sa.Column("rule", sa.Text()))
        batch_op.add_column(sa.Column("causes", sa.Text()))
        batch_op.add_column(sa.Column("known_at", _INSTANT))
    op.create_table(
        "happenings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("prospect_id", _ID, nullable=False),
        sa.Column("teller", sa.Text(), nullable=False),
        sa.Column("event_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("known_at", _INSTANT, nullable=False),
        sa.Column("product", sa.Text()),
        sa.Column("segment", sa.Text()),
        sa.Column("quantity", sa.Float()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("campaign", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("satisfaction", sa.SmallInteger()),
        sa.Column("recommend", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_happenings_teller_event_key", "happenings", ["teller", "event_key"], unique=True)
    op.create_index("ix_happenings_prospect_id_at", "happenings", ["prospect_id", "at"])
    op.create_table(
        "phases",
        sa.Column("prospect_id", _ID, autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=14)),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("next_change_at", _INSTANT),
        sa.Column("rules", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_phases")),
    )
    op.create_index("ix_phases_next_change_at", "phases", ["next_change_at"])
    op.create_index("ix_phases_rules", "phases", ["rules"])
    op.create_index("ix_phases_phase_kind_prospect_id", "phases", ["phase", "kind", "prospect_id"])
    op.create_table(
        "reorders",
        sa.Column("prospect_id", _ID, autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("run_out_on", sa.String(length=10), nullable=False),
        sa.Column("reorder_on", sa.String(length=10), nullable=False),
        sa.Column("pace_days", sa.Float(), nullable=False),
        sa.Column("purchases", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prospect_id", "product", name=op.f("pk_reorders")),
    )
    op.create_index("ix_reorders_reorder_on", "reorders", ["reorder_on"])


def _lifecycle_back() -> None:
    for table in ("reorders", "phases", "happenings"):
        op.drop_table(table)
    with op.batch_alter_table("lifecycle_events") as batch_op:
        for column in ("known_at", "causes", "rule", "kind"):
            batch_op.drop_column(column)


def _vendors() -> None:
    op.create_table(
        "vendor_contracts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("vendor_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("from_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10)),
        sa.Column("price_minor", _ID),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("accepted_reasons", sa.Text(), nullable=False),
        sa.Column("return_days", sa.Integer()),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_contracts_vendor_id_vendors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_contracts")),
        sqlite_autoincrement=True,
    )
    for column in ("number", "vendor_id", "until_on"):
        op.create_index(op.f(f"ix_vendor_contracts_{column}"), "vendor_contracts", [column])

    op.create_table(
        "vendor_notes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("vendor_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("from_on", sa.String(length=10)),
        sa.Column("until_on", sa.String(length=10)),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_notes_vendor_id_vendors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_notes")),
        sqlite_autoincrement=True,
    )
    for column in ("number", "vendor_id", "until_on"):
        op.create_index(op.f(f"ix_vendor_notes_{column}"), "vendor_notes", [column])


def _vendors_back() -> None:
    op.drop_table("vendor_notes")
    op.drop_table("vendor_contracts")


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16)),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "lead_id", name=op.f("pk_certificates")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_certificates_match_key"), "certificates", ["match_key"])
    op.create_table(
        "certificate_windows",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("claim_until", sa.String(length=10), nullable=False),
        sa.Column("unclaimed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "claim_until", name=op.f("pk_certificate_windows")),
    )
    op.create_index("ix_certificate_windows_claim_until", "certificate_windows", ["claim_until"])
    op.create_table(
        "certificate_questions",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("try_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim_until", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("digest", "lead_id", name=op.f("pk_certificate_questions")),
    )
    op.create_index(op.f("ix_certificate_questions_try_at"), "certificate_questions", ["try_at"])
    op.create_table(
        "certificate_answers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_id", _ID, nullable=False),
        sa.Column("match_key", sa.LargeBinary(length=16)),
        sa.Column("says", sa.String(length=14), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("retained", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_certificate_answers_match_key"), "certificate_answers", ["match_key"])
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "id"])


def _certificates_back() -> None:
    for table in ("certificate_answers", "certificate_questions", "certificate_windows", "certificates"):
        op.drop_table(table)


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_numbers_as_of"), "numbers", ["as_of"])
    op.create_table(
        "worths",
        sa.Column("numbers_id", _ID, autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per", sa.String(length=8), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("numbers_id", "scope", "name", "currency", "per", name=op.f("pk_worths")),
    )


def _numbers_back() -> None:
    for table in ("worths", "numbers"):
        op.drop_table(table)


def _scoring() -> None:
    op.create_index("ix_prospects_gone", "prospects", ["lead_id"], sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
                    postgresql_where=sa.text("withdrawn_at IS NOT NULL"))
    op.create_table(
        "vendor_scores",
        sa.Column("origin_kind", sa.String(4), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("vendor", sa.Text()),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("counted_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("origin_kind", "source", "month", name=op.f("pk_vendor_scores")),
    )
    op.create_index("ix_vendor_scores_vendor", "vendor_scores", ["vendor", "first_at"])
    op.create_table(
        "vendor_cards",
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(1)),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=False),
        sa.Column("counted_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("vendor", name=op.f("pk_vendor_cards")),
    )
    op.create_table(
        "vendor_anomalies",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT),
        sa.Column("seen_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_anomalies")),
    )
    op.create_index("ix_vendor_anomalies_vendor", "vendor_anomalies", ["vendor", "id"])
    op.create_index("ix_vendor_anomalies_seen", "vendor_anomalies", ["seen_at", "id"])
    op.create_table(
        "scoring_marks",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("batch", _ID, nullable=False),
        sa.Column("event", _ID, nullable=False),
        sa.Column("change", _ID, nullable=False),
        sa.Column("whole_at", _INSTANT),
        sa.Column("counted_at", _INSTANT, nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_marks")),
    )
    op.create_table(
        "vendor_invoices",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("contract", _ID),
        sa.Column("lists", sa.Text(), nullable=False),
        sa.Column("billed_rows", sa.Integer(), nullable=False),
        sa.Column("amount_minor", _ID, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("dated_on", sa.String(10), nullable=False),
        sa.Column("received_on", sa.String(10), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("by_row", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reconciled_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_invoices")),
        sa.UniqueConstraint("vendor", "folded", name=op.f("uq_vendor_invoices_vendor_folded")),
    )
    op.create_table(
        "vendor_invoice_rows",
        sa.Column("invoice_id", _ID, autoincrement=False, nullable=False),
        sa.Column("place", _ID, autoincrement=False, nullable=False),
        sa.Column("list_id", _ID),
        sa.Column("row", _ID),
        sa.Column("lead_id", _ID),
        sa.Column("fate", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reported_on", sa.String(10)),
        sa.ForeignKeyConstraint(["invoice_id"], ["vendor_invoices.id"],
                                name=op.f("fk_vendor_invoice_rows_invoice_id_vendor_invoices")),
        sa.PrimaryKeyConstraint("invoice_id", "place", name=op.f("pk_vendor_invoice_rows")),
    )
    op.create_index("ix_vendor_invoice_rows_lead_id", "vendor_invoice_rows", ["lead_id"])


def _scoring_back() -> None:
    for table in ("vendor_invoice_rows", "vendor_invoices", "scoring_marks", "vendor_anomalies", "vendor_cards",
                  "vendor_scores"):
        op.drop_table(table)
    op.drop_index("ix_prospects_gone", table_name="prospects")


def _buying_back() -> None:
    for table in reversed(_BUYING):
        op.drop_table(table)


def _buying() -> None:
    _buying_terms()
    op.create_table(
        "buying_pings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contract", _ID, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("price_minor", _ID, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.String(length=8)),
        sa.Column("hash_match_key", sa.LargeBinary(length=16)),
        sa.Column("used_at", _INSTANT),
        sa.Column("lead_id", _ID),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buying_pings")),
    )
    op.create_index("ix_buying_pings_until", "buying_pings", ["until"])
    op.create_table(
        "bought_leads",
        sa.Column("lead_id", _ID, autoincrement=False, nullable=False),
        sa.Column("contract", _ID, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("list_id", _ID, nullable=False),
        sa.Column("ping", sa.String(length=32)),
        sa.Column("price_minor", _ID, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("held", sa.String(length=13), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("looked_at", _INSTANT),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_bought_leads")),
    )
    op.create_index("ix_bought_leads_list_id", "bought_leads", ["list_id"])
    op.create_index("ix_bought_leads_contract_lead_id", "bought_leads", ["contract", "lead_id"])
    op.create_index("ix_bought_leads_state_looked_at", "bought_leads", ["state", "looked_at"])
    op.create_table(
        "buying_feeds",
        sa.Column("contract", _ID, autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("contract", "month", "digest", "part", name=op.f("pk_buying_feeds")),
        sa.UniqueConstraint("list_id", name=op.f("uq_buying_feeds_list_id")),
    )
    _buying_known()


def _buying_terms() -> None:
    op.create_table(
        "buying_terms",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("contract", _ID, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("paused", sa.Text()),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buying_terms")),
        sqlite_autoincrement=True,
    )
    for column in ("contract", "vendor"):
        op.create_index(f"ix_buying_terms_{column}", "buying_terms", [column])
    op.create_table(
        "buying_keys",
        sa.Column("key_id", _ID, autoincrement=False, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_buying_keys")),
    )
    op.create_index("ix_buying_keys_vendor", "buying_keys", ["vendor"])
    op.create_table(
        "buying_accounts",
        sa.Column("contract", _ID, autoincrement=False, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("begins", sa.String(length=13), nullable=False),
        *(sa.Column(name, _ID, nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("contract", "span", "begins", name=op.f("pk_buying_accounts")),
    )


def _buying_known() -> None:
    op.create_table(
        "known_hashes",
        sa.Column("prospect_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sha256_match_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("md5_match_key", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_known_hashes")),
    )
    for column in ("sha256_match_key", "md5_match_key"):
        op.create_index(f"ix_known_hashes_{column}", "known_hashes", [column])


def _overrides() -> None:
    with op.batch_alter_table("overrides") as batch_op:
        batch_op.add_column(sa.Column("reopens", sa.Integer(), nullable=False, server_default="0"))


def _ties() -> None:
    op.create_table(
        "account_ties",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("by_person_id", _ID, nullable=False),
        sa.Column("how", sa.String(length=7), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_account_ties_person_id_people")),
        sa.ForeignKeyConstraint(["by_person_id"], ["people.id"], name=op.f("fk_account_ties_by_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_ties")),
    )
    op.create_index(op.f("ix_account_ties_at"), "account_ties", ["at"])


def _emission() -> None:
    """Where prospects are sent, what was told to whom, recalls, and what analysts may look at."""
    op.create_table(
        "destinations",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("prospects_seen", _ID, nullable=False),
        sa.Column("events_seen", _ID, nullable=False),
        sa.Column("orders_seen", _ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", _INSTANT),
        sa.Column("failing_since", _INSTANT),
        sa.Column("look_at", _INSTANT),
        sa.Column("last_answer", sa.Text()),
        sa.Column("last_tried_at", _INSTANT),
        sa.Column("last_taken_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
        sa.UniqueConstraint("name", name=op.f("uq_destinations_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("destination_id", _ID, nullable=False),
        sa.Column("prospect_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("decision_id", _ID),
        sa.Column("cause", sa.Text()),
        sa.Column("recall_id", _ID),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_try_at", _INSTANT),
        sa.Column("next_try_at", _INSTANT),
        sa.Column("sent_at", _INSTANT),
        sa.Column("acknowledged_at", _INSTANT),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("reminded_at", _INSTANT),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("remote", sa.Text()),
        sa.Column("phone_match_key", sa.LargeBinary(length=16)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_prospect_id", "deliveries", ["prospect_id"])
    op.create_index("ix_deliveries_due", "deliveries", ["destination_id", "state", "kind", "id"])
    op.create_index("ix_deliveries_person", "deliveries", ["destination_id", "prospect_id", "sequence"])
    phones, recalled = sa.text("phone_match_key IS NOT NULL"), sa.text("recall_id IS NOT NULL")
    op.create_index(
        "ix_deliveries_phone", "deliveries", ["phone_match_key"], sqlite_where=phones, postgresql_where=phones
    )
    op.create_index(
        "ix_deliveries_recall", "deliveries", ["recall_id", "state"], sqlite_where=recalled, postgresql_where=recalled
    )
    op.create_table(
        "recalls",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text()),
        sa.Column("lists", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reached", _ID, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recalls_state", "recalls", ["state"])
    op.execute(_ANALYSTS)


def _emission_back() -> None:
    op.execute("DROP VIEW prospects_for_analysts")
    for name in ("recalls", "deliveries", "destinations"):
        op.drop_table(name)
