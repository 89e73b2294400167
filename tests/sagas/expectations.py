"""What is expected of all services about one selection, resit or student."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.base.clock import local_date
from contracts.courses.queries import GetSelection, ListWithdrawals
from contracts.courses.views import SelectionView, WithdrawalView
from contracts.exams.queries import GetRegistration, ListRegistrations
from contracts.finance.queries import GetWithdrawalReview, ListBills
from contracts.identity.states import UserStatus
from contracts.registry.queries import GetStatusChange, GetStudent
from tests.sagas.stage import Stage, Student


class Expectations(Stage):
    """Looks at the services as people would, and compares what the script names."""

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return local_date(self.world.clock.now())

    def selection(self, selection_id: UUID) -> SelectionView:
        """A selection as courses shows it."""
        found: SelectionView = self.ask(GetSelection(selection_id=selection_id))
        return found

    def newest_withdrawal(self, selection_id: UUID) -> WithdrawalView | None:
        """The newest withdrawal of a selection, if there is one."""
        of_student = ListWithdrawals(student_id=self.selection(selection_id).student_id, sort="-requested_at")
        return next((w for w in self.ask(of_student).items if w.selection_id == selection_id), None)

    def expects(self, of: UUID, /, **expected: Any) -> None:
        """Compare what is named: `selection`, `bills` (one status for all, or kind → status), `registration` and
        `withdrawal` (state, or None for none), `ended_by`, `refusal`, `review`, `learning`, and where things are:
        `point`, `bills_at`, `registered_at`."""
        shown = self.selection(of)
        billed = self.ask(ListBills(selection_id=of)).items
        bills = {str(bill.kind): str(bill.status) for bill in billed}
        registration = self._only(ListRegistrations(selection_id=of))
        withdrawal = self.newest_withdrawal(of)
        found: dict[str, Any] = {
            "selection": shown.state,
            "bills": _one_for_all(bills) if not isinstance(expected.get("bills"), dict) else bills,
            "registration": registration and registration.state,
            "ended_by": registration and registration.ended_by,
            "withdrawal": withdrawal and withdrawal.state,
            "refusal": shown.refusal and shown.refusal.code,
            "learning": shown.learning_open,
            "point": self._point_name(shown.teaching_point_id),
            "bills_at": _one_for_all({str(b.kind): self._point_name(b.teaching_point_id) for b in billed}),
            "registered_at": registration and self._point_name(registration.teaching_point_id),
        }
        if "review" in expected:
            assert withdrawal is not None, "no withdrawal"
            found["review"] = self.ask(GetWithdrawalReview(withdrawal_id=withdrawal.id)).state
        self._compare(found, expected)

    def expects_resit(self, resit: UUID, /, **expected: Any) -> None:
        """Compare what is named: `registration`, `ended_by`, `bills` (None for none)."""
        shown = self.ask(GetRegistration(registration_id=resit))
        bills = {str(b.id): str(b.status) for b in self.ask(ListBills(size=200)).items if b.registration_id == resit}
        found = {"registration": shown.state, "ended_by": shown.ended_by, "bills": _one_for_all(bills)}
        self._compare(found, expected)

    def expects_student(self, student: Student, /, **expected: Any) -> None:
        """Compare what is named: `status`, `point`, `account` (`enabled`, `disabled`, or None for none),
        `account_point`, `account_refusal`."""
        record = self.ask(GetStudent(student_id=student.id))
        users = self.world.identity.table("users")
        account = next(iter(self.world.identity.rows(select(users).where(users.c.student_id == student.id))), None)
        found = {
            "status": record.status,
            "point": self._point_name(record.teaching_point_id),
            "account": account and UserStatus(account.status),
            "account_point": account and self._point_name(account.teaching_point_id),
            "account_refusal": record.account_refusal,
        }
        self._compare(found, expected)

    def expects_change(self, change: UUID, /, **expected: Any) -> None:
        """Compare what is named of a status change: `state`, `waiting_for_bills`."""
        shown = self.ask(GetStatusChange(status_change_id=change))
        self._compare({"state": shown.state, "waiting_for_bills": shown.waiting_for_bills}, expected)

    @staticmethod
    def _compare(found: dict[str, Any], expected: dict[str, Any]) -> None:
        assert {name: found[name] for name in expected} == expected

    def _only(self, query: Any) -> Any:
        found = self.ask(query).items
        assert len(found) <= 1, f"{len(found)} instead of one: {found}"
        return found[0] if found else None

    def _point_name(self, teaching_point_id: UUID) -> str:
        return {self.site.east: "east", self.site.west: "west"}[teaching_point_id]


def _one_for_all(bills: dict[str, str]) -> Any:
    """The status that all bills have, None when there is none, and all of them when they differ."""
    statuses = set(bills.values())
    if not statuses:
        return None
    return statuses.pop() if len(statuses) == 1 else bills
