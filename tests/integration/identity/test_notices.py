"""What people are told: kept once, found by everybody whom it concerns and nobody else, read by each for themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.retention import let_go
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Envelope
from contracts.courses.events import CoursesDecided
from contracts.finance.events import FinanceDecided
from contracts.identity.commands import RemoveUser
from contracts.identity.events import NoticesKept
from contracts.identity.notices import (
    CountUnreadNotices,
    ListNotices,
    MarkAllNoticesRead,
    MarkNoticesRead,
    NoticeView,
)
from contracts.identity.queries import ListUsers
from contracts.identity.tokens import LONGEST_TRANSACTION
from contracts.notices import Decided, DecidedStep
from contracts.registry.events import RegistryDecided, StudentState
from services.identity.tables.notices import NOTICES_KEPT, notice_marks, notice_readers, notices
from tests.builders.identity import student_item, teaching_point, user
from tests.builders.people import of_school
from tests.racing import race


def as_user(user_id: UUID) -> Context:
    """Somebody on their own account."""
    return acting(user_id=user_id, scope="own", ids=[user_id])


class Office:
    """A teaching point with two users, one of another point, one of the school, and a student with an account."""

    def __init__(self, identity: ServiceHarness) -> None:
        self.identity = identity
        here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
        self._here, self.point, self.elsewhere = here, here.id, there.id
        self.ann = self._made("ann", point=here)
        self.bob = self._made("bob", point=here)
        self.neighbour = self._made("neighbour", point=there)
        self.registrar = self._made("registrar")
        self.student = student_item(here.id)
        identity.feed(StudentState, self.student)
        (account,) = identity.ask(ListUsers(search=self.student.student_number), of_school()).items
        self.student_user = as_user(account.id)
        self.soon(hours=1)  # accounts bear the database's time

    def _made(self, username: str, **fields: Any) -> Context:
        return as_user(user(self.identity, username, **fields).user.id)

    def staff(self, *modules: str) -> Context:
        """Somebody at the point who may do only what belongs to these modules."""
        return self._made("staff", point=self._here, roles=({"role": "teaching_point_staff", "modules": modules},))

    def soon(self, **later: int) -> None:
        """Let time pass."""
        self.identity.clock.advance(timedelta(**(later or {"seconds": 1})))

    def told(self, who: Context, **asked: Any) -> list[NoticeView]:
        """What somebody finds, newest first."""
        found: list[NoticeView] = list(self.identity.ask(ListNotices(**asked), who).items)
        return found

    def unread(self, who: Context) -> int:
        """How many somebody has not read."""
        number: int = self.identity.ask(CountUnreadNotices(), who).unread
        return number

    def hears(self, event: type[Decided] = CoursesDecided, **step: Any) -> DecidedStep:
        """A service tells of a decision, by default about a withdrawal of the student that the point asked for."""
        made = self.step(**step)
        self.identity.deliver(event(steps=(made,)))
        return made

    def step(self, **step: Any) -> DecidedStep:
        """What a service tells."""
        return DecidedStep(
            **{
                "id": new_id(),
                "workflow": "withdrawal",
                "action": "approve",
                "state": "pending_finance",
                "subject_id": new_id(),
                "number": None,
                "student_id": self.student.id,
                "tells_student": True,
                "teaching_point_id": self.point,
                "applicant_id": None,
                "actor_id": self.registrar.actor.user_id,
                "at": self.identity.clock.now(),
                **step,
            }
        )


@pytest.fixture
def office(identity: ServiceHarness) -> Office:
    return Office(identity)


# --- who is told ---


def test_a_decision_is_found_by_the_student_and_everybody_at_the_point_and_nobody_else(office: Office) -> None:
    step = office.hears()
    for who in (office.ann, office.bob, office.student_user):
        (notice,) = office.told(who)
        assert (notice.subject_id, notice.workflow, notice.state) == (step.subject_id, "withdrawal", "pending_finance")
        assert (notice.service, notice.read) == ("courses", False)
    for who in (office.neighbour, office.registrar):
        assert office.told(who) == []


def test_it_is_one_row_however_many_read_it(office: Office) -> None:
    office.hears(applicant_id=office.ann.actor.user_id)
    assert office.identity.rows(select(func.count()).select_from(notices)) == [(1,)]
    assert len(office.told(office.ann)) == 1, "who asked is at the point too, and told once"


def test_who_asked_is_told_wherever_they_are(office: Office) -> None:
    office.hears(student_id=None, teaching_point_id=None, applicant_id=office.neighbour.actor.user_id)
    assert len(office.told(office.neighbour)) == 1
    assert office.told(office.ann) == []


def test_who_did_it_is_not_told(office: Office) -> None:
    office.hears(actor_id=office.ann.actor.user_id)
    assert (office.told(office.ann), office.unread(office.ann)) == ([], 0)
    assert office.unread(office.bob) == 1


def test_staff_of_a_point_are_told_by_the_services_that_they_work_with(office: Office) -> None:
    clerk = office.staff("finance")
    office.soon()
    office.hears(CoursesDecided)
    office.hears(FinanceDecided, workflow="remittance", number="HK202611000001", action="reject", state="rejected")
    (notice,) = office.told(clerk)
    assert (notice.service, office.unread(clerk)) == ("finance", 1)


def test_a_student_is_not_told_what_is_told_to_the_point(office: Office) -> None:
    office.hears(FinanceDecided, workflow="remittance", tells_student=False, action="approve", state="approved")
    assert office.told(office.student_user) == []
    assert len(office.told(office.ann)) == 1


def test_both_points_of_a_transfer_are_told(office: Office) -> None:
    fields = {"workflow": "status_change", "action": "approve", "state": "approved", "actor_id": None}
    office.hears(RegistryDecided, **fields)
    office.hears(RegistryDecided, **fields, tells_student=False, teaching_point_id=office.elsewhere)
    assert [len(office.told(who)) for who in (office.ann, office.neighbour, office.student_user)] == [1, 1, 1]
    moved = office.student.model_copy(update={"version": 2, "teaching_point_id": office.elsewhere})
    office.identity.feed(StudentState, moved)
    assert [notice.student_name for notice in office.told(office.neighbour)] == ["孙三"], "now it is theirs"


# --- how it reads ---


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "汇款单 HK202611000001：驳回（已驳回）"), ("en", "Remittance HK202611000001: Reject (Rejected)")],
)
def test_the_sentence_is_made_in_the_readers_language(office: Office, language: str, said: str) -> None:
    office.hears(FinanceDecided, workflow="remittance", number="HK202611000001", action="reject", state="rejected")
    who = Context(office.ann.actor, office.ann.scope, language=language)  # type: ignore[arg-type]
    assert [notice.message for notice in office.told(who)] == [said]


def test_what_was_entered_as_one_of_several_kinds_is_called_by_its_kind(office: Office) -> None:
    office.hears(RegistryDecided, workflow="status_change", action="suspend", state="approved")
    assert [notice.message for notice in office.told(office.ann)] == ["学籍异动：休学（已通过）"]


def test_the_student_is_named_to_who_may_see_the_record_today(office: Office) -> None:
    office.hears(applicant_id=office.neighbour.actor.user_id)
    named = ("2632030906100001", "孙三")
    for who in (office.ann, office.student_user):
        (notice,) = office.told(who)
        assert (notice.student_number, notice.student_name) == named
    (unnamed,) = office.told(office.neighbour)
    assert (unnamed.student_number, unnamed.student_name) == (None, None)


def test_who_moved_or_was_erased_is_named_to_the_point_no_more(office: Office) -> None:
    office.hears()
    moved = office.student.model_copy(update={"version": 2, "teaching_point_id": office.elsewhere})
    office.identity.feed(StudentState, moved)
    assert [notice.student_name for notice in office.told(office.ann)] == [None]
    assert [notice.student_name for notice in office.told(office.student_user)] == ["孙三"]
    office.identity.feed(StudentState, moved.model_copy(update={"version": 3, "deleted": True}))
    assert [notice.student_name for notice in office.told(office.student_user)] == [None]


# --- reading ---


def test_one_has_read_it_and_the_other_has_not(office: Office) -> None:
    office.hears()
    (notice,) = office.told(office.ann)
    assert office.identity.run(MarkNoticesRead(notice_ids=(notice.id,)), office.ann).unread == 0
    assert [each.read for each in office.told(office.ann)] == [True]
    assert office.told(office.ann, unread_only=True) == []
    assert [each.read for each in office.told(office.bob, unread_only=True)] == [False]


def test_of_several_those_that_were_named_are_read_and_again_is_harmless(office: Office) -> None:
    for _ in range(3):
        office.hears()
        office.soon()
    newest, middle, oldest = office.told(office.ann)
    for _ in range(2):
        assert office.identity.run(MarkNoticesRead(notice_ids=(newest.id, oldest.id)), office.ann).unread == 1
    assert office.told(office.ann, unread_only=True) == [middle]


def test_what_is_told_to_others_is_not_marked(office: Office) -> None:
    office.hears()
    (notice,) = office.told(office.ann)
    office.identity.run(MarkNoticesRead(notice_ids=(notice.id, new_id())), office.neighbour)
    assert office.identity.rows(select(notice_marks)) == []


def test_all_up_to_what_was_seen_is_read_and_nothing_later(office: Office) -> None:
    office.hears()
    office.soon(days=1)
    office.hears()
    seen = office.told(office.ann)[0].told_at
    office.soon()
    office.hears()
    assert office.identity.run(MarkAllNoticesRead(until=seen), office.ann).unread == 1
    assert [notice.read for notice in office.told(office.ann)] == [False, True, True]
    assert office.identity.run(MarkAllNoticesRead(), office.ann).unread == 0
    assert (office.unread(office.bob), office.unread(office.student_user)) == (3, 3)


def test_what_is_old_enough_is_read_without_a_mark_for_each(office: Office) -> None:
    for _ in range(3):
        office.hears()
    office.soon(seconds=LONGEST_TRANSACTION + 1)
    office.identity.run(MarkAllNoticesRead(), office.ann)
    assert (office.unread(office.ann), office.identity.rows(select(notice_marks))) == (0, [])


def test_what_is_committed_late_stays_unread_though_all_was_read_meanwhile(office: Office) -> None:
    """It carries the instant at which its transaction began."""
    began = office.identity.clock.now()
    office.soon(seconds=30)
    office.hears()
    office.identity.run(MarkAllNoticesRead(), office.ann)
    office.identity.clock.set(began)
    office.hears()
    office.soon(seconds=60)
    assert office.unread(office.ann) == 1


def test_what_was_told_to_the_point_before_somebody_came_is_no_news_to_them(office: Office) -> None:
    office.soon(hours=-2)
    office.hears()
    office.soon(hours=2)
    newcomer = office.staff("courses")
    assert [notice.read for notice in office.told(newcomer)] == [True]
    office.hears()
    assert office.unread(newcomer) == 1


# --- once ---


def test_the_same_telling_is_kept_once_in_whatever_it_comes(office: Office) -> None:
    step = office.step()
    office.identity.deliver(CoursesDecided(steps=(step, step)))
    office.identity.deliver(CoursesDecided(steps=(step, office.step())))
    assert len(office.told(office.ann)) == 2
    assert [len(event.notices) for event in office.identity.published(NoticesKept)] == [1, 1]


def test_of_two_processes_that_hear_it_at_once_one_keeps_it(office: Office) -> None:
    step = office.step()

    def hears() -> None:
        office.identity.deliver(CoursesDecided(steps=(step,)))

    race(hears, hears)
    assert len(office.told(office.ann)) == 1


def test_a_service_tells_in_its_own_name_only(office: Office) -> None:
    """An event of courses that finance sends is put aside, and the same id is another telling when finance says it."""
    step = office.step()
    event = CoursesDecided(steps=(step,))
    envelope = Envelope.of(event, event_id=new_id(), occurred_at=step.at, correlation_id=new_id())
    forged = office.identity.arriving(envelope)
    office.identity.receive([type(forged)(forged.body, forged.exchange, forged.routing_key, "finance")])
    assert [row.state for row in office.identity.parked()] == ["refused"]
    assert office.told(office.ann) == []


# --- for how long ---


def test_notices_go_after_180_days_with_their_marks(office: Office) -> None:
    office.hears()
    (notice,) = office.told(office.ann)
    office.identity.run(MarkNoticesRead(notice_ids=(notice.id,)), office.ann)
    office.soon(days=NOTICES_KEPT.days - 1)
    office.hears()
    office.identity.database.run(system_context(), let_go)
    assert len(office.told(office.ann)) == 2
    office.soon(days=2)
    office.identity.database.run(system_context(), let_go)
    assert len(office.told(office.ann)) == 1
    assert office.identity.rows(select(notice_marks)) == []


def test_what_an_erased_user_has_read_goes_with_them(office: Office) -> None:
    office.hears()
    office.identity.run(MarkAllNoticesRead(), office.ann)
    account = office.identity.ask(ListUsers(search="ann"), of_school()).items[0]
    office.identity.run(RemoveUser(user_id=account.id, version=account.version), of_school())
    assert office.identity.rows(select(notice_marks)) == []
    assert office.identity.rows(select(notice_readers)) == []
    assert len(office.told(office.bob)) == 1
    assert office.identity.refusal(ListNotices(), office.ann).code == "not_found"
