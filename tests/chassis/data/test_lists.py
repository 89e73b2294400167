"""Lists, whichever way leads to a page: what is on it, in which order, and how many rows there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, func

from chassis.base.clock import local_date
from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.data import list_places, list_totals, list_wanted, list_ways, lists
from chassis.data.bulk import insert_rows
from chassis.data.whole_lists import whole_list
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Page
from contracts.errors import ServiceError
from tests.chassis.data import fair as fair_of_tests
from tests.chassis.data.fair import TICKETS as TICKETS_LIST
from tests.chassis.data.fair import Fair, ListTickets, TicketState, TicketView, list_tickets, tickets, visitors
from tests.harnesses import HarnessOf

STALLS = [new_id() for _ in range(3)]
TOWNS, AGES, RIDES = ("Anshun", "Benxi", "Chizhou"), ("child", "adult"), ("wheel", "swing", "boat")
START = datetime(2026, 9, 1, tzinfo=UTC)
TICKETS = 240
SMALL = {
    "PAGED": 60,
    "_WALKED": 24,
    "_WALKED_ROWS": 72,
    "_AT_ONCE": 3,
    "_AT_ONCE_ROWS": 400,
    "_PLAIN_ROWS": 20,
    "_AT_EACH": 2,
    "_WALKED_PLACES": 3,
    "_FURTHER": 120,
    "_HANDFUL": 12,
    "_FAR_MORE": 200,
    "_MERGED": 20,
    "_MERGED_ROWS": 400,
}
"""So small that the fair's few tickets are what millions are to a list."""


@pytest.fixture(scope="module")
def fair(built_of: HarnessOf) -> ServiceHarness:
    """The fair: one stall has sold most, rides come and go, and some tickets were sold in the same moment."""
    harness, chance = built_of(Fair), Random(7)
    people = [
        {
            "id": new_id(), "name": chance.choice("abcde"), "town": chance.choice(TOWNS), "age": chance.choice(AGES),
            "teaching_point_id": chance.choice(STALLS),
        }
        for _ in range(40)
    ]  # fmt: skip
    sold = []
    for number in range(TICKETS):
        whose = chance.choice(people)
        ride = RIDES[0] if number < TICKETS // 8 else chance.choice(RIDES[1:])  # the wheel is no more
        sold.append(
            {
                "id": new_id(), "visitor_id": whose["id"], "state": chance.choice(tuple(TicketState)), "ride": ride,
                "teaching_point_id": STALLS[0] if number % 3 else chance.choice(STALLS),
                "price": chance.choice((None, 5, 7)), "sold_at": START + timedelta(hours=number // 2),
            }
        )  # fmt: skip
    with harness.owner_connection() as connection, connection.begin():
        connection.execute(insert_rows(visitors, people))
        connection.execute(insert_rows(tickets, sold))
    return harness


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lists, list_places, list_ways, list_totals, list_wanted):
        for name, value in SMALL.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)


SCHOOL = acting("tickets.read", scope="school")


def of_stalls(*stalls: UUID) -> Context:
    return acting("tickets.read", scope="point", ids=stalls)


def all_of(fair: ServiceHarness, someone: Context, **filters: Any) -> list[TicketView]:
    """What the list has to show, in its own order: all rows of it, as a file would hold them."""

    def read(uow: Any) -> list[Any]:
        whole = whole_list(list_tickets, ListTickets(**filters), uow)
        return list(whole.views(uow.rows(whole.found)))

    return fair.database.run(someone, read)


def page(fair: ServiceHarness, someone: Context = SCHOOL, **asked: Any) -> Page[TicketView]:
    return fair.ask(ListTickets(**asked), someone)


def page_or_refusal(fair: ServiceHarness, someone: Context, **asked: Any) -> Page[TicketView] | ServiceError:
    try:
        return page(fair, someone, **asked)
    except ServiceError as refusal:
        return refusal


def walked(fair: ServiceHarness, someone: Context, **asked: Any) -> list[UUID]:
    """The ids of all pages, each asked for behind the last row of the one before."""
    found, after = list[UUID](), None
    while True:
        answer = page(fair, someone, **asked, **({} if after is None else {"after": after}))
        found += [row.id for row in answer.items]
        if answer.next_after is None:
            return found
        assert answer.next_after == found[-1]
        after = answer.next_after


def ids(rows: Sequence[TicketView]) -> list[UUID]:
    return [row.id for row in rows]


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "teaching_point_id": st.sampled_from(STALLS),
        "state": st.sampled_from(tuple(TicketState)),
        "ride": st.sampled_from((*RIDES, "none")),
        "town": st.sampled_from((*TOWNS, "nowhere")),
        "age": st.sampled_from(AGES),
        "since": st.sampled_from([local_date(START + timedelta(days=days)) for days in (0, 3, 9)]),
        "name": st.sampled_from("abx"),
    },
)
PEOPLE = st.sampled_from([SCHOOL, of_stalls(STALLS[0]), of_stalls(STALLS[1]), of_stalls(*STALLS[1:]), of_stalls()])


@pytest.mark.usefixtures("small")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    filters=FILTERS,
    someone=PEOPLE,
    sort=st.sampled_from([None, "sold_at", "-sold_at", "price", "-price", "visitor_name"]),
    number=st.integers(1, 6),
    size=st.sampled_from([1, 7, 20]),
)
def test_a_page_holds_what_the_whole_list_has_there_or_the_list_is_too_long(
    fair: ServiceHarness, filters: dict[str, Any], someone: Context, sort: str | None, number: int, size: int
) -> None:
    wanted = {**filters, **({"sort": sort} if sort else {})}
    whole = all_of(fair, someone, **wanted)
    there = (number - 1) * size
    answer = page_or_refusal(fair, someone, **wanted, page=number, size=size)
    if isinstance(answer, ServiceError):
        assert answer.code == ("page_too_far" if there > SMALL["PAGED"] else "narrow_the_list")
        if answer.code == "narrow_the_list":
            assert len(whole) > SMALL["PAGED"]
            promised = len(filters) < 2 and ListTickets.looked_at.isdisjoint(filters) and sort in (None, "-sold_at")
            assert there or not promised, "what is promised is answered"
        return
    assert ids(answer.items) == ids(whole)[there : there + size]
    assert answer.about or answer.total == len(whole)
    assert (answer.next_after is not None) == (there + size < len(whole))


@pytest.mark.usefixtures("small")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    filters=FILTERS,
    someone=PEOPLE,
    sort=st.sampled_from([None, "sold_at", "price", "-price", "visitor_name"]),
    size=st.sampled_from([7, 20]),
)
def test_who_goes_on_behind_the_last_row_sees_every_row_once(
    fair: ServiceHarness, filters: dict[str, Any], someone: Context, sort: str | None, size: int
) -> None:
    wanted = {**filters, **({"sort": sort} if sort else {})}
    try:
        seen = walked(fair, someone, **wanted, size=size)
    except ServiceError as refusal:
        # Rows that are walked through may become rare further on, where no index has them in order.
        indexed = {"teaching_point_id", "state", "town", "age", "since"}
        if refusal.code == "narrow_the_list" and (len(filters) > 1 or sort not in (None, "sold_at")):
            return
        if refusal.code == "narrow_the_list" and not filters.keys() <= indexed:
            return
        raise
    assert seen == ids(all_of(fair, someone, **wanted))


@pytest.mark.usefixtures("small")
def test_a_total_is_counted_while_it_is_small_and_else_told_about(fair: ServiceHarness) -> None:
    rare, all_ = page(fair, ride="wheel", size=10), page(fair, size=10)
    assert (rare.total, rare.about) == (30, False)
    assert all_.about
    assert all_.total > SMALL["PAGED"]


def test_a_total_that_is_counted_is_right(fair: ServiceHarness) -> None:
    assert page(fair, size=10).total == TICKETS
    assert not page(fair, size=10).about


@pytest.mark.usefixtures("small")
def test_pages_have_numbers_up_to_a_row_and_behind_it_one_goes_on_from_the_last_row_seen(fair: ServiceHarness) -> None:
    last = page(fair, page=4, size=20)
    with pytest.raises(ServiceError, match="page_too_far"):
        page(fair, page=5, size=20)
    assert ids(page(fair, after=last.next_after, size=20).items) == ids(all_of(fair, SCHOOL))[80:100]


def test_nobody_goes_on_from_a_row_that_they_do_not_see(fair: ServiceHarness) -> None:
    others = page(fair, of_stalls(STALLS[0]), size=1).items[0]
    for row in (others.id, new_id()):
        with pytest.raises(ServiceError, match="list_position_unknown"):
            page(fair, of_stalls(STALLS[1]), after=row)


@pytest.mark.usefixtures("small")
def test_who_has_to_narrow_a_list_hears_by_what(fair: ServiceHarness) -> None:
    with pytest.raises(ServiceError) as refused:
        page(fair, state="open", sort="price")
    assert refused.value.code == "narrow_the_list"
    of_contract = ["teaching_point_id", "visitor_id", "state", "town", "age", "since", "name"]
    assert refused.value.params["filters"] == of_contract, "those that are promised alone, and not the ride"


@pytest.mark.usefixtures("small")
def test_who_has_to_narrow_a_list_hears_of_no_filter_that_is_hidden_from_them(fair: ServiceHarness) -> None:
    lead = acting("tickets.read", scope="course", ids=ids(all_of(fair, SCHOOL)))
    with pytest.raises(ServiceError, match="filter_not_supported"):
        page(fair, lead, name="a")
    with pytest.raises(ServiceError) as refused:
        page(fair, lead, sort="price")
    assert refused.value.params["filters"] == ["teaching_point_id", "visitor_id", "state", "since"]


@pytest.mark.usefixtures("small")
def test_a_page_that_is_begun_among_the_first_rows_is_looked_for_further_on(
    fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = page(fair, ride="swing", size=20)
    assert ids(found.items) == ids(all_of(fair, SCHOOL, ride="swing"))[:20]
    monkeypatch.setattr(list_ways, "_FURTHER", 24)
    with pytest.raises(ServiceError, match="narrow_the_list"):
        page(fair, ride="swing", size=20)


def test_what_is_expected_to_be_few_is_gathered_before_anything_is_walked(
    fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_ways, "_walk", lambda *_: pytest.fail("it was walked"))
    assert ids(page(fair, ride="wheel").items) == ids(all_of(fair, SCHOOL, ride="wheel"))


@pytest.mark.usefixtures("small")
def test_what_is_more_than_was_expected_is_found_by_a_walk_all_the_same(
    fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_ways, "expected", lambda uow, wanted: 1)
    assert ids(page(fair, ride="swing", size=20).items) == ids(all_of(fair, SCHOOL, ride="swing"))[:20]


@pytest.mark.usefixtures("small")
def test_walks_have_their_time_together_and_no_more(fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    assert page(fair, ride="swing", size=20).items
    monkeypatch.setattr(list_ways, "_WALKS_MS", 0)
    with pytest.raises(ServiceError, match="narrow_the_list"):
        page(fair, ride="swing", size=20)


@pytest.mark.usefixtures("small")
def test_what_is_promised_is_found_however_long_a_busy_machine_takes(
    fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_WALKS_MS", "_WALKING_MS", "_FURTHER_MS", "_GATHERING_MS"):
        monkeypatch.setattr(list_ways, name, 0)
    assert ids(page(fair, name="a", size=5).items) == ids(all_of(fair, SCHOOL, name="a"))[:5]
    with pytest.raises(ServiceError, match="narrow_the_list"):
        page(fair, ride="swing", size=20)


def test_nobody_counts_what_is_expected_to_be_far_more(fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_totals, "expected", lambda uow, wanted: 1_000_000)
    everything = page(fair, size=10)
    assert (everything.total, everything.about) == (1_000_000, True)


def test_what_can_not_be_gathered_in_time_is_refused_and_not_waited_for(
    fair: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly = {
        **TICKETS_LIST.filters,
        "ride": lambda ride, uow: and_(tickets.c.ride == ride, func.pg_sleep(5).is_(None)),
    }
    monkeypatch.setattr(fair_of_tests, "TICKETS", replace(TICKETS_LIST, filters=slowly))
    monkeypatch.setattr(list_ways, "_WALKS", 0)
    monkeypatch.setattr(list_ways, "expected", lambda uow, wanted: 1_000_000)
    with pytest.raises(ServiceError, match="narrow_the_list"):
        page(fair, ride="boat")
    assert page(fair).total == TICKETS, "the next is answered"
