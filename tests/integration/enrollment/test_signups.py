"""Quick signups: sent by visitors, completed and discarded by points, erased after a time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import of_service
from contracts.enrollment.commands import AdmitApplications, RejectApplications, WithdrawApplications
from contracts.enrollment.queries import ListApplications
from contracts.enrollment.signups import DiscardSignups, GetSignup, ListSignups, SignupDetails, SignupView
from contracts.identity.events import TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.people import ApplicantContact
from contracts.settings import ChangeSetting
from contracts.types import Gender, IdKind
from tests.builders import enrollment as build
from tests.builders.identity import from_address
from tests.builders.people import of_point
from tests.erased import let_go_of
from tests.racing import codes, race
from tests.working import worked

pytestmark = pytest.mark.usefixtures("little_work", "store")

ANOTHER = from_address("198.51.100.20")


def seen(enrollment: ServiceHarness, signup: SignupView) -> SignupDetails:
    found: SignupDetails = enrollment.ask(GetSignup(signup_id=signup.id), build.ADMISSIONS)
    return found


def everything_of(enrollment: ServiceHarness, table: str) -> str:
    return str(enrollment.rows(select(enrollment.table(table))))


def set_to(enrollment: ServiceHarness, name: str, value: int) -> None:
    change = of_service("enrollment", ChangeSetting)
    enrollment.run(change(name=name, value=value, version=1, reason="试行"), build.ADMISSIONS)


# --- sending ---


def test_a_signup_reaches_the_chosen_point_and_no_other(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    signup = build.signed_up(enrollment, at, wished_major="会计或者计算机", mobile="13912345678")
    here, there = (enrollment.ask(ListSignups(), of_point(point.id)) for point in at.points)
    assert [each.id for each in here.items] == [signup.id]
    assert there.items == ()
    details = enrollment.ask(GetSignup(signup_id=signup.id), of_point(at.points[0].id))
    assert (details.state, details.wished_major, details.mobile) == ("signed_up", "会计或者计算机", "13912345678")
    assert enrollment.refusal(GetSignup(signup_id=signup.id), of_point(at.points[1].id)).code == "not_found"


def test_every_signup_takes_work_that_is_good_once_and_for_its_mobile(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    first, second = build.signup(at), build.signup(at)
    work = {"work": worked(enrollment.refusal(first, build.VISITOR))}
    assert enrollment.refusal(second.model_copy(update=work), build.VISITOR).code == "work_required"
    enrollment.run(first.model_copy(update=work), build.VISITOR)
    assert enrollment.refusal(first.model_copy(update=work), build.VISITOR).code == "work_required", "it is spent"
    late = {"work": worked(enrollment.refusal(second, build.VISITOR))}
    enrollment.clock.advance(timedelta(minutes=21))
    assert enrollment.refusal(second.model_copy(update=late), build.VISITOR).code == "work_required", "it is late"


def test_the_school_sets_how_much_work_it_is_and_what_is_too_easy_is_refused(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    command = build.signup(at)
    easy = {"work": worked(enrollment.refusal(command, build.VISITOR))}
    set_to(enrollment, "signup_work", 3)
    refusal = enrollment.refusal(command.model_copy(update=easy), build.VISITOR)
    assert (refusal.code, refusal.params["seconds"]) == ("work_required", 8)
    enrollment.run(command.model_copy(update={"work": worked(refusal)}), build.VISITOR)


def test_the_same_signup_again_is_answered_as_the_first_and_there_once(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    command = build.signup(at)
    for who in (build.VISITOR, ANOTHER):
        build.send(enrollment, command, who)
    assert enrollment.ask(ListSignups(), build.ADMISSIONS).total == 1


def test_two_who_send_the_same_at_the_same_moment_have_signed_up_once(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    command, visitors = build.signup(at), [from_address(f"198.51.100.{n}") for n in range(3)]
    solved = [command.model_copy(update={"work": worked(enrollment.refusal(command, who))}) for who in visitors]
    told = race(*(partial(enrollment.run, each, who) for each, who in zip(solved, visitors, strict=True)))
    assert codes(told) == ["done"] * 3
    assert enrollment.ask(ListSignups(), build.ADMISSIONS).total == 1


def test_the_owner_of_a_mobile_is_not_barred_by_what_others_sent_for_it(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    for number in range(7):
        junk = build.signup(at, number % 2, mobile="13912345678")
        build.send(enrollment, junk, from_address(f"198.51.100.{number}"))
    owner = build.signed_up(enrollment, at, mobile="13912345678", name="李明")
    assert seen(enrollment, owner).name == "李明"


@pytest.mark.parametrize(
    ("point", "changes", "seconds"),
    [(0, {}, 32), (1, {"mobile": "13912345678"}, 32), (1, {}, 1)],
    ids=["the point", "the mobile", "neither"],
)
def test_where_very_many_came_that_day_for_the_point_or_the_mobile_it_is_harder_from_everywhere(
    enrollment: ServiceHarness, at: build.Recruiting, point: int, changes: dict[str, str], seconds: int
) -> None:
    build.send(enrollment, build.signup(at, mobile="13912345678"))
    asked = enrollment.table("asked_often")
    many = update(asked).values(number=600)
    enrollment.database.run(system_context(), lambda uow: uow.execute(many))
    next_one = build.signup(at, point, **changes)
    assert enrollment.refusal(next_one, ANOTHER).params["seconds"] == seconds
    enrollment.clock.advance(timedelta(days=1, seconds=1))
    assert enrollment.refusal(next_one, ANOTHER).params["seconds"] == 1


def test_what_is_sent_again_counts_neither_for_its_mobile_nor_for_its_point(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    command = build.signup(at)
    build.send(enrollment, command)
    counted = set(enrollment.rows(select(enrollment.table("asked_often"))))
    for _ in range(6):
        build.send(enrollment, command.model_copy(update={"wished_major": "法学"}), ANOTHER)
    now = set(enrollment.rows(select(enrollment.table("asked_often"))))
    assert counted <= now
    assert [row.number for row in now - counted] == [6], "its address"


def test_nobody_makes_it_harder_for_a_mobile_by_what_reaches_no_point(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    nowhere = build.signup(at).model_copy(update={"teaching_point_id": new_id()})
    for _ in range(6):
        solved = nowhere.model_copy(update={"work": worked(enrollment.refusal(nowhere, build.VISITOR))})
        assert enrollment.refusal(solved, build.VISITOR).code == "point_not_recruiting"
    counted = enrollment.rows(select(enrollment.table("asked_often").c.number))
    assert sorted(row.number for row in counted) == [0, 0, 6], "its address"


def test_no_mobile_stands_where_signups_are_counted_or_in_the_trail(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    signup = build.signed_up(enrollment, at, mobile="13912345678", name="张晓明")
    enrollment.run(DiscardSignups(signup_ids=(signup.id,), reason="张晓明不再报名"), of_point(at.points[0].id))
    for table in ("asked_often", "spent_work", "audit_entries", "workflow_history", "idempotency_keys", "outbox"):
        told = everything_of(enrollment, table)
        assert "13912345678" not in told, table
        assert "张晓明" not in told, table


def test_who_does_not_recruit_takes_no_signup(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    shut = at.points[0].model_copy(update={"status": TeachingPointStatus.DISABLED, "version": 2})
    enrollment.feed(TeachingPointState, shut)
    nowhere = build.signup(at, 1).model_copy(update={"teaching_point_id": new_id()})
    for command in (build.signup(at), nowhere):
        solved = command.model_copy(update={"work": worked(enrollment.refusal(command, build.VISITOR))})
        assert enrollment.refusal(solved, build.VISITOR).code == "point_not_recruiting"
    enrollment.clock.advance(timedelta(days=11))
    command = build.signup(at, 1)
    solved = command.model_copy(update={"work": worked(enrollment.refusal(command, build.VISITOR))})
    assert enrollment.refusal(solved, build.VISITOR).code == "point_not_recruiting"


# --- what the point makes of it ---


def test_a_signup_becomes_a_form_and_is_completed_by_it(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    signup, here = build.signed_up(enrollment, at), of_point(at.points[0].id)
    form = build.form(
        at.round.id, name=signup.name, contact=ApplicantContact(mobile=signup.mobile), signup_id=signup.id
    )
    view = enrollment.run(form, here)
    assert view.state == "first_review_passed"
    details = seen(enrollment, signup)
    assert (details.state, details.application_id) == ("completed", view.id)
    assert [step.action for step in details.history] == ["sign_up", "complete"]


def test_a_form_that_is_refused_leaves_the_signup_as_it_is(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    signup, here = build.signed_up(enrollment, at), of_point(at.points[0].id)
    wrong = build.form(at.round.id, signup_id=signup.id, major_code="999999")
    assert enrollment.refusal(wrong, here).code == "validation_failed"
    assert seen(enrollment, signup).state == "signed_up"


def test_of_two_clerks_who_complete_one_signup_one_is_first(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    signup = build.signed_up(enrollment, at)
    forms = [build.form(at.round.id, signup_id=signup.id) for _ in range(2)]
    told = race(*(partial(enrollment.run, form, of_point(at.points[0].id)) for form in forms))
    assert sorted(codes(told)) == ["done", "step_not_allowed"]
    assert enrollment.ask(ListApplications(), build.ADMISSIONS).total == 1


def test_another_points_signup_is_not_there_to_be_completed_or_discarded(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    signup, there = build.signed_up(enrollment, at), of_point(at.points[1].id)
    assert enrollment.refusal(build.form(at.round.id, signup_id=signup.id), there).code == "not_found"
    told = enrollment.run(DiscardSignups(signup_ids=(signup.id,), reason="不再报名"), there)
    assert [item.refusal.code for item in told.items if item.refusal] == ["not_found"]


def test_a_discarded_signup_keeps_its_reason_and_is_discarded_once(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    signup, here = build.signed_up(enrollment, at), of_point(at.points[0].id)
    discard = DiscardSignups(signup_ids=(signup.id,), reason="号码有误")
    assert [item.state for item in enrollment.run(discard, here).items] == ["discarded"]
    assert seen(enrollment, signup).reason == "号码有误"
    again = enrollment.run(discard, here)
    assert [item.refusal.code for item in again.items if item.refusal] == ["step_not_allowed"]
    form = build.form(at.round.id, signup_id=signup.id)
    assert enrollment.refusal(form, here).code == "step_not_allowed"


def test_who_was_discarded_may_sign_up_again(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    command = build.signup(at)
    build.send(enrollment, command)
    [first] = enrollment.ask(ListSignups(), build.ADMISSIONS).items
    enrollment.run(DiscardSignups(signup_ids=(first.id,), reason="打不通"), of_point(at.points[0].id))
    build.send(enrollment, command)
    states = [each.state for each in enrollment.ask(ListSignups(), build.ADMISSIONS).items]
    assert sorted(states) == ["discarded", "signed_up"]


def test_signups_are_found_by_part_of_a_name_and_the_beginning_of_a_mobile(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.signed_up(enrollment, at, name="欧阳晓明", mobile="13912345678")
    build.signed_up(enrollment, at, name="张伟", mobile="13800138000")
    for search in ("晓明", "1391"):
        found = enrollment.ask(ListSignups(search=search), of_point(at.points[0].id)).items
        assert [each.id for each in found] == [one.id]


# --- N49 ---


def test_a_couple_with_one_telephone_and_two_people_of_one_name_and_birthday_are_all_admitted(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    here = of_point(at.points[0].id)
    couple = [build.signed_up(enrollment, at, name=name, mobile="13912345678") for name in ("李明", "王芳")]
    namesakes = [build.signed_up(enrollment, at, name="张伟") for _ in range(2)]
    assert enrollment.ask(ListSignups(state="signed_up"), here).total == 4
    born = {"id_kind": IdKind.PASSPORT, "birth_on": "1998-05-20", "gender": Gender.MALE}
    numbers = ("E10000001", "E10000002")
    forms = [
        build.form(at.round.id, name=s.name, contact=ApplicantContact(mobile=s.mobile), signup_id=s.id) for s in couple
    ] + [
        build.form(at.round.id, name=s.name, id_number=number, signup_id=s.id, **born)
        for s, number in zip(namesakes, numbers, strict=True)
    ]
    ids = tuple(enrollment.run(form, here).id for form in forms)
    assert enrollment.run(AdmitApplications(application_ids=ids), build.ADMISSIONS).done == 4


# --- how long it is kept ---


def test_what_came_to_an_end_is_erased_after_the_time_that_the_school_sets(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    here = of_point(at.points[0].id)
    discarded, completed, waiting = (build.signed_up(enrollment, at) for _ in range(3))
    enrollment.run(DiscardSignups(signup_ids=(discarded.id,), reason="不再报名"), here)
    enrollment.run(build.form(at.round.id, signup_id=completed.id), here)
    enrollment.clock.advance(timedelta(days=29))
    enrollment.run_due_jobs()
    assert enrollment.ask(ListSignups(), here).total == 3
    set_to(enrollment, "signup_kept_days", 20)
    enrollment.clock.advance(timedelta(minutes=11))
    enrollment.run_due_jobs()
    assert [each.id for each in enrollment.ask(ListSignups(), here).items] == [waiting.id]
    assert ("signups", False, 2) in let_go_of(enrollment)
    assert everything_of(enrollment, "signup_grams").count(str(discarded.id)) == 0


def test_whom_nobody_has_called_in_a_year_is_erased(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    build.signed_up(enrollment, at)
    enrollment.clock.advance(timedelta(days=366))
    enrollment.run_due_jobs()
    assert enrollment.ask(ListSignups(), build.ADMISSIONS).total == 0


def test_forms_that_came_to_nothing_are_erased_and_those_of_the_admitted_stay(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    here = of_point(at.points[0].id)
    rejected, withdrawn, admitted, open_ = (build.entered(enrollment, at) for _ in range(4))
    enrollment.run(RejectApplications(application_ids=(rejected.id,), note="材料不全"), build.ADMISSIONS)
    enrollment.run(WithdrawApplications(application_ids=(withdrawn.id,)), here)
    enrollment.run(AdmitApplications(application_ids=(admitted.id,)), build.ADMISSIONS)
    enrollment.clock.advance(timedelta(days=364))
    enrollment.run_due_jobs()
    assert enrollment.ask(ListApplications(), build.ADMISSIONS).total == 4
    enrollment.clock.advance(timedelta(days=2))
    enrollment.run_due_jobs()
    left = {each.id for each in enrollment.ask(ListApplications(), build.ADMISSIONS).items}
    assert left == {admitted.id, open_.id}
    assert ("applications", False, 2) in let_go_of(enrollment)
