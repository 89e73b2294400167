"""The days of grace are a setting of the school, carried over from where they were kept before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from chassis.provisioning.database import migrate
from services.finance.service import Finance
from tests.migrating import migrated_to

_SET = text("INSERT INTO finance_settings (id, grace_days) VALUES (gen_random_uuid(), :days)")
_CARRIED = text("SELECT value, revision, effective_from <= now() AS holds FROM school_settings ORDER BY revision")


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database in which settings have a table of finance's own."""
    with migrated_to(postgres_admin_url, run_prefix, Finance, "0009") as made:
        yield made


def carried(connection: Connection) -> list[tuple[int, int, bool]]:
    return [tuple(row) for row in connection.execute(_CARRIED)]


def test_what_was_set_before_the_upgrade_holds_after_it(before: Connection) -> None:
    before.execute(_SET, {"days": 9})
    before.commit()
    migrate(before, Finance)
    assert carried(before) == [(9, 2, True)]


def test_where_nothing_was_set_the_default_holds(before: Connection) -> None:
    migrate(before, Finance)
    assert carried(before) == []
