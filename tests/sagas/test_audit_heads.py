"""Every service's head of the audit trail lies with another one: identity has the others', the registry identity's."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.base.context import system_context
from chassis.testing.harness import ServiceHarness
from chassis.work.audit_heads import TOLD_EVERY, heads_noted, newest_head, tell_head
from chassis.work.audit_sealing import seal
from chassis.work.audit_verdict import prove
from contracts.common import ListAuditEntries
from gateway.routes import ROUTES
from tests.sagas.school import School


def keeper_of(name: str) -> str:
    return "registry" if name == "identity" else "identity"


def tell(harness: ServiceHarness) -> int:
    harness.database.run(system_context(), seal)
    return harness.database.run(system_context(), tell_head)


def test_heads_of_all_services_are_kept_by_another_and_their_trails_are_proven_by_them(school: School) -> None:
    world = school.world
    for harness in world.harnesses.values():
        harness.database.run(system_context(), seal)
    world.clock.set(datetime.now(UTC) + 2 * TOLD_EVERY)  # blocks have the database's time
    told = {name for name, harness in world.harnesses.items() if tell(harness)}
    assert told >= {"identity", "courses", "finance", "exams"}
    world.settle()
    databases = {name: harness.database for name, harness in world.harnesses.items()}
    for name in told:
        head = databases[name].run(system_context(), newest_head)
        kept = databases[keeper_of(name)].run(system_context(), lambda uow, name=name: heads_noted(uow, name))
        assert kept == [head], name
        verdict = prove(databases, name)
        assert verdict.sound, name
        assert verdict.proof.compared == 1, name


def test_the_examples_of_the_trails_filters_find_what_a_school_does(school: School) -> None:
    school.selects_and_pays(school.student())
    school.enters()
    school.hires("clerk")
    trails = [route for route in ROUTES if issubclass(route.operation, ListAuditEntries)]
    found = {route.service: school.ask(route.operation(**dict(route.examples))).total for route in trails}
    assert [service for service, total in found.items() if not total] == []
