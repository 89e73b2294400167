"""Admissions, records and accounts: what may last agrees, and every fault planted into it is found, with what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.base.ids import new_id
from contracts.enrollment.states import ApplicationState as A
from contracts.enrollment.views import AdmissionStatement
from contracts.identity.states import UserStatus
from contracts.identity.views import AccountStatement
from contracts.registry.views import CancellationStatement, RecordStatement
from contracts.types import EnrolmentStatus as E
from launcher.reconcile.admissions import ADVICE, compare_admissions
from launcher.reconcile.checking import settle
from launcher.reconcile.statements import Statements

NOW = datetime(2026, 9, 20, 8, tzinfo=UTC)


@dataclass
class Admitted:
    """Forms with their records and accounts, which agree until a test spoils one."""

    admissions: list[AdmissionStatement] = field(default_factory=list)
    records: list[RecordStatement] = field(default_factory=list)
    accounts: list[AccountStatement] = field(default_factory=list)
    cancellations: list[CancellationStatement] = field(default_factory=list)

    def student(self, status: E = E.ACTIVE, state: A | None = A.ADMITTED, **record: Any) -> None:
        """Somebody with a record and an account; without a form where `state` is None."""
        number = f"2632010902{len(self.records):05d}"
        own = {"student_number": number, "name": "张晓明", "teaching_point_id": new_id(), "programme_id": new_id()}
        made = RecordStatement(
            id=new_id(),
            status=status,
            changed_at=NOW,
            **{"transferred": False, "account_refused": False, **own, **record},
        )
        self.records.append(made)
        open_ = status in (E.ACTIVE, E.SUSPENDED)
        account = AccountStatement(
            id=new_id(),
            student_id=made.id,
            username=number.lower(),
            name=made.name,
            teaching_point_id=made.teaching_point_id,
            status=UserStatus.ENABLED if open_ else UserStatus.DISABLED,
            shut_out=False,
            changed_at=NOW,
        )
        self.accounts.append(account)
        if state is not None:
            self.form(state, student_id=made.id, **own)

    def form(self, state: A, **fields: Any) -> None:
        """A form by which somebody was admitted."""
        given = {
            "number": f"BM202609{len(self.admissions):06d}",
            "student_id": new_id(),
            "student_number": f"2632020902{len(self.admissions):05d}",
            "name": "李晓红",
            "teaching_point_id": new_id(),
            "programme_id": new_id(),
            "record_refused": False,
            "changed_at": NOW,
        }
        self.admissions.append(AdmissionStatement(id=new_id(), state=state, **{**given, **fields}))

    def spoil(self, rows: str, **changes: Any) -> None:
        """Change the newest row of a kind."""
        kept: list[Any] = getattr(self, rows)
        kept[-1] = kept[-1].model_copy(update=changes)

    def double(self, rows: str, **changes: Any) -> None:
        """The newest row of a kind once more, with another id."""
        kept: list[Any] = getattr(self, rows)
        kept.append(kept[-1].model_copy(update={"id": new_id(), **changes}))

    def statements(self) -> Statements:
        """As they are read."""
        return Statements(
            admissions=tuple(self.admissions),
            records=tuple(self.records),
            cancellations=tuple(self.cancellations),
            accounts=tuple(self.accounts),
        )


def found(world: Admitted) -> list[tuple[str, str, Any]]:
    return [(each.code, each.subject, each.id) for each in compare_admissions(world.statements())]


def test_whatever_may_last_agrees() -> None:
    world = Admitted()
    for status in (E.ACTIVE, E.SUSPENDED, E.LEFT, E.GRADUATED, E.EXPIRED):
        world.student(status)
    world.student(E.ADMISSION_CANCELLED, A.ADMISSION_CANCELLED)
    world.student(E.LEFT, A.ADMISSION_CANCELLED)
    world.form(A.ADMISSION_CANCELLED, record_refused=True)
    world.student(state=None)  # from an import
    world.student(transferred=True)
    world.spoil("admissions", teaching_point_id=new_id())
    world.student(account_refused=True)
    world.accounts.pop()
    world.student()
    world.spoil("accounts", status=UserStatus.DISABLED, shut_out=True)
    assert found(world) == []


@pytest.mark.parametrize(
    ("code", "subject", "fault"),
    [
        ("record_missing", "application", lambda w: (w.records.pop(), w.accounts.pop())),
        ("record_differs", "application", lambda w: w.spoil("admissions", student_number="263201090299999")),
        ("record_differs", "application", lambda w: w.spoil("admissions", name="张小明")),
        ("record_differs", "application", lambda w: w.spoil("admissions", teaching_point_id=new_id())),
        ("record_differs", "application", lambda w: w.spoil("admissions", programme_id=new_id())),
        ("record_alive_though_cancelled", "application", lambda w: w.spoil("admissions", state=A.ADMISSION_CANCELLED)),
        ("account_missing", "student", lambda w: w.accounts.pop()),
        ("account_differs", "student", lambda w: w.spoil("accounts", username="t1")),
        ("account_differs", "student", lambda w: w.spoil("accounts", name="张小明")),
        ("account_differs", "student", lambda w: w.spoil("accounts", teaching_point_id=new_id())),
        ("account_shut_though_studying", "student", lambda w: w.spoil("accounts", status=UserStatus.DISABLED)),
        ("account_without_record", "user", lambda w: w.double("accounts", student_id=new_id(), username="t2")),
    ],
)
def test_each_fault_is_found_by_its_name_with_the_row_and_what_to_do(
    code: str, subject: str, fault: Callable[[Admitted], object]
) -> None:
    world = Admitted()
    world.student()
    world.student()
    fault(world)
    [(its_code, its_subject, id_)] = found(world)
    assert (its_code, its_subject) == (code, subject)
    assert id_ is not None
    assert ADVICE[code]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("admission_doubled", lambda w: w.double("admissions", student_number="263201090299999")),
        ("record_doubled", lambda w: w.double("records")),
        ("account_doubled", lambda w: w.double("accounts", username="t1")),
    ],
)
def test_who_is_there_twice_is_found_with_both(code: str, fault: Callable[[Admitted], object]) -> None:
    world = Admitted()
    world.student()
    fault(world)
    assert [each for each, _, _ in found(world)].count(code) == 2


def test_a_record_that_ended_under_an_admission_that_stands_and_an_account_that_outlived_it_are_found() -> None:
    world = Admitted()
    world.student(E.ADMISSION_CANCELLED)
    assert [code for code, _, _ in found(world)] == ["record_cancelled_though_admitted"]
    world.spoil("accounts", status=UserStatus.ENABLED)
    assert [code for code, _, _ in found(world)] == ["record_cancelled_though_admitted", "account_open_though_gone"]


def test_a_cancelled_admission_without_a_record_agrees_once_the_registry_has_heard_of_it() -> None:
    world = Admitted()
    world.form(A.ADMISSION_CANCELLED)
    world.form(A.ADMITTED)
    unheard, standing = world.admissions
    missing = [("record_missing", "application", each.id) for each in (unheard, standing)]
    assert found(world) == missing
    world.cancellations += [CancellationStatement(id=each.student_id, changed_at=NOW) for each in world.admissions]
    assert found(world) == missing[1:]


def test_nothing_personal_is_told() -> None:
    world = Admitted()
    world.student()
    world.spoil("admissions", name="张小明", student_number="263201090299999")
    [told] = compare_admissions(world.statements())
    assert "张" not in told.says
    assert "2632" not in told.says.replace(str(world.records[0].id), "")


def test_what_is_only_on_its_way_is_no_disagreement_and_what_stays_is_one() -> None:
    world = Admitted()
    world.student()
    world.form(A.ADMITTED)
    before = world.statements()
    late = world.admissions[-1]
    own = {name: getattr(late, name) for name in ("student_number", "name", "teaching_point_id", "programme_id")}
    world.student(state=None, **own)
    world.spoil("records", id=late.student_id)
    world.spoil("accounts", student_id=late.student_id, username=late.student_number)
    looks = iter([before, world.statements()])
    assert settle(lambda: next(looks), patience=5, every=0).clean
    [stays] = settle(lambda: before, patience=0).disagreements
    assert (stays.code, stays.id) == ("record_missing", late.id)
