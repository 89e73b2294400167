"""Exam rounds and their timetable on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import CourseState
from contracts.exams.commands import (
    AddSession,
    CreateExamRound,
    PlaceCourses,
    Placement,
    PublishExamRound,
    RemoveCourses,
    RemoveSession,
    UpdateExamRound,
    UpdateSession,
)
from contracts.exams.events import ExamRoundCourseState, ExamRoundState
from contracts.exams.queries import GetExamRound, ListExamRounds
from launcher.school import EXAM_TIME
from tests.builders import exams as build
from tests.builders import people

EIGHT_HOURS = timedelta(hours=8)


@pytest.fixture
def draft(exams: ServiceHarness):  # type: ignore[no-untyped-def]
    now = exams.clock.now()
    return exams.run(
        CreateExamRound(
            code="KS202701", name="期末", registration_opens_at=now, registration_closes_at=now + build.CLOSES_AFTER
        ),
        build.ROUNDS,
    )


def session(draft, name="第1场", hours=0):  # type: ignore[no-untyped-def]
    starts_at = draft.registration_closes_at + timedelta(hours=hours)
    return AddSession(exam_round_id=draft.id, name=name, starts_at=starts_at, ends_at=starts_at + EXAM_TIME)


def test_a_round_is_made_filled_and_published_and_others_hear_of_it(exams, draft) -> None:  # type: ignore[no-untyped-def]
    one, two = new_id(), new_id()
    exams.feed(CourseState, build.course_item(one, "50397"), build.course_item(two, "50398"))
    exams.run(session(draft), build.ROUNDS)
    details = exams.run(session(draft, "第2场", 3), build.ROUNDS)
    first, second = details.sessions
    placements = (Placement(course_id=one, session_id=first.id), Placement(course_id=two, session_id=first.id))
    exams.run(PlaceCourses(exam_round_id=draft.id, placements=placements), build.ROUNDS)
    moved = (Placement(course_id=two, session_id=second.id),)
    exams.run(PlaceCourses(exam_round_id=draft.id, placements=moved), build.ROUNDS)
    published = exams.run(PublishExamRound(exam_round_id=draft.id, version=draft.version), build.ROUNDS)

    assert (published.status, published.session_count, published.course_count) == ("published", 2, 2)
    assert [(c.course_code, c.session_id) for c in published.courses] == [("50397", first.id), ("50398", second.id)]
    assert exams.published(ExamRoundState)[-1].items[0].status == "published"
    newest = exams.published(ExamRoundCourseState)[-1].items
    assert [(item.course_id, item.session_name, item.version) for item in newest] == [(two, "第2场", 2)]


def test_two_rounds_do_not_share_a_code(exams, draft) -> None:  # type: ignore[no-untyped-def]
    again = CreateExamRound(
        code="KS202701",
        name="又一个",
        registration_opens_at=draft.registration_opens_at,
        registration_closes_at=draft.registration_closes_at,
    )
    assert exams.refusal(again, build.ROUNDS).code == "exam_round_code_taken"


def test_sessions_overlap_neither_each_other_nor_the_window(exams, draft) -> None:  # type: ignore[no-untyped-def]
    exams.run(session(draft), build.ROUNDS)
    assert exams.refusal(session(draft, hours=1), build.ROUNDS).code == "sessions_overlap"
    assert exams.refusal(session(draft, hours=-2), build.ROUNDS).code == "session_before_close"
    later = UpdateExamRound(
        exam_round_id=draft.id,
        version=draft.version,
        name="期末",
        registration_opens_at=draft.registration_opens_at,
        registration_closes_at=draft.registration_closes_at + EIGHT_HOURS,
    )
    assert exams.refusal(later, build.ROUNDS).code == "session_before_close"


def test_a_moved_session_moves_its_courses_in_the_copies(exams) -> None:  # type: ignore[no-untyped-def]
    round_ = build.published_round(exams)
    old = round_.session_of(round_.courses[0])
    move = UpdateSession(
        session_id=old.id,
        version=old.version,
        name="改期",
        starts_at=old.starts_at + EIGHT_HOURS,
        ends_at=old.ends_at + EIGHT_HOURS,
    )
    exams.run(move, build.ROUNDS)
    [item] = exams.published(ExamRoundCourseState)[-1].items
    assert (item.starts_at, item.session_name, item.version) == (old.starts_at + EIGHT_HOURS, "改期", 2)
    assert exams.refusal(move, build.ROUNDS).code == "stale_version"


def test_a_session_with_courses_is_not_removed_and_a_published_round_keeps_its_courses(exams) -> None:  # type: ignore[no-untyped-def]
    round_ = build.published_round(exams)
    [course] = round_.courses
    taken = round_.session_of(course)
    assert exams.refusal(RemoveSession(session_id=taken.id, version=1), build.ROUNDS).code == "still_in_use"
    remove = RemoveCourses(exam_round_id=round_.id, course_ids=(course,))
    assert exams.refusal(remove, build.ROUNDS).code == "exam_round_published"


def test_a_course_taken_out_of_a_draft_is_a_tombstone_until_it_is_placed_again(exams, draft) -> None:  # type: ignore[no-untyped-def]
    course = new_id()
    exams.feed(CourseState, build.course_item(course))
    [first] = exams.run(session(draft), build.ROUNDS).sessions
    place = PlaceCourses(exam_round_id=draft.id, placements=(Placement(course_id=course, session_id=first.id),))
    exams.run(place, build.ROUNDS)
    emptied = exams.run(RemoveCourses(exam_round_id=draft.id, course_ids=(course,)), build.ROUNDS)
    assert emptied.courses == ()
    assert exams.published(ExamRoundCourseState)[-1].items[0].deleted
    removed = exams.run(RemoveSession(session_id=first.id, version=first.version), build.ROUNDS)
    assert removed.sessions == ()
    assert exams.refusal(place, build.ROUNDS).code == "some_not_found"


def test_courses_and_sessions_that_are_not_known_are_refused(exams, draft) -> None:  # type: ignore[no-untyped-def]
    exams.run(session(draft), build.ROUNDS)
    unknown = PlaceCourses(exam_round_id=draft.id, placements=(Placement(course_id=new_id(), session_id=new_id()),))
    refusal = exams.refusal(unknown, build.ROUNDS)
    assert (refusal.code, refusal.params) == ("some_not_found", {"count": 2})


def test_everybody_reads_rounds_and_can_ask_for_those_that_are_open(exams, draft) -> None:  # type: ignore[no-untyped-def]
    open_round = build.published_round(exams, code="KS2")
    reader = people.of_point(new_id())
    assert {r.code for r in exams.ask(ListExamRounds(), reader).items} == {"KS202701", "KS2"}
    assert [r.code for r in exams.ask(ListExamRounds(open_now=True), reader).items] == ["KS2"]
    assert [r.code for r in exams.ask(ListExamRounds(open_now=False), reader).items] == ["KS202701"]
    assert exams.ask(GetExamRound(exam_round_id=open_round.id), reader).code == "KS2"
    exams.clock.set(open_round.closes_at)
    assert exams.ask(ListExamRounds(open_now=True), reader).items == ()


def test_a_point_changes_no_round(exams, draft) -> None:  # type: ignore[no-untyped-def]
    intruder = people.of_point(new_id())
    assert exams.refusal(session(draft), intruder).code == "not_found"
    publish = PublishExamRound(exam_round_id=draft.id, version=draft.version)
    assert exams.refusal(publish, intruder).code == "not_found"
