"""What people see of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.base.clock import local_date
from chassis.data.pages import matches
from chassis.requests.showing import Shown, listing
from chassis.testing.harness import ServiceHarness
from contracts.base import Page, PageQuery
from contracts.requests import RequestedBetween
from tests.chassis.requests.desk import (
    ANN,
    BOB,
    CLERK,
    NEIGHBOUR,
    STRANGER,
    asked,
    librarian,
)
from tests.chassis.requests.leaves import (
    LEAVES,
    CountLeaves,
    GrantLeaves,
    LeaveView,
    ListLeaves,
    leaves,
    readers,
)


def test_lists_and_counts_show_what_the_actor_sees_by_state(library: ServiceHarness) -> None:
    first, second = asked(library, ANN, BOB)
    asked(library, STRANGER, as_=NEIGHBOUR)
    library.run(GrantLeaves(leave_ids=(first,)), librarian())
    assert [row.id for row in library.ask(ListLeaves(state="pending"), CLERK).items] == [second]
    assert [row.id for row in library.ask(ListLeaves(reader_id=ANN), librarian()).items] == [first]
    mine, all_ = library.ask(CountLeaves(), CLERK), library.ask(CountLeaves(), librarian())
    assert (mine.total, all_.total) == (2, 3)
    assert {each.state: each.count for each in all_.items if each.count} == {"pending": 2, "granted": 1}
    assert [each.state for each in all_.items] == list(LEAVES.flow.states)
    assert library.ask(CountLeaves(reader_id=BOB), librarian()).total == 1


class FindLeaves(RequestedBetween, PageQuery, answers=Page[LeaveView], service="library", sorts=("name",)):
    search: str | None = None


def test_a_list_finds_by_what_the_kind_searches_by_days_and_by_what_is_joined(library: ServiceHarness) -> None:
    asked(library, ANN, BOB)
    shown = Shown(
        LEAVES,
        rows=lambda: select(leaves, readers.c.name).join(readers, readers.c.id == leaves.c.reader_id),
        searched=lambda text: matches(text, titles=[readers.c.name]),
        sortable={"name": readers.c.name},
    )
    find = listing(shown, FindLeaves)

    def found(**wanted: Any) -> list[UUID]:
        page = library.database.run(CLERK, lambda uow: find(FindLeaves(**wanted), uow))
        return [row.reader_id for row in page.items]

    today = local_date(library.clock.now())
    assert found(sort="-name") == [BOB, ANN]
    assert found(search="bo") == [BOB]
    assert len(found(requested_from=today, requested_to=today)) == 2
    assert found(requested_from=today + timedelta(days=1)) == found(requested_to=today - timedelta(days=1)) == []
