"""Status changes as reviewed requests: entered by one person of the school, decided by a second one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

from chassis.base.context import Scope
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from contracts.common import of_service
from contracts.identity.events import TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.registry.commands import (
    AddStatusChangeFiles,
    ApproveStatusChanges,
    RejectStatusChanges,
    RevokeStatusChanges,
)
from contracts.registry.events import StudentSuspended, TransferRequested, TransferRevoked
from contracts.registry.queries import CountStatusChanges, GetStatusChange, GetStatusChangeFile
from contracts.to_do import GetToDo
from tests.builders import people
from tests.builders import registry as build
from tests.builders.status_changes import SECOND, asked, decide, leaving, move, now, seen, suspend, suspension
from tests.racing import race

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LIMITS: dict[str, Any] = {"announced": len(PDF), "max_bytes": 10**7, "allowed": tuple(FileKind)}


def test_a_status_changes_when_a_second_person_of_the_school_approves_it(registry, student) -> None:  # type: ignore[no-untyped-def]
    change = asked(registry, suspension(registry, student))
    assert (now(registry, student).status, now(registry, student).status_change_open) == ("active", True)
    assert registry.published(StudentSuspended) == []
    assert [item.state for item in decide(registry, change)] == ["approved"]
    record, done = now(registry, student), seen(registry, change)
    assert (record.status, record.status_change_open) == ("suspended", False)
    assert (done.requested_by, done.decided_by) == (build.REGISTRAR.actor.user_id, SECOND.actor.user_id)
    assert [(s.action, s.to_state, s.note) for s in done.history] == [
        ("suspend", "first_review_passed", "因病休养"),
        ("approve", "approved", None),
    ]


def test_nobody_decides_what_they_entered_by_whichever_right(registry, student) -> None:  # type: ignore[no-untyped-def]
    change = asked(registry, suspension(registry, student))
    command = ApproveStatusChanges(status_change_ids=(change.id,))
    [own] = registry.run(command, build.REGISTRAR).items
    assert own.refusal.code == "decides_own_request"
    [no] = registry.run(RejectStatusChanges(status_change_ids=(change.id,), note="不同意"), build.REGISTRAR).items
    assert no.refusal.code == "decides_own_request"
    assert now(registry, student).status == "active"


def test_what_the_school_rejects_or_the_applicant_takes_back_changes_nothing(registry, points) -> None:  # type: ignore[no-untyped-def]
    first, second = build.enrolled(registry, points[0].id, 2)
    rejected, revoked = (asked(registry, suspension(registry, each)) for each in (first, second))
    registry.run(RejectStatusChanges(status_change_ids=(rejected.id,), note="材料不全"), SECOND)
    registry.run(RevokeStatusChanges(status_change_ids=(revoked.id,)), build.REGISTRAR)
    assert [seen(registry, each).state for each in (rejected, revoked)] == ["rejected", "revoked"]
    assert seen(registry, rejected).history[-1].note == "材料不全"
    for student in (first, second):
        assert (now(registry, student).status, now(registry, student).status_change_open) == ("active", False)
        suspend(registry, student)
    assert len(registry.published(StudentSuspended)) == 2
    assert registry.published(TransferRevoked) == []
    assert [item.refusal.code for item in decide(registry, rejected, revoked)] == ["step_not_allowed"] * 2


def test_many_are_decided_at_once_each_by_its_kind_and_with_its_own_result(registry, points) -> None:  # type: ignore[no-untyped-def]
    one, two, three = build.enrolled(registry, points[0].id, 3)
    changes = [
        asked(registry, suspension(registry, one)),
        asked(registry, move(registry, two, points[1])),
        asked(registry, leaving(three), SECOND),
    ]
    ids = tuple(change.id for change in changes)
    tried = registry.run(ApproveStatusChanges(status_change_ids=ids, dry_run=True), SECOND)
    assert [item.state for item in tried.items] == ["approved", "pending_clearance", "first_review_passed"]
    assert [(reason.code, reason.count) for reason in tried.reasons] == [("decides_own_request", 1)]
    assert [seen(registry, change).state for change in changes] == ["first_review_passed"] * 3
    results = decide(registry, *changes)
    assert [(each.state, each.refusal and each.refusal.code) for each in results] == [
        ("approved", None),
        ("pending_clearance", None),
        ("first_review_passed", "decides_own_request"),
    ]
    assert [now(registry, each).status for each in (one, two, three)] == ["suspended", "active", "active"]
    counts = registry.ask(CountStatusChanges(), people.of_point(points[0].id))
    assert {each.state: each.count for each in counts.items if each.count} == {
        "first_review_passed": 1,
        "pending_clearance": 1,
        "approved": 1,
    }


def test_what_was_possible_when_it_was_asked_for_has_to_be_so_when_it_is_approved(registry, points) -> None:  # type: ignore[no-untyped-def]
    staying, going = build.enrolled(registry, points[0].id, 2)
    change, other = asked(registry, move(registry, staying, points[1])), asked(registry, suspension(registry, going))
    closed = points[1].model_copy(update={"status": TeachingPointStatus.DISABLED, "version": points[1].version + 1})
    registry.feed(TeachingPointState, closed)
    codes = [item.refusal and item.refusal.code for item in decide(registry, change, other)]
    assert codes == ["teaching_point_not_enabled", None]
    assert registry.published(TransferRequested) == []


def test_a_change_that_waits_is_on_the_to_do_list_of_who_may_decide_it(registry, student) -> None:  # type: ignore[no-untyped-def]
    asked(registry, suspension(registry, student))
    held = {"registry.review_status_changes": Scope("school")}
    waits = [
        registry.ask(of_service("registry", GetToDo)(), replace(who, held=held)) for who in (SECOND, build.REGISTRAR)
    ]
    assert [[(item.state, item.count) for item in each.items] for each in waits] == [
        [("first_review_passed", 1)],
        [("first_review_passed", 0)],
    ]
    transferred = [item.listed_by for item in waits[0].items]
    assert transferred == ["list_status_changes"]


def test_files_come_with_a_change_and_are_given_to_whoever_sees_it(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    proof = files.store().upload(BytesIO(PDF), uploader=build.REGISTRAR.actor, name="病历.pdf", **LIMITS)
    change = asked(registry, suspension(registry, student, attachments=(proof,)))
    more = files.store().upload(BytesIO(PDF), uploader=build.REGISTRAR.actor, name="申请.pdf", **LIMITS)
    add = AddStatusChangeFiles(status_change_id=change.id, version=change.version, attachments=(more,))
    there = registry.run(add, build.REGISTRAR).attachments
    assert [each.name for each in there] == ["病历.pdf", "申请.pdf"]
    wanted = GetStatusChangeFile(status_change_id=change.id, file_id=there[0].file_id)
    assert registry.ask(wanted, people.of_point(points[0].id)).name == "病历.pdf"
    assert registry.refusal(wanted, people.of_point(points[1].id)).code == "not_found"
    decide(registry, change)
    late = add.model_copy(update={"version": seen(registry, change).version})
    assert registry.refusal(late, build.REGISTRAR).code == "step_not_allowed"


def test_of_people_who_decide_at_the_same_moment_one_wins(registry, points) -> None:  # type: ignore[no-untyped-def]
    for student in build.enrolled(registry, points[0].id, 4):
        ids = (asked(registry, suspension(registry, student)).id,)
        commands = [
            (ApproveStatusChanges(status_change_ids=ids), SECOND),
            (RejectStatusChanges(status_change_ids=ids, note="不同意"), people.of_school()),
            (RevokeStatusChanges(status_change_ids=ids), build.REGISTRAR),
        ]
        answers = race(*(partial(registry.run, *each) for each in commands))
        assert sorted(answer.done for answer in answers) == [0, 0, 1]
        state = registry.ask(GetStatusChange(status_change_id=ids[0])).state
        record = now(registry, student)
        assert (record.status, record.status_change_open) == ("suspended" if state == "approved" else "active", False)
