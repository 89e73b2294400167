"""What other services would say: rows of events with everything filled in, of which a test names what matters to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from chassis.base.ids import new_id
from contracts.base import Contract
from contracts.common import ClosingReason
from contracts.courses.events import ClosingSelection, CourseItem, ProgrammeItem, SelectedCourse, SentWithdrawal
from contracts.courses.states import CourseStatus, ProgrammeStatus
from contracts.enrollment.events import AdmittedStudent, CancelledAdmission
from contracts.exams.events import (
    ClosingResit,
    ExamRoundCourseItem,
    ExamRoundItem,
    RefusedHold,
    RefusedRegistration,
    RegisteredResit,
)
from contracts.exams.states import ExamRoundStatus
from contracts.finance.events import (
    BillItem,
    CancelledBills,
    FeeStandardItem,
    PaidBill,
    RefundedWithdrawal,
    RefusedBilling,
    RefusedCancellation,
    RejectedWithdrawal,
    ReviewedWithdrawal,
)
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import BillStatus, PaymentMethod
from contracts.identity.events import RefusedAccount, SchoolSettingItem, TeachingPointItem
from contracts.identity.states import TeachingPointStatus
from contracts.people import Contact, PriorEducation
from contracts.registry.events import (
    EndedAdmission,
    StudentDocumentItem,
    StudentItem,
    StudentLeft,
    StudentResumed,
    StudentSuspended,
    StudentTransferred,
)
from contracts.types import EducationLevel, EnrolmentStatus, ExamKind, FeeKind, Gender, IdKind, Level
from launcher.made_up import MadeUpStudents

_Row = TypeVar("_Row", bound=Contract)

# A Tuesday in the middle of the selection weeks, at noon in Shanghai.
SELECTED_AT = datetime(2026, 9, 15, 4, tzinfo=UTC)
_numbers = count(1)
_people = MadeUpStudents("messages")

_ELEMENTS: dict[str, Any] = {
    "level": Level.TOP_UP_BACHELOR,
    "major_code": "080901",
    "schooling_length": "2.5",
    "major_name": "计算机科学与技术",
}
_PRICED: dict[str, Any] = {
    "education_levels": (EducationLevel.UNDERGRADUATE,),
    "student_type": "开放教育",
    "student_source": "开放教育",
}
_EXAM: dict[str, Any] = {"exam_round_id": new_id, "exam_kind": ExamKind.PAPER}


def of_selection(id_: UUID | None = None) -> Source:
    """A bill's source: a selection, a new one unless it is given."""
    return Source(kind=SourceKind.SELECTION, id=id_ or new_id())


def of_resit(id_: UUID) -> Source:
    """A bill's source: a resit."""
    return Source(kind=SourceKind.REGISTRATION, id=id_)


_BILL: dict[str, Any] = {
    "source": of_selection,
    "number": lambda: f"JF{new_id().int % 10**12:012d}",
    "kind": FeeKind.EXAM,
    "amount": Decimal("60.00"),
}

# What a row has unless a test says otherwise, ids left out. A callable makes a new value for each row.
_DEFAULTS: dict[type[Contract], dict[str, Any]] = {
    SchoolSettingItem: {
        "version": 1,
        "name": "school_name",
        "value": "江淮开放大学",
        "revision": 2,
        "effective_from": datetime(2020, 1, 1, tzinfo=UTC),
        "revokes_id": None,
    },
    TeachingPointItem: {"version": 1, "code": "3203", "name": "徐州教学点", "status": TeachingPointStatus.ENABLED},
    FeeStandardItem: {
        "version": 1,
        "education_level": EducationLevel.UNDERGRADUATE,
        "kind": FeeKind.CREDIT,
        "amount": Decimal("100.00"),
        "student_type": None,
        "student_source": None,
        "valid_from": date(2020, 1, 1),
        "valid_until": None,
    },
    BillItem: {**_BILL, "version": 1, "status": BillStatus.UNPAID},
    ExamRoundItem: {
        "version": 1,
        "code": "KS202701",
        "name": "期末考试",
        "registration_opens_at": SELECTED_AT,
        "registration_closes_at": SELECTED_AT + timedelta(days=30),
        "status": ExamRoundStatus.PUBLISHED,
        "arrangement_published_at": None,
    },
    ExamRoundCourseItem: {
        "version": 1,
        "session_name": "第一场",
        "starts_at": SELECTED_AT + timedelta(days=50),
        "ends_at": SELECTED_AT + timedelta(days=50, minutes=90),
    },
    RefusedAccount: {"code": "username_taken"},
    CourseItem: {
        "version": 1,
        "code": "50397",
        "name": "计算机应用基础",
        "credits": Decimal("4.0"),
        "education_levels": (EducationLevel.UNDERGRADUATE,),
        "status": CourseStatus.PUBLISHED,
    },
    ProgrammeItem: {
        **_ELEMENTS,
        "version": 1,
        "code": "080901-ZSB",
        "name": "计算机科学与技术(专升本)2026版",
        "version_number": 1,
        "status": ProgrammeStatus.PUBLISHED,
        "from_intake": "202609",
        "until_intake": None,
        "teaching_point_ids": (),
        "minimum_years": "2.5",
        "maximum_years": "8",
    },
    AdmittedStudent: {
        **_ELEMENTS,
        "student_number": lambda: f"263203{next(_numbers):09d}",
        "name": "张晓明",
        "gender": Gender.MALE,
        "id_kind": IdKind.RESIDENT,
        "id_number": lambda: _people.make().id_number,
        "birth_on": date(1998, 5, 20),
        "ethnicity": "01",
        "political_status": None,
        "intake": "202609",
        "contact": Contact(mobile="13912345678"),
        "prior_education": PriorEducation(level="专科", school="某某学院", graduated_on=date(2018, 6, 30)),
        "admitted_at": SELECTED_AT,
    },
    StudentDocumentItem: {
        "version": 1,
        "id_kind": IdKind.RESIDENT,
        "id_number": "32031119980520001X",
        "level": Level.TOP_UP_BACHELOR,
        "studying": True,
    },
    StudentItem: {
        **_ELEMENTS,
        "version": 1,
        "student_number": lambda: f"26{new_id().int % 10**12:012d}",
        "name": "张晓明",
        "intake": "202609",
        "status": EnrolmentStatus.ACTIVE,
        "status_change_open": False,
        "degree_intent": False,
        "suspensions": (),
    },
    SelectedCourse: {**_PRICED, **_EXAM, "credits": Decimal("4.0"), "selected_at": SELECTED_AT},
    RegisteredResit: {**_PRICED, "exam_kind": ExamKind.PAPER, "registered_at": SELECTED_AT},
    ClosingSelection: {"attempt": 1, "reason": ClosingReason.CANCELLED},
    ClosingResit: {"attempt": 1, "reason": ClosingReason.CANCELLED},
    SentWithdrawal: {
        "exam_round_id": new_id,
        "reason": "工作调动",
        "requested_by": new_id,
        "requested_at": SELECTED_AT,
        "academic_reviewer_id": new_id,
        "sent_at": SELECTED_AT,
    },
    PaidBill: {
        **_EXAM,
        **_BILL,
        "method": PaymentMethod.REMITTANCE,
        "paid_at": SELECTED_AT,
    },
    RefusedBilling: {"source": of_selection, "code": "fee_standard_missing"},
    CancelledBills: {"source": of_selection, "attempt": 1, "reason": ClosingReason.CANCELLED},
    RefusedCancellation: {
        "source": of_selection,
        "attempt": 1,
        "reason": ClosingReason.CANCELLED,
        "code": "payment_in_review",
        "ask_again_at": None,
    },
    ReviewedWithdrawal: {"amount": Decimal("460.00")},
    RejectedWithdrawal: {"code": None, "note": "材料不全", "reviewer_id": new_id},
    RefundedWithdrawal: {"amount": Decimal("460.00"), "refunded_at": SELECTED_AT},
    RefusedHold: {"code": "exam_already_sat"},
    RefusedRegistration: {"code": "arrangement_published"},
    CancelledAdmission: {"cancelled_at": SELECTED_AT},
    EndedAdmission: {"student_version": 2, "ended_at": SELECTED_AT},
    StudentLeft: {"student_version": 2, "voluntary": True, "left_at": SELECTED_AT},
    StudentSuspended: {"student_version": 2, "suspended_at": SELECTED_AT},
    StudentResumed: {"student_version": 3, "resumed_at": SELECTED_AT},
    StudentTransferred: {"student_version": 2, "transferred_at": SELECTED_AT},
}

BUILT = tuple(_DEFAULTS)
"""The kinds of row that have more than ids."""


def a(kind: type[_Row], /, **fields: Any) -> _Row:
    """A row of this kind: `a(PaidBill, source=of_selection(id_), kind=FeeKind.CREDIT)`. Ids not named are new ones."""
    values = {name: value() if callable(value) else value for name, value in _DEFAULTS.get(kind, {}).items()}
    ids = {name: new_id() for name in kind.model_fields if name == "id" or name.endswith("_id")}
    return kind(**{**ids, **values, **fields})
