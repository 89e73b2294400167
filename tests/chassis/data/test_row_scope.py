"""The catalogue agrees with what the tables declare, and a table that declares nothing is caught."""

import pytest
from sqlalchemy import MetaData, Table

from chassis.base.context import SCOPE_KINDS
from chassis.data.row_scope import policies, role_name, scope, table_scope
from chassis.provisioning.database import provision_database
from chassis.testing.harness import PASSWORDS, ServiceHarness
from tests.chassis.example import Example, build, parcels
from tests.chassis.provisioning.catalogue import catalogue_faults


def test_the_database_has_the_declared_policies_and_row_security_everywhere(example: ServiceHarness) -> None:
    assert catalogue_faults(example) == []


@pytest.mark.parametrize(
    "sabotage",
    [
        "ALTER TABLE parcels DISABLE ROW LEVEL SECURITY",
        "DROP POLICY parcels_point ON parcels",
        "CREATE POLICY open_door ON parcels FOR SELECT TO PUBLIC USING (true)",
        "ALTER POLICY parcels_point ON parcels USING (true)",
        "CREATE TABLE forgotten (id int)",
        "DROP TRIGGER raise_version ON parcels",
        "GRANT UPDATE ON audit_entries TO {school}",
        "GRANT UPDATE (note) ON workflow_history TO {school}",
        "REVOKE DELETE ON parcels FROM {school}",
    ],
)
def test_the_catalogue_check_notices_and_provisioning_mends(
    example: ServiceHarness, postgres_admin_url: str, sabotage: str
) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql(sabotage.format(school=role_name(example.database.name, "school")))
        try:
            assert catalogue_faults(example) != []
        finally:
            connection.exec_driver_sql("DROP TABLE IF EXISTS forgotten")
            provision_database(postgres_admin_url, Example, example.database.name, PASSWORDS, build=build)
    assert catalogue_faults(example) == []


def test_a_table_without_a_declaration_is_refused() -> None:
    with pytest.raises(LookupError, match="no row scope"):
        table_scope(Table("open", MetaData()))


def test_a_scope_on_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        scope(Table("wrong", MetaData()), point="teaching_point_id")


def test_each_role_has_at_most_one_policy_for_a_command() -> None:
    for table in Example.metadata.sorted_tables:
        made = [(policy.role, policy.command) for policy in policies("d", table)]
        assert len(made) == len(set(made)), table.name


def test_only_school_system_and_the_point_may_touch_a_points_table() -> None:
    assert {policy.role for policy in policies("d", parcels)} == {"d_school", "d_system", "d_point"}
    assert set(SCOPE_KINDS) > {"school", "system", "point"}
