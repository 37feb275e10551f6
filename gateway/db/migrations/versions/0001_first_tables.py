"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('decisions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('name', sa.String(length=28), nullable=False),
    sa.Column('verdict', sa.String(length=6), nullable=False),
    sa.Column('policy_digest', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions')),
    sa.UniqueConstraint('name', name=op.f('uq_decisions_name'))
    )
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decisions_policy_digest'), ['policy_digest'], unique=False)

    op.create_table('heartbeats',
    sa.Column('worker', sa.String(length=120), nullable=False),
    sa.Column('at', sa.String(27), nullable=False),
    sa.PrimaryKeyConstraint('worker', name=op.f('pk_heartbeats'))
    )
    op.create_table('holds',
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('question', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('asked_at', sa.String(27), nullable=False),
    sa.Column('deadline_at', sa.String(27), nullable=False),
    sa.Column('recheck_at', sa.String(27), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('domain', sa.Text(), nullable=True),
    sa.Column('fields', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.String(27), nullable=True),
    sa.Column('answered_by', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('lead_id', name=op.f('pk_holds'))
    )
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.create_index('ix_holds_deadline', ['state', 'deadline_at'], unique=False)
        batch_op.create_index('ix_holds_recheck', ['state', 'recheck_at'], unique=False)

    op.create_table('idempotent_answers',
    sa.Column('caller', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('content_type', sa.String(length=80), nullable=True),
    sa.Column('at', sa.String(27), nullable=False),
    sa.UniqueConstraint('caller', 'key', name=op.f('uq_idempotent_answers_caller_key'))
    )
    with op.batch_alter_table('idempotent_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotent_answers_at'), ['at'], unique=False)

    op.create_table('leads',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('match_key', sa.LargeBinary(length=16), nullable=True),
    sa.Column('as_arrived', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=9), nullable=False),
    sa.Column('decision_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('decided_in', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('extra', sa.String(length=32), nullable=True),
    sa.Column('duplicate_of', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leads'))
    )
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_match_key', ['match_key'], unique=False)

    op.create_table('ledger_entries',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(27), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('leaf_hash', sa.String(length=64), nullable=False),
    sa.Column('subtree', sa.String(length=64), nullable=False),
    sa.Column('root', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.String(length=88), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_ledger_entries'))
    )
    op.create_table('lifecycle_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('prospect_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('at', sa.String(27), nullable=False),
    sa.Column('from_state', sa.String(length=8), nullable=True),
    sa.Column('to_state', sa.String(length=8), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lifecycle_events'))
    )
    with op.batch_alter_table('lifecycle_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lifecycle_events_prospect_id'), ['prospect_id'], unique=False)

    op.create_table('lists',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('manifest', sa.Text(), nullable=False),
    sa.Column('manifest_digest', sa.String(length=64), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('file_path', sa.Text(), nullable=True),
    sa.Column('file_digest', sa.String(length=64), nullable=True),
    sa.Column('file_bytes', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('inspection', sa.Text(), nullable=True),
    sa.Column('created_at', sa.String(27), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lists')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('lists', schema=None) as batch_op:
        batch_op.create_index('ix_lists_content', ['file_digest', 'manifest_digest'], unique=False)

    op.create_table('mail_routes',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('answered_at', sa.String(27), nullable=False),
    sa.Column('expires_at', sa.String(27), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_mail_routes'))
    )
    op.create_table('people',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=13), nullable=False),
    sa.Column('created_at', sa.String(27), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('address', name=op.f('uq_people_address'))
    )
    op.create_table('prospects',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('match_key', sa.LargeBinary(length=16), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('first_name', sa.Text(), nullable=True),
    sa.Column('last_name', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('decision_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('state', sa.String(length=8), server_default='prospect', nullable=False),
    sa.Column('since', sa.String(27), nullable=False),
    sa.Column('withdrawn_at', sa.String(27), nullable=True),
    sa.Column('withdrawn_cause', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prospects'))
    )
    with op.batch_alter_table('prospects', schema=None) as batch_op:
        batch_op.create_index('uq_prospects_match_key', ['match_key'], unique=True)

    op.create_table('sources',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('origins', sa.Text(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('requires_tick', sa.Boolean(), nullable=False),
    sa.Column('redirects', sa.Text(), nullable=False),
    sa.Column('created_at', sa.String(27), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sources'))
    )
    op.create_table('statements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements')),
    sa.UniqueConstraint('digest', name=op.f('uq_statements_digest'))
    )
    op.create_table('suppressions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('match_key', sa.LargeBinary(length=16), nullable=False),
    sa.Column('cause', sa.String(length=16), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('received_at', sa.String(27), nullable=False),
    sa.Column('last_received_at', sa.String(27), nullable=False),
    sa.Column('recorded_at', sa.String(27), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppressions')),
    sa.UniqueConstraint('match_key', 'cause', name=op.f('uq_suppressions_match_key_cause'))
    )
    op.create_table('vendors',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('first_heard_at', sa.String(27), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendors')),
    sa.UniqueConstraint('folded', name=op.f('uq_vendors_folded'))
    )
    op.create_table('api_keys',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('last_four', sa.String(length=4), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('created_at', sa.String(27), nullable=False),
    sa.Column('expires_at', sa.String(27), nullable=True),
    sa.Column('revoked_at', sa.String(27), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_api_keys_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys'))
    )
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_keys_person_id'), ['person_id'], unique=False)

    op.create_table('batches',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('origin_kind', sa.String(length=4), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('statement_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('arrived_at', sa.String(27), nullable=False),
    sa.Column('as_of', sa.String(27), nullable=False),
    sa.Column('settled_at', sa.String(27), nullable=False),
    sa.Column('policy_digest', sa.String(length=64), nullable=False),
    sa.Column('first_lead', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('leads', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_batches_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batches'))
    )
    with op.batch_alter_table('batches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_batches_first_lead'), ['first_lead'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_run_id'), ['run_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_source'), ['source'], unique=False)

    op.create_table('runs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('list_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('as_of', sa.String(27), nullable=False),
    sa.Column('started_at', sa.String(27), nullable=False),
    sa.Column('ended_at', sa.String(27), nullable=True),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('started_by', sa.Text(), nullable=False),
    sa.Column('receipt', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['list_id'], ['lists.id'], name=op.f('fk_runs_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_runs_list_id'), ['list_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_runs_state'), ['state'], unique=False)

    op.create_table('vendor_standings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('standing', sa.String(length=9), nullable=False),
    sa.Column('at', sa.String(27), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendors.id'], name=op.f('fk_vendor_standings_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_standings'))
    )
    with op.batch_alter_table('vendor_standings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vendor_standings_vendor_id'), ['vendor_id'], unique=False)

    op.create_table('work',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('k', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('first_record', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.String(27), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_work_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'k', name=op.f('pk_work'))
    )
    with op.batch_alter_table('work', schema=None) as batch_op:
        batch_op.create_index('ix_work_open', ['state', 'lease_until'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('work', schema=None) as batch_op:
        batch_op.drop_index('ix_work_open')

    op.drop_table('work')
    with op.batch_alter_table('vendor_standings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vendor_standings_vendor_id'))

    op.drop_table('vendor_standings')
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_runs_state'))
        batch_op.drop_index(batch_op.f('ix_runs_list_id'))

    op.drop_table('runs')
    with op.batch_alter_table('batches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_batches_source'))
        batch_op.drop_index(batch_op.f('ix_batches_run_id'))
        batch_op.drop_index(batch_op.f('ix_batches_first_lead'))

    op.drop_table('batches')
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_keys_person_id'))

    op.drop_table('api_keys')
    op.drop_table('vendors')
    op.drop_table('suppressions')
    op.drop_table('statements')
    op.drop_table('sources')
    with op.batch_alter_table('prospects', schema=None) as batch_op:
        batch_op.drop_index('uq_prospects_match_key')

    op.drop_table('prospects')
    op.drop_table('people')
    op.drop_table('mail_routes')
    with op.batch_alter_table('lists', schema=None) as batch_op:
        batch_op.drop_index('ix_lists_content')

    op.drop_table('lists')
    with op.batch_alter_table('lifecycle_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lifecycle_events_prospect_id'))

    op.drop_table('lifecycle_events')
    op.drop_table('ledger_entries')
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_index('ix_leads_match_key')

    op.drop_table('leads')
    with op.batch_alter_table('idempotent_answers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotent_answers_at'))

    op.drop_table('idempotent_answers')
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.drop_index('ix_holds_recheck')
        batch_op.drop_index('ix_holds_deadline')

    op.drop_table('holds')
    op.drop_table('heartbeats')
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decisions_policy_digest'))

    op.drop_table('decisions')
