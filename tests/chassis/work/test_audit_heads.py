"""A service tells how far its trail is sealed, another one keeps it for ever, whatever arrives how often and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Table, select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.columns import id_column
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service, reaction
from chassis.testing.harness import ServiceHarness
from chassis.testing.world import World
from chassis.work.audit_heads import TOLD_EVERY, Head, heads_noted, keeping_heads, newest_head, tell_head
from contracts.trail import TrailSealed
from tests.chassis.work.trails import proven, seal_one
from tests.harnesses import HarnessOf


class ClerkTrailSealed(TrailSealed, owner="clerk", version=1):
    pass


class Clerk(Service):
    name = "clerk"
    metadata = service_metadata("clerk")
    trail_sealed = ClerkTrailSealed


letters = Table("letters", Clerk.metadata, id_column())
scope(letters)


class Notary(Service):
    name = "notary"
    metadata = service_metadata("notary")
    on_clerk_trail_sealed = reaction(keeping_heads(ClerkTrailSealed))


@pytest.fixture(params=[None, 1], ids=["in order", "shuffled"])
def world(built_of: HarnessOf, request: pytest.FixtureRequest) -> World:
    return World(built_of(Clerk), built_of(Notary), shuffle=request.param)


def write(clerk: ServiceHarness, count: int = 1) -> Head:
    """A sealed block of so many entries."""
    with clerk.database.unit_of_work(system_context()) as uow:
        for _ in range(count):
            uow.audit(letters, new_id(), "write")
    seal_one(clerk)
    head = clerk.database.run(system_context(), newest_head)
    assert head is not None
    return head


def tell(world: World) -> int:
    return world.clerk.database.run(system_context(), tell_head)


def noted(harness: ServiceHarness) -> list[Head]:
    return harness.database.run(system_context(), lambda uow: heads_noted(uow, "clerk"))


def test_a_head_is_kept_by_who_hears_it_and_by_who_told_it(world: World) -> None:
    first = write(world.clerk, 2)
    world.clock.advance(2 * TOLD_EVERY)
    assert tell(world) == 1
    last = [write(world.clerk) for _ in range(3)][-1]
    assert tell(world) == 1
    world.settle()
    assert noted(world.notary) == noted(world.clerk) == [first, last]
    proof, found = proven(world.clerk, *noted(world.notary))
    assert (found, proof.compared) == ([], 2)


def test_nothing_is_told_twice_nor_before_there_is_something(world: World) -> None:
    world.clock.advance(2 * TOLD_EVERY)
    assert tell(world) == 0
    write(world.clerk)
    world.clock.advance(2 * TOLD_EVERY)
    assert [tell(world), tell(world)] == [1, 0]
    assert len(world.clerk.published(ClerkTrailSealed)) == 1


def test_the_first_is_told_when_every_process_knows_what_it_is(world: World) -> None:
    write(world.clerk)
    assert tell(world) == 0
    world.clock.advance(TOLD_EVERY + timedelta(minutes=1))
    assert tell(world) == 1


def test_a_head_that_differs_from_one_that_was_told_is_kept_beside_it(world: World) -> None:
    true = write(world.clerk)
    for hash_ in (true.hash, b"\0" * 32, true.hash):
        event = ClerkTrailSealed(sequence=1, hash=hash_.hex(), made_at=true.made_at)
        world.notary.deliver(event)
    assert sorted(head.hash for head in noted(world.notary)) == sorted((true.hash, b"\0" * 32))
    proof, [found] = proven(world.clerk, *noted(world.notary))
    assert (found.damage, found.sequence, proof.compared) == ("chain_rewritten", 1, 2)


def test_what_is_told_says_nothing_of_what_was_done(world: World) -> None:
    write(world.clerk)
    world.clock.advance(2 * TOLD_EVERY)
    tell(world)
    [event] = world.clerk.published(ClerkTrailSealed)
    assert set(event.model_dump()) == {"sequence", "hash", "made_at"}


def test_a_service_that_tells_nobody_has_nothing_to_tell(world: World) -> None:
    write(world.notary)
    world.clock.advance(2 * TOLD_EVERY)
    assert world.notary.database.run(system_context(), tell_head) == 0
    assert world.notary.rows(select(world.notary.table("audit_heads"))) == []
