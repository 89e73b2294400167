"""What is shown: plan, lists, statistics, and the rows for `reconcile` (CRS-12, CRS-13)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from chassis.base.clock import local_date
from chassis.base.ids import new_id
from contracts.courses.catalogue_commands import CreateTerm
from contracts.courses.commands import RequestWithdrawals, SelectCourses
from contracts.courses.queries import (
    GetPlan,
    GetSelectionStatistics,
    ListCohort,
    ListSelections,
    ListSelectionStatements,
    StatisticsGrouping,
)
from contracts.registry.events import Suspension
from contracts.types import Level
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School


def plan_of(school: School) -> Any:
    return school.harness.ask(GetPlan(student_id=school.students[0].id), people.of_point(school.point))


def test_a_plan_shows_where_each_course_stands_and_what_may_be_selected(school: School) -> None:
    first = plan_of(school).courses[0]
    assert (first.state, first.selectable, first.refusals) == ("not_selected", True, ())
    command = SelectCourses(
        student_id=school.students[0].id, selection_round_id=school.round.id, course_ids=(first.course_id,)
    )
    [result] = school.harness.run(command, people.of_point(school.point)).results
    plan = plan_of(school)
    assert [(c.state, c.selectable, c.selection_id) for c in plan.courses] == [
        ("pending_payment", False, result.selection_id),
        ("not_selected", True, None),
    ]
    assert [r.code for r in plan.courses[0].refusals] == ["already_selected"]
    assert (plan.total_credits, plan.selected_credits) == (Decimal("71.0"), Decimal("4.0"))
    school.harness.deliver(build.paid(school, result.selection_id))
    assert plan_of(school).courses[0].state == "selected"


def test_a_plan_says_when_no_round_is_open(school: School) -> None:
    school.harness.clock.set(school.round.closes_at)
    assert {r.code for c in plan_of(school).courses for r in c.refusals} == {"selection_round_closed"}
    assert not any(c.selectable for c in plan_of(school).courses)


def test_of_two_open_rounds_the_kinder_one_counts(school: School) -> None:
    build.selection_round(school.harness, [build.course(school.harness, "60001").id], "XK2")
    assert all(c.selectable for c in plan_of(school).courses)


def test_another_students_plan_is_not_found(school: School) -> None:
    query = GetPlan(student_id=school.students[0].id)
    for stranger in (people.in_person(new_id()), people.of_point(new_id()), people.leading(new_id())):
        assert school.harness.refusal(query, stranger).code == "not_found"


def test_a_plan_counts_terms_by_the_calendar_less_suspensions(school: School) -> None:
    today = local_date(school.harness.clock.now())
    begun = f"{today.year - 1}{today.month:02d}"
    for number in range(3):
        first = today.replace(day=1) + timedelta(days=180 * (number - 2))
        term = CreateTerm(name=f"第{number}学期", starts_on=first, ends_on=first + timedelta(days=150))
        school.harness.run(term, people.of_school())
    student = school.change_student(school.students[0], intake=begun)
    assert plan_of(school).current_term == 3
    away = Suspension(from_on=today - timedelta(days=182), until_on=today - timedelta(days=32))
    school.change_student(student, suspensions=(away,))
    assert plan_of(school).current_term == 2
    cohort = ListCohort(intake=begun, level=Level.TOP_UP_BACHELOR, major_code="080901", schooling_length="2.5")
    [listed] = school.harness.ask(cohort, people.of_point(school.point)).items
    assert listed.current_term == 2


def test_a_course_lead_sees_who_takes_the_own_course_and_nothing_else(school: School) -> None:
    build.selected(school)
    lead = people.leading(school.courses[0].id)
    [listed] = school.harness.ask(ListSelections(), lead).items
    assert listed.course_id == school.courses[0].id
    assert (listed.student_number, listed.student_name) == (
        school.students[0].student_number,
        school.students[0].name,
    )


def test_selections_are_found_by_student_course_state_and_text(school: School) -> None:
    school.add_students(1, name="李小红", intake="202603")
    first, *_ = build.selected(school)
    school.harness.deliver(build.paid(school, first))
    staff = people.of_point(school.point)
    by = {
        "student": ListSelections(student_id=school.students[0].id),
        "course": ListSelections(course_id=school.courses[0].id),
        "state": ListSelections(state="selected"),
        "name": ListSelections(search="小红"),
        "number": ListSelections(search=school.students[0].student_number),
        "intake": ListSelections(intake="202603"),
        "round": ListSelections(selection_round_id=school.round.id),
        "other round": ListSelections(selection_round_id=new_id()),
    }
    assert {name: school.harness.ask(query, staff).total for name, query in by.items()} == {
        "student": 2,
        "course": 2,
        "state": 1,
        "name": 2,
        "number": 2,
        "intake": 2,
        "round": 4,
        "other round": 0,
    }


def test_pages_show_every_selection_once(school: School) -> None:
    school.add_students(4)
    made = build.selected(school)
    staff = people.of_point(school.point)
    pages = [school.harness.ask(ListSelections(page=n, size=4, sort="student_number"), staff) for n in (1, 2, 3)]
    assert sorted(row.id for page in pages for row in page.items) == sorted(made)
    assert {page.total for page in pages} == {10}


def test_statistics_count_by_point_and_course(school: School) -> None:
    other_point = new_id()
    school.add_students(1, teaching_point_id=other_point)
    ids = [*build.selected_for(school, school.students[:1]), *build.selected_for(school, school.students[1:])]
    school.harness.deliver(build.paid(school, ids[0]))
    registrar = people.of_school()

    def figures(grouping: StatisticsGrouping, who: Any = registrar) -> list[tuple[int, int]]:
        query = GetSelectionStatistics(selection_round_id=school.round.id, group_by=grouping)
        return [(row.pending_payment, row.selected) for row in school.harness.ask(query, who).items]

    assert figures(StatisticsGrouping.ROUND) == [(3, 1)]
    assert sorted(figures(StatisticsGrouping.POINT)) == [(1, 1), (2, 0)]
    assert figures(StatisticsGrouping.COURSE) == [(1, 1), (2, 0)]
    assert sorted(figures(StatisticsGrouping.POINT_AND_COURSE)) == [(0, 1), (1, 0), (1, 0), (1, 0)]
    assert figures(StatisticsGrouping.ROUND, people.of_point(other_point)) == [(2, 0)]


def test_reconcile_reads_every_selection_once_with_its_newest_withdrawal(school: School) -> None:
    school.add_students(2)
    made = build.selected(school)
    school.harness.deliver(build.paid(school, made[0]))
    request = RequestWithdrawals(selection_ids=(made[0],), reason="调动")
    [result] = school.harness.run(request, people.of_point(school.point)).results
    seen, after = [], None
    while True:
        stretch = school.harness.ask(ListSelectionStatements(after=after, limit=4), people.of_school())
        seen += stretch.items
        after = stretch.next_after
        if after is None:
            break
    assert [facts.id for facts in seen] == sorted(made)
    withdrawn = next(facts for facts in seen if facts.id == made[0])
    assert (withdrawn.state, withdrawn.withdrawal_id, withdrawn.withdrawal_state) == (
        "selected",
        result.withdrawal_id,
        "pending_academic",
    )
    assert not withdrawn.billing_refused
