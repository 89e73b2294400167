"""No text that people wrote was forgotten when the rows stored before were cleaned."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB

from chassis.declaring.service import load
from launcher.paths import service_names

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT / "chassis" / "provisioning" / "migration_steps"

OF_EVERY_SERVICE = {
    *("outbox", "state_notes", "inbox", "idempotency_keys", "copy_states", "copy_requests", "schedules"),
    *("audit_entries", "workflow_history"),  # what was written then
    *("tasks", "task_steps", "files"),  # `files.name` is cleaned by the step itself
    "cohorts",  # made of rows that are clean
    *("student_grams", "user_grams"),  # made by triggers from what is there
}
NEVER_OTHERWISE = {
    # Numbers, codes and usernames: no other form was ever taken.
    *("bank_reference", "certificate_number", "code", "email", "from_intake", "id_number", "intake", "major_code"),
    *("maximum_years", "minimum_years", "mobile", "number", "phone", "postcode", "prior_certificate_number"),
    *("schooling_length", "student_number", "until_intake", "username"),
    # Words of ours.
    *("account", "billing_refusal", "client", "closing_reason", "confirmation", "education_level", "education_levels"),
    *("ended_by", "ethnicity", "exam_kind", "gender", "id_kind", "kind", "level", "method", "modules", "outcome"),
    *("password_hash", "posting", "prior_check", "refusal", "refusal_code", "registration_refusal", "role", "source"),
    *("source_kind", "state", "status"),
}
WORDS_OF_OURS = {("suspense_items", "reason"), ("refunds", "reason")}


CLEANING = {
    service: path
    for service in service_names()
    for path in (ROOT / "services" / service / "migrations").glob("*_texts_cleaned.py")
}
"""Each service's migration that cleans; one that came later has none."""


def came_later(service: str) -> tuple[set[str], set[tuple[str, str]]]:
    """Tables, and columns of others, that migrations after the cleaning make: what is in them came in cleaned."""
    cleaning = CLEANING[service]
    later = [path for path in cleaning.parent.glob("*.py") if path.name > cleaning.name]
    trees = [ast.parse(path.read_text("utf-8")) for path in later]
    imported = {
        name.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "chassis.provisioning.migration_steps"
        for name in node.names
    }
    trees += [ast.parse((STEPS / f"{name}.py").read_text("utf-8")) for name in imported]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls = [call for call in calls if call.args and isinstance(call.args[0], ast.Constant)]
    return (
        {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "op.create_table"},
        {_column(call) for call in calls if ast.unparse(call.func) == "op.add_column"},
    )


def _column(call: ast.Call) -> tuple[str, str]:
    """The table and the column of `op.add_column("users", sa.Column("note", …))`."""
    table, column = call.args
    assert isinstance(column, ast.Call)
    return ast.literal_eval(table), ast.literal_eval(column.args[0])


def cleaned(service: str) -> dict[str, dict[str, Any]]:
    """What the service's migration cleans."""
    spec = importlib.util.spec_from_file_location(f"{service}_texts_cleaned", CLEANING[service])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts: dict[str, dict[str, Any]] = module.TEXTS
    return texts


@pytest.mark.parametrize("name", CLEANING)
def test_every_column_of_text_was_cleaned_or_could_not_be_otherwise(name: str) -> None:
    declared = load(f"services.{name}.service")
    copies = {entry.table.name for entry in declared.copies.values()}
    new_tables, new_columns = came_later(name)
    own = [t for t in declared.metadata.sorted_tables if t.name not in OF_EVERY_SERVICE | new_tables | copies]
    written = {
        (table.name, column.name)
        for table in own
        for column in table.columns
        if isinstance(column.type, String | JSONB) and column.name not in NEVER_OTHERWISE
    }
    texts = {(table, column) for table, columns in cleaned(name).items() for column in columns}
    assert written - new_columns - WORDS_OF_OURS == texts
