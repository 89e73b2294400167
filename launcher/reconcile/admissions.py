"""What must agree of admissions, student records and accounts, as pure functions (docs/sagas.md, section 5).

Ids are told and states, never names, numbers or points: they are people's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.enrollment.states import ApplicationState
from contracts.enrollment.views import AdmissionStatement
from contracts.identity.states import UserStatus
from contracts.identity.views import AccountStatement
from contracts.registry.views import RecordStatement
from contracts.types import EnrolmentStatus
from launcher.reconcile.disagreement import Disagreement
from launcher.reconcile.statements import Statements
from services.identity.steps.student_accounts import NO_ACCOUNT

_ALIVE: Final = (EnrolmentStatus.ACTIVE, EnrolmentStatus.SUSPENDED)

_FOLLOWS: Final = "change the record, its contact data for instance: the account follows with its next version"
ADVICE: Final[Mapping[str, str]] = {
    "record_missing": "look into `./jiaowu dead` of enrollment and registry; where the registry was restored, cancel "
    "the admission and let the person apply again: it agrees once the registry has heard of that",
    "record_differs": "see what the person was admitted by (the form's history), and have the record put right",
    "record_alive_though_cancelled": "look into `./jiaowu dead` of registry; else let the student leave school",
    "record_cancelled_though_admitted": "enrollment was restored: cancel the admission once more",
    "admission_doubled": "see both forms: nobody is admitted twice by one number; cancel the wrong admission",
    "record_doubled": "see both records: the database keeps numbers apart, so somebody has changed it",
    "account_missing": "look into `./jiaowu dead` of identity, then `./jiaowu reannounce student_state` with the id",
    "account_doubled": "see both users: the database keeps them apart, so somebody has changed it",
    "account_differs": _FOLLOWS,
    "account_open_though_gone": "disable the user",
    "account_shut_though_studying": f"enable the user, or {_FOLLOWS}",
    "account_without_record": "disable the user: no record says that there is such a student",
}
"""Code → what to do."""


def compare_admissions(statements: Statements) -> Iterator[Disagreement]:
    """Everything in which forms, records and accounts differ."""
    records = {record.id: record for record in statements.records}
    accounts = {account.student_id: account for account in statements.accounts}
    heard = {cancellation.id for cancellation in statements.cancellations}
    yield from _doubles("admission_doubled", "application", statements.admissions, "student_id", "student_number")
    yield from _doubles("record_doubled", "student", statements.records, "student_number")
    yield from _doubles("account_doubled", "user", statements.accounts, "student_id", "username")
    for admission in statements.admissions:
        yield from _of_admission(admission, records.get(admission.student_id), admission.student_id in heard)
    for record in statements.records:
        yield from _of_record(record, accounts.get(record.id))
    for account in statements.accounts:
        if account.student_id not in records:
            yield Disagreement("account_without_record", "user", account.id, str(account.status))


def _doubles(code: str, subject: str, rows: Iterable[Any], *fields: str) -> Iterator[Disagreement]:
    """Rows that share what only one may have."""
    found = list(rows)
    for field in fields:
        times = Counter(_key(row, field) for row in found)
        for row in found:
            if (count := times[_key(row, field)]) > 1:
                yield Disagreement(code, subject, row.id, f"{count} have the same {field}")


def _key(row: Any, field: str) -> str:
    return str(getattr(row, field)).lower()


def _of_admission(
    admission: AdmissionStatement, record: RecordStatement | None, is_cancellation_heard: bool
) -> Iterator[Disagreement]:
    cancelled = admission.state is ApplicationState.ADMISSION_CANCELLED
    code, says = "", ""
    if record is None:
        if not (cancelled and (admission.record_refused or is_cancellation_heard)):
            code, says = "record_missing", f"{admission.state}, and the registry has no record {admission.student_id}"
    elif differing := _differing(admission, record):
        code, says = "record_differs", f"record {record.id}: {', '.join(differing)}"
    elif cancelled and record.status in _ALIVE:
        code, says = "record_alive_though_cancelled", f"record {record.id} is {record.status}"
    elif not cancelled and record.status is EnrolmentStatus.ADMISSION_CANCELLED:
        code, says = "record_cancelled_though_admitted", f"record {record.id} is {record.status}"
    if code:
        yield Disagreement(code, "application", admission.id, says)


def _differing(admission: AdmissionStatement, record: RecordStatement) -> list[str]:
    """The columns in which a record is not what the form has told; who has moved is where they are."""
    names = ["student_number", "name", "programme_id", *([] if record.transferred else ["teaching_point_id"])]
    return [name for name in names if getattr(admission, name) != getattr(record, name)]


def _of_record(record: RecordStatement, account: AccountStatement | None) -> Iterator[Disagreement]:
    gone = record.status in NO_ACCOUNT
    if account is None:
        if not gone and not record.account_refused:
            yield Disagreement("account_missing", "student", record.id, f"{record.status}, without an account")
        return
    told = {
        "student_number": account.username == record.student_number.lower(),
        "name": account.name == record.name,
        "teaching_point_id": account.teaching_point_id == record.teaching_point_id,
    }
    if differing := [name for name, same in told.items() if not same]:
        yield Disagreement("account_differs", "student", record.id, f"user {account.id}: {', '.join(differing)}")
    enabled = account.status is UserStatus.ENABLED
    if enabled and gone:
        says = f"{record.status}, and user {account.id} is {account.status}"
        yield Disagreement("account_open_though_gone", "student", record.id, says)
    if not enabled and not gone and not account.shut_out:
        says = f"{record.status}, and user {account.id} is {account.status}"
        yield Disagreement("account_shut_though_studying", "student", record.id, says)


def of_admissions(statements: Statements) -> Mapping[str, Counter[str]]:
    """How many are in which state: what was compared."""
    return {
        "admissions": Counter(each.state.value for each in statements.admissions),
        "records": Counter(each.status.value for each in statements.records),
        "accounts": Counter(each.status.value for each in statements.accounts),
    }
