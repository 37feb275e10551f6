"""Certificates are found by whose they were; destinations look again at whom they have; purposes that were left."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


# A purpose is left where an order of it stands that no later yes on a form, confirmed, answered
# (gateway/confirmation/purposes.py). Words are compared folded.
_LEFT = """
    SELECT lower(substr(s.scope, 9)) AS word FROM suppressions s
    WHERE s.match_key = p.match_key AND substr(s.scope, 1, 8) = 'purpose:' AND NOT EXISTS (
        SELECT 1 FROM confirmations c
        WHERE c.match_key = s.match_key AND c.state = 'confirmed' AND c.asked_at > s.last_received_at
        AND {has}(' ' || lower(replace(c.purposes, ',', ' ')) || ' ', ' ' || lower(substr(s.scope, 9)) || ' ') > 0
    )
"""
_KEPT = {
    "sqlite": """
        SELECT group_concat(value, ' ') FROM (
            SELECT w.value FROM json_each('[' || replace(replace(json_quote(p.purposes), ',', ' '), ' ', '","') || ']') w
            WHERE w.value <> '' AND lower(w.value) NOT IN ({left}) ORDER BY w.key
        )
    """,
    "postgresql": """
        SELECT string_agg(w.value, ' ' ORDER BY w.n)
        FROM regexp_split_to_table(p.purposes, '[ ,]+') WITH ORDINALITY AS w(value, n)
        WHERE w.value <> '' AND lower(w.value) NOT IN ({left})
    """,
}
_NOT_FOR = {
    "sqlite": "SELECT group_concat(word, ' ') FROM (SELECT DISTINCT word FROM ({left}) ORDER BY word)",
    "postgresql": "SELECT string_agg(DISTINCT word, ' ') FROM ({left}) words",
}
_HAS = {"sqlite": "instr", "postgresql": "strpos"}
_BEFORE = """
SELECT p.id AS prospect, p.state AS phase, p.since AS phase_since, p.country, {purposes} AS purposes,
       p.phone IS NOT NULL AS has_phone,
       b.origin_kind, CASE b.origin_kind WHEN 'list' THEN 'list_' || b.source ELSE b.source END AS source,
       b.arrived_at, b.settled_at AS accepted_at, d.name AS decision, d.policy_digest{more}
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
    _certificates()
    _emission()
    _analysts()


def downgrade() -> None:
    op.execute("DROP VIEW prospects_for_analysts")
    _make_view(_BEFORE.format(purposes="p.purposes", more=""))
    with op.batch_alter_table("destinations") as batch_op:
        batch_op.drop_column("review_seen")
    _certificates_back()


def _certificates() -> None:
    somebodys = sa.text("match_key IS NOT NULL")
    columns = ["digest", "source", "match_key", "vendor", "lead_id"]
    op.create_index(
        "ix_certificates_uses", "certificates", columns, sqlite_where=somebodys, postgresql_where=somebodys
    )
    op.drop_index("ix_certificate_answers_digest", "certificate_answers")
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "match_key", "id"])


def _emission() -> None:
    op.add_column("destinations", sa.Column("review_seen", _ID))


def _analysts() -> None:
    """Who left every purpose of theirs is in it no more: nobody may write to them."""
    dialect = op.get_bind().dialect.name
    left = _LEFT.format(has=_HAS[dialect])
    kept, not_for = _KEPT[dialect].format(left=left), _NOT_FOR[dialect].format(left=left)
    purposes = f"CASE WHEN p.purposes <> '' AND EXISTS ({left}) THEN COALESCE(({kept}), '') ELSE p.purposes END"
    told = _BEFORE.format(purposes=purposes, more=f", ({not_for}) AS not_for, p.purposes <> '' AS names_some")
    names = (
        "prospect, phase, phase_since, country, purposes, has_phone, origin_kind, source, arrived_at, accepted_at, "
        "decision, policy_digest, not_for"
    )
    op.execute("DROP VIEW prospects_for_analysts")
    _make_view(f"SELECT {names} FROM ({told}) told WHERE purposes <> '' OR names_some IS NULL OR NOT names_some")  # noqa: S608 - our own words


def _make_view(query: str) -> None:
    # As it is: what stands in quotes there is no parameter, whatever colons it has.
    op.get_bind().exec_driver_sql(f"CREATE VIEW prospects_for_analysts AS {query}")


def _certificates_back() -> None:
    op.drop_index("ix_certificate_answers_digest", "certificate_answers")
    op.create_index("ix_certificate_answers_digest", "certificate_answers", ["digest", "id"])
    op.drop_index("ix_certificates_uses", "certificates")
