"""The days of grace are a setting of the school, carried over from where processes of the version before keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from chassis.provisioning.database import migrate
from chassis.testing.harness import ServiceHarness
from chassis.work.school_settings import setting
from contracts.common import of_service
from contracts.settings import ListSettings
from services.finance.domain.settings import GRACE_DAYS
from services.finance.service import Finance
from tests.builders.people import of_school
from tests.migrating import migrated_to

# As the version before makes its one row, and as it changes it.
_FIRST = text(
    "INSERT INTO finance_settings (id, grace_days) VALUES ('00000000-0000-7000-8000-000000000001', :days)"
    " ON CONFLICT DO NOTHING"
)
_CHANGE = text("UPDATE finance_settings SET grace_days = :days")
_CARRIED = text("SELECT value, revision, effective_from <= now() AS holds FROM school_settings ORDER BY revision")


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database of the version before."""
    with migrated_to(postgres_admin_url, run_prefix, Finance, "0009") as made:
        yield made


def carried(connection: Connection) -> list[tuple[int, int, bool]]:
    return [tuple(row) for row in connection.execute(_CARRIED)]


def test_what_was_set_before_the_upgrade_holds_after_it(before: Connection) -> None:
    before.execute(_FIRST, {"days": 9})
    before.commit()
    migrate(before, Finance)
    assert carried(before) == [(9, 2, True)]


def test_where_nothing_was_set_the_default_holds(before: Connection) -> None:
    migrate(before, Finance)
    assert carried(before) == []


def test_what_a_process_of_the_version_before_sets_meanwhile_holds_too(
    harness_of: Callable[..., ServiceHarness],
) -> None:
    finance = harness_of(Finance)

    def as_the_version_before(uow: object) -> None:
        uow.execute(_FIRST, {"days": 3})  # type: ignore[attr-defined]
        uow.execute(_CHANGE, {"days": 12})  # type: ignore[attr-defined]

    finance.database.run(of_school(), as_the_version_before)
    finance.clock.set(datetime.now(UTC) + timedelta(seconds=5))
    assert finance.database.run(of_school(), lambda uow: setting(uow, GRACE_DAYS)) == 12
    (grace,) = finance.ask(of_service("finance", ListSettings)(), of_school()).items
    assert (grace.value, grace.version) == (12, 3)
