"""Selection rounds: windows and courses."""

from datetime import timedelta

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.commands import (
    AddCoursesToRound,
    PublishSelectionRound,
    RemoveCoursesFromRound,
    UpdateSelectionRound,
)
from contracts.courses.queries import (
    ListSelectionRounds,
)
from tests.builders import courses as build
from tests.builders import people

REGISTRAR = people.of_school()


def test_withdrawing_ends_a_month_after_selecting_unless_told(courses: ServiceHarness) -> None:
    made = build.selection_round(courses, [build.course(courses).id])
    assert timedelta(days=28) <= made.withdrawal_closes_at - made.closes_at <= timedelta(days=31)
    assert made.course_count == 1
    told = build.selection_round(courses, [made.courses[0].id], "XK2", withdrawal_closes_at=made.closes_at)
    assert told.withdrawal_closes_at == made.closes_at


def test_courses_are_put_into_a_round_and_taken_out_again(courses: ServiceHarness) -> None:
    first, second = build.course(courses, "50001"), build.course(courses, "50002")
    made = build.selection_round(courses, [first.id])
    both = courses.run(AddCoursesToRound(selection_round_id=made.id, course_ids=(first.id, second.id)), REGISTRAR)
    assert [c.code for c in both.courses] == ["50001", "50002"]
    unknown = AddCoursesToRound(selection_round_id=made.id, course_ids=(new_id(),))
    assert courses.refusal(unknown, REGISTRAR).code == "some_not_found"
    one = courses.run(RemoveCoursesFromRound(selection_round_id=made.id, course_ids=(first.id,)), REGISTRAR)
    assert [c.code for c in one.courses] == ["50002"]


def test_rounds_are_found_by_whether_they_are_open(courses: ServiceHarness) -> None:
    made = build.selection_round(courses, [build.course(courses).id])
    assert courses.refusal(PublishSelectionRound(selection_round_id=made.id, version=made.version), REGISTRAR).code == (
        "step_not_allowed"
    )
    assert [r.code for r in courses.ask(ListSelectionRounds(open_now=True), REGISTRAR).items] == [made.code]
    later = UpdateSelectionRound(
        selection_round_id=made.id,
        version=made.version,
        name=made.name,
        opens_at=made.closes_at,
        closes_at=made.payment_deadline,
        payment_deadline=made.payment_deadline,
    )
    courses.run(later, REGISTRAR)
    assert courses.ask(ListSelectionRounds(open_now=True), REGISTRAR).items == ()
    assert courses.ask(ListSelectionRounds(open_now=False), REGISTRAR).total == 1
