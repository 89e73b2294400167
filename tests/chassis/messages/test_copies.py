"""Local copies: right in any order of arrival, filled and rebuilt while events go on."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, String, select, text, update

from chassis.base.context import system_context
from chassis.base.failures import NotYet
from chassis.base.ids import new_id
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, copy
from chassis.messages.copies import locked
from chassis.testing.harness import ServiceHarness, acting
from chassis.testing.world import World
from contracts.copies import CopyCompleted, CopyRequested
from contracts.errors import ServiceError
from tests.chassis.example import AddParcel, LearnerItem, LearnerState, ParcelState, learners
from tests.harnesses import HarnessOf

POINT = UUID("01900000-0000-7000-8000-000000000001")
LEARNERS = [UUID(int=n) for n in range(1, 4)]

consumer_metadata = service_metadata("consumer")
parcel_copies = copy_table("parcel_copies", consumer_metadata, Column("label", String(40), nullable=False))
scope(parcel_copies, read_by_all=True)


class Consumer(Service):
    name = "consumer"
    metadata = consumer_metadata
    parcels = copy(ParcelState, parcel_copies)


moved_metadata = service_metadata("moved")
parcels_there = copy_table("parcel_copies", moved_metadata, Column("label", String(40), nullable=False))
names_there = copy_table("learner_names", moved_metadata, Column("nickname", String(40)))
scope(parcels_there, read_by_all=True)
scope(names_there, read_by_all=True)


class Moved(Service):
    """Has a copy that came later, and can do without."""

    name = "moved"
    metadata = moved_metadata
    parcels = copy(ParcelState, parcels_there)
    names = copy(LearnerState, names_there, needed=False)


def asked_for(moved: ServiceHarness) -> set[str]:
    return {envelope.data["kind"] for _, _, envelope in moved.take_outbox()}


def test_a_copy_that_came_with_a_release_keeps_nobody_waiting_and_is_asked_for_late(built_of: HarnessOf) -> None:
    moved = built_of(Moved)
    moved.copies.request_missing()
    assert asked_for(moved) == {"parcel_state", "learner_state"}, "a new service has no version before"
    assert moved.copies.missing() == ["parcel_state"]
    states = moved.table("copy_states")
    done = update(states).where(states.c.kind == "parcel_state").values(completed_at=moved.clock.now())
    moved.database.run(system_context(), lambda uow: uow.execute(done))
    moved.copies.request_missing()
    assert asked_for(moved) == set(), "old processes would refuse its pages"
    assert moved.copies.missing() == []
    moved.copies.request_missing(late=True)
    assert asked_for(moved) == {"learner_state"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_newest_version_wins_in_whatever_order_and_however_often_it_comes(
    example: ServiceHarness, data: st.DataObject
) -> None:
    example.reset()
    items = [LearnerItem(id=i, version=v, nickname=f"{v}", deleted=v == 4) for i in LEARNERS for v in (1, 2, 3, 4)]
    last = data.draw(st.sampled_from([1, 2, 3, 4]))
    sent = [item for item in items if item.version <= last]
    arriving = data.draw(st.permutations(sent + data.draw(st.lists(st.sampled_from(sent), max_size=4))))
    size = data.draw(st.integers(1, 5))
    for start in range(0, len(arriving), size):
        example.feed(LearnerState, *arriving[start : start + size])
    rows = example.rows(select(learners))
    assert {row.id: (row.version, row.nickname, row.deleted) for row in rows} == dict.fromkeys(
        LEARNERS, (last, f"{last}", last == 4)
    )


def test_a_copy_is_filled_from_its_owner_and_complete_only_then(example: ServiceHarness, built_of: HarnessOf) -> None:
    consumer = built_of(Consumer)
    person = acting("parcels.add", scope="point", teaching_point_id=POINT)
    for n in range(7):
        example.run(AddParcel(teaching_point_id=POINT, label=f"p{n}"), person)
    example.take_outbox()  # what was published before the consumer was there is lost to it
    assert consumer.copies.missing() == ["parcel_state"]
    world = World(example, consumer, shuffle=7)
    consumer.copies.request_missing()
    world.serve_copies()
    world.settle()
    assert consumer.copies.missing() == []
    assert len(consumer.rows(select(parcel_copies))) == 7


def test_a_rebuild_drops_what_the_owner_no_longer_has_and_keeps_what_changed_meanwhile(
    example: ServiceHarness, built_of: HarnessOf
) -> None:
    consumer = built_of(Consumer)
    world = World(example, consumer)
    person = acting("parcels.add", scope="point", teaching_point_id=POINT)
    kept = example.run(AddParcel(teaching_point_id=POINT, label="kept"), person).id
    from tests.chassis.example import ParcelItem

    consumer.feed(ParcelState, ParcelItem(id=new_id(), version=1, label="ghost"))
    consumer.feed(ParcelState, ParcelItem(id=kept, version=1, label="stale but true"))
    world.clock.advance(timedelta(seconds=1))
    consumer.copies.rebuild()
    added = example.run(AddParcel(teaching_point_id=POINT, label="during"), person).id
    world.serve_copies()
    world.settle()
    assert {row.id for row in consumer.rows(select(parcel_copies))} == {kept, added}


def test_asking_again_starts_a_new_request_and_the_old_completion_counts_for_nothing(
    example: ServiceHarness,
) -> None:
    example.copies.rebuild(["learner_state"])
    example.copies.rebuild(["learner_state"])
    first, second = (event.request_id for event in example.published(CopyRequested))
    example.deliver(CopyCompleted(kind="learner_state", request_id=first, count=0))
    assert example.copies.missing() == ["learner_state"]
    example.deliver(CopyCompleted(kind="learner_state", request_id=second, count=0))
    assert example.copies.missing() == []


def test_a_completion_that_overtook_its_pages_waits_for_them_and_is_done_with(example: ServiceHarness) -> None:
    example.copies.rebuild(["learner_state"])
    (asked,) = example.published(CopyRequested)
    completed = CopyCompleted(kind="learner_state", request_id=asked.request_id, count=1)
    example.hear(example.envelope(completed))
    assert [(row.state, row.code) for row in example.parked()] == [("waiting", "copy_pages_missing")]
    assert example.copies.missing() == ["learner_state"]
    example.clock.advance(timedelta(seconds=2))
    page = LearnerState(items=(LearnerItem(id=new_id(), version=1, nickname="x"),))
    example.hear(example.envelope(page))
    assert example.inbox.retry_waiting() == 1
    assert example.copies.missing() == []
    assert example.inbox.retry_waiting() == 0
    assert not example.parked()


def test_the_table_of_a_copy_has_the_owners_version_and_no_trigger_of_its_own(
    example: ServiceHarness,
) -> None:
    learner = LearnerItem(id=new_id(), version=41, nickname="x")
    example.feed(LearnerState, learner)
    example.feed(LearnerState, learner.model_copy(update={"version": 42}))
    assert [row.version for row in example.rows(select(learners))] == [42]


def page(example: ServiceHarness, *items: LearnerItem) -> None:
    """A page of a rebuild arrives."""
    example.receive([example.arriving(example.envelope(LearnerState(items=items)), page=True)])


def versions(example: ServiceHarness) -> list[int]:
    return [row.version for row in example.rows(select(learners))]


def test_a_rebuild_overwrites_a_forged_version_and_an_ordinary_event_does_not(example: ServiceHarness) -> None:
    forged = LearnerItem(id=LEARNERS[0], version=2_000_000_000, nickname="forged")
    true = LearnerItem(id=LEARNERS[0], version=3, nickname="true")
    example.feed(LearnerState, forged)
    example.feed(LearnerState, true)
    assert versions(example) == [2_000_000_000]
    example.clock.advance(timedelta(seconds=1))
    example.copies.rebuild()
    example.clock.advance(timedelta(seconds=1))
    example.feed(LearnerState, true)  # loses, and must not shield the forged row from the page
    page(example, true)
    assert versions(example) == [3]


def test_what_changed_between_request_and_page_stays_though_the_page_is_older(example: ServiceHarness) -> None:
    old, new = (LearnerItem(id=LEARNERS[0], version=v, nickname=f"{v}") for v in (6, 7))
    example.feed(LearnerState, old)
    example.clock.advance(timedelta(seconds=1))
    example.copies.rebuild()
    example.clock.advance(timedelta(seconds=1))
    example.feed(LearnerState, new)
    page(example, old)
    page(example, old)
    assert versions(example) == [7]
    page(example, LearnerItem(id=LEARNERS[0], version=8, nickname="8"))
    example.feed(LearnerState, new)
    assert versions(example) == [8]


def known(example: ServiceHarness, *ids: UUID, version: int = 1) -> None:
    example.feed(LearnerState, *(LearnerItem(id=id_, version=version, nickname="x") for id_ in ids))


def hold(
    example: ServiceHarness,
    ids: Iterable[UUID] = (),
    at_least: Iterable[tuple[UUID, int]] = (),
    *,
    required: bool = True,
) -> dict[UUID, int]:
    """Lock rows of the copy for a moment: their versions."""
    found = example.database.run(
        system_context(), lambda uow: locked(uow, learners, ids, at_least=at_least, required=required)
    )
    return {id_: row.version for id_, row in found.items()}


def test_who_needs_a_row_waits_until_it_has_come_as_new_as_was_told(example: ServiceHarness) -> None:
    first, second, _ = LEARNERS
    known(example, first, second, version=2)
    assert hold(example, LEARNERS[:2], [(first, 1), (second, 2)]) == {first: 2, second: 2}
    with pytest.raises(NotYet, match="learner_unknown"):
        hold(example, LEARNERS)
    with pytest.raises(NotYet, match="learner_not_current"):
        hold(example, at_least=[(first, 3), (first, 1)])
    assert hold(example, LEARNERS, required=False) == {first: 2, second: 2}, "a command takes what is there"
    assert hold(example) == {}


@pytest.mark.parametrize(
    ("before", "after", "waits"), [(False, False, False), (False, True, True), (True, False, True), (True, True, True)]
)
def test_who_makes_something_of_a_row_shares_it_and_who_wants_it_alone_keeps_all_out(
    example: ServiceHarness, before: bool, after: bool, waits: bool
) -> None:
    known(example, LEARNERS[0])

    def second(uow: UnitOfWork) -> bool:
        uow.execute(text("SET LOCAL lock_timeout = '50ms'"))
        return LEARNERS[0] in locked(uow, learners, LEARNERS[:1], alone=after)

    def first(uow: UnitOfWork) -> bool:
        locked(uow, learners, LEARNERS[:1], alone=before)
        try:
            return not example.database.run(system_context(), second)
        except ServiceError as refusal:
            return refusal.code == "command_in_progress"

    assert example.database.run(system_context(), first) == waits
