"""All tables of finance, and the rules of its ledger.

Whoever generates this file anew adds the two steps around the generated ones: the extension and ledger.sql.
"""

from pathlib import Path

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The overlap of fee standards; a trusted extension: the owner of a database may make it.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_actor_id", "audit_entries", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"], unique=False)
    op.create_index("ix_audit_entries_object", "audit_entries", ["object_type", "object_id"], unique=False)
    op.create_table(
        "billings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('billed', 'refused', 'closed')", name=op.f("ck_billings_outcome")),
        sa.CheckConstraint("source IN ('selection', 'registration')", name=op.f("ck_billings_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billings")),
    )
    op.create_table(
        "copy_requests",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_copy_requests")),
    )
    op.create_table(
        "copy_states",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_copy_states")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_table(
        "fee_standards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("education_level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("student_type", sa.String(length=20), nullable=True),
        sa.Column("student_source", sa.String(length=20), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("education_level"), "="),
            (sa.column("kind"), "="),
            (sa.text("coalesce(student_type, '')"), "="),
            (sa.text("coalesce(student_source, '')"), "="),
            (sa.text("daterange(valid_from, valid_until, '[]')"), "&&"),
            where=sa.text("NOT deleted"),
            using="gist",
            name="ex_fee_standards_overlap",
        ),
        sa.CheckConstraint(
            "education_level IN ('undergraduate', 'junior_college')", name=op.f("ck_fee_standards_education_level")
        ),
        sa.CheckConstraint("kind IN ('credit', 'exam')", name=op.f("ck_fee_standards_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fee_standards_amount_positive")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_fee_standards_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_standards")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)
    op.create_index("ix_files_teaching_point_id", "files", ["teaching_point_id", "adopted_at"], unique=False)
    op.create_table(
        "finance_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_settings")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "command", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("event_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("envelope", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('handled', 'waiting', 'dead')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_parked", "inbox", ["state", "next_at"], unique=False, postgresql_where=sa.text("state <> 'handled'")
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("routing_key", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "refund_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('credit', 'exam')", name=op.f("ck_refund_rules_kind")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_refund_rules_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_rules")),
        sa.UniqueConstraint("kind", "within_days", name="uq_refund_rules", postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "schedules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedules")),
    )
    op.create_table(
        "students",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("student_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("intake", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("student_type", sa.Text(), nullable=False),
        sa.Column("major_code", sa.Text(), nullable=False),
        sa.Column("schooling_length", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
    )
    op.create_index("ix_students_point", "students", ["teaching_point_id", "intake"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("steps_total", sa.Integer(), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result_file_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'cancelling', 'done', 'failed', 'cancelled')", name=op.f("ck_tasks_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_created_by", "tasks", ["created_by", "created_at"], unique=False)
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running', 'cancelling')"),
    )
    op.create_index("ix_tasks_teaching_point_id", "tasks", ["teaching_point_id", "created_at"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("to_teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'cleared', 'done', 'revoked')", name=op.f("ck_transfers_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_student_id", "transfers", ["student_id", "state"], unique=False)
    op.create_table(
        "withdrawal_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("refund_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("academic_reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting_for_hold', 'pending', 'approved', 'rejected', 'refunded')",
            name=op.f("ck_withdrawal_reviews_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_reviews")),
    )
    op.create_index(
        "ix_withdrawal_reviews_point", "withdrawal_reviews", ["teaching_point_id", "requested_at"], unique=False
    )
    op.create_index("ix_withdrawal_reviews_selection_id", "withdrawal_reviews", ["selection_id"], unique=False)
    op.create_index("ix_withdrawal_reviews_student_id", "withdrawal_reviews", ["student_id"], unique=False)
    op.create_table(
        "workflow_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_history")),
    )
    op.create_index("ix_workflow_history_subject", "workflow_history", ["subject_id", "id"], unique=False)
    op.create_table(
        "remittances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "number", sa.Text(), sa.Computed("'HK' || lpad(serial::text, 10, '0')", persisted=True), nullable=False
        ),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("bill_count", sa.Integer(), nullable=False),
        sa.Column("payer_name", sa.String(length=60), nullable=False),
        sa.Column("remitted_on", sa.Date(), nullable=False),
        sa.Column("receipt_file_id", sa.Uuid(), nullable=True),
        sa.Column("received_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'rejected', 'revoked', 'booked_late')", name=op.f("ck_remittances_state")
        ),
        sa.CheckConstraint("amount > 0 AND bill_count > 0", name=op.f("ck_remittances_not_empty")),
        sa.CheckConstraint("received_amount = amount", name=op.f("ck_remittances_received_amount")),
        sa.ForeignKeyConstraint(["receipt_file_id"], ["files.id"], name=op.f("fk_remittances_receipt_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittances")),
        sa.UniqueConstraint("number", name=op.f("uq_remittances_number")),
    )
    op.create_index("ix_remittances_point", "remittances", ["teaching_point_id", "created_at"], unique=False)
    op.create_index("ix_remittances_state", "remittances", ["state", "created_at"], unique=False)
    op.create_table(
        "task_steps",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("phase IN ('plan', 'run', 'finish')", name=op.f("ck_task_steps_phase")),
        sa.CheckConstraint("state IN ('waiting', 'leased', 'done')", name=op.f("ck_task_steps_state")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_steps_task_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "number", name=op.f("pk_task_steps")),
    )
    op.create_table(
        "bills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "number", sa.Text(), sa.Computed("'JF' || lpad(serial::text, 10, '0')", persisted=True), nullable=False
        ),
        sa.Column("selection_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("exam_round_id", sa.Uuid(), nullable=True),
        sa.Column("exam_kind", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fee_standard_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("refunded_amount", sa.Numeric(precision=12, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("grace_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('paid', 'refunding', 'refunded')) = (paid_at IS NOT NULL)", name=op.f("ck_bills_paid_at")
        ),
        sa.CheckConstraint("exam_kind IN ('paper', 'computer')", name=op.f("ck_bills_exam_kind")),
        sa.CheckConstraint("kind IN ('credit', 'exam')", name=op.f("ck_bills_kind")),
        sa.CheckConstraint("method IN ('remittance', 'unionpay')", name=op.f("ck_bills_method")),
        sa.CheckConstraint(
            "status IN ('unpaid', 'paying', 'remitting', 'paid', 'cancelled', 'refunding', 'refunded')",
            name=op.f("ck_bills_status"),
        ),
        sa.CheckConstraint("(paid_at IS NULL) = (method IS NULL)", name=op.f("ck_bills_method_when_paid")),
        sa.CheckConstraint("amount >= 0 AND refunded_amount BETWEEN 0 AND amount", name=op.f("ck_bills_amounts")),
        sa.CheckConstraint("num_nonnulls(selection_id, registration_id) = 1", name=op.f("ck_bills_source")),
        sa.ForeignKeyConstraint(["fee_standard_id"], ["fee_standards.id"], name=op.f("fk_bills_fee_standard_id")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_bills_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bills")),
        sa.UniqueConstraint("number", name=op.f("uq_bills_number")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_bills_registration_id")),
        sa.UniqueConstraint("selection_id", "kind", name=op.f("uq_bills_selection_id_kind")),
    )
    op.create_index("ix_bills_issued_at", "bills", ["issued_at"], unique=False)
    op.create_index("ix_bills_point", "bills", ["teaching_point_id", "status", "issued_at"], unique=False)
    op.create_index("ix_bills_point_issued_at", "bills", ["teaching_point_id", "issued_at"], unique=False)
    op.create_index("ix_bills_remittance_id", "bills", ["remittance_id"], unique=False)
    op.create_index("ix_bills_student_id", "bills", ["student_id"], unique=False)
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(method = 'remittance') = (remittance_id IS NOT NULL)", name=op.f("ck_payment_lines_payment")
        ),
        sa.CheckConstraint("method IN ('remittance', 'unionpay')", name=op.f("ck_payment_lines_method")),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_payment_lines_bill_id")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_payment_lines_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        sa.UniqueConstraint("remittance_id", "bill_id", name=op.f("uq_payment_lines_remittance_id_bill_id")),
    )
    op.create_index("ix_payment_lines_bill_id", "payment_lines", ["bill_id"], unique=False)
    op.create_index(
        "uq_payment_lines_open", "payment_lines", ["bill_id"], unique=True, postgresql_where=sa.text("open")
    )
    op.create_table(
        "suspense_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('bill_cancelled', 'bill_already_paid', 'bill_in_payment', 'bill_moved')",
            name=op.f("ck_suspense_items_reason"),
        ),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_suspense_items_bill_id")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_suspense_items_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspense_items")),
        sa.UniqueConstraint("remittance_id", "bill_id", name=op.f("uq_suspense_items_remittance_id_bill_id")),
    )
    op.create_index("ix_suspense_items_point", "suspense_items", ["teaching_point_id", "booked_at"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "number", sa.Text(), sa.Computed("'TF' || lpad(serial::text, 10, '0')", persisted=True), nullable=False
        ),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.Column("suspense_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_id", sa.Uuid(), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_out_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("method IN ('remittance', 'unionpay')", name=op.f("ck_refunds_method")),
        sa.CheckConstraint(
            "reason IN ('withdrawal', 'registration_refused', 'suspense')", name=op.f("ck_refunds_reason")
        ),
        sa.CheckConstraint("state IN ('pending', 'completed', 'failed')", name=op.f("ck_refunds_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.CheckConstraint("num_nonnulls(bill_id, suspense_id) = 1", name=op.f("ck_refunds_source")),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_refunds_bill_id")),
        sa.ForeignKeyConstraint(["suspense_id"], ["suspense_items.id"], name=op.f("fk_refunds_suspense_id")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal_reviews.id"], name=op.f("fk_refunds_withdrawal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("bill_id", name=op.f("uq_refunds_bill_id")),
        sa.UniqueConstraint("number", name=op.f("uq_refunds_number")),
        sa.UniqueConstraint("suspense_id", name=op.f("uq_refunds_suspense_id")),
    )
    op.create_index("ix_refunds_point", "refunds", ["teaching_point_id", "created_at"], unique=False)
    op.create_index("ix_refunds_state", "refunds", ["state", "created_at"], unique=False)
    op.create_index("ix_refunds_withdrawal_id", "refunds", ["withdrawal_id"], unique=False)
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.Column("suspense_id", sa.Uuid(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "posting IN ('bill_issued', 'bill_cancelled', 'bill_moved', 'payment', 'suspense_payment', 'refund_decided', 'refund_paid', 'refund_failed')",
            name=op.f("ck_ledger_transactions_posting"),
        ),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_ledger_transactions_bill_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_ledger_transactions_refund_id")),
        sa.ForeignKeyConstraint(
            ["suspense_id"], ["suspense_items.id"], name=op.f("fk_ledger_transactions_suspense_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
    )
    op.create_index("ix_ledger_transactions_bill_id", "ledger_transactions", ["bill_id", "posting"], unique=False)
    op.create_index(
        "ix_ledger_transactions_refund_id",
        "ledger_transactions",
        ["refund_id"],
        unique=False,
        postgresql_where=sa.text("refund_id IS NOT NULL"),
    )
    op.create_index(
        "uq_ledger_transactions_bill",
        "ledger_transactions",
        ["bill_id", "posting"],
        unique=True,
        postgresql_where=sa.text("posting IN ('bill_issued', 'bill_cancelled', 'payment')"),
    )
    op.create_index(
        "uq_ledger_transactions_refund",
        "ledger_transactions",
        ["refund_id"],
        unique=True,
        postgresql_where=sa.text("posting = 'refund_paid'"),
    )
    op.create_index(
        "uq_ledger_transactions_suspense",
        "ledger_transactions",
        ["suspense_id"],
        unique=True,
        postgresql_where=sa.text("posting = 'suspense_payment'"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "account IN ('bank', 'receivable', 'credit_fee_income', 'exam_fee_income', 'suspense', 'refund_payable')",
            name=op.f("ck_ledger_entries_account"),
        ),
        sa.CheckConstraint(
            "posting IN ('bill_issued', 'bill_cancelled', 'bill_moved', 'payment', 'suspense_payment', 'refund_decided', 'refund_paid', 'refund_failed')",
            name=op.f("ck_ledger_entries_posting"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transactions.id"], name=op.f("fk_ledger_entries_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_point", "ledger_entries", ["teaching_point_id", "posted_at"], unique=False)
    op.create_index("ix_ledger_entries_posted_at", "ledger_entries", ["posted_at"], unique=False)
    op.create_index("ix_ledger_entries_student_id", "ledger_entries", ["student_id", "posted_at"], unique=False)
    op.create_index("ix_ledger_entries_transaction_id", "ledger_entries", ["transaction_id"], unique=False)
    op.execute((Path(__file__).parent / "ledger.sql").read_text(encoding="utf-8"))
