"""Issued documents: seen by those whose rows they are, and checked by anybody who holds one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.documents.answering import masked_name
from chassis.documents.issued import Holder, issue
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import of_service
from contracts.documents import (
    CheckDocument,
    CheckedDocument,
    DocumentFact,
    DocumentStatus,
    GetIssuedDocumentFile,
    ListIssuedDocuments,
    WithdrawIssuedDocument,
)
from contracts.errors import ServiceError
from contracts.types import Gender
from tests.builders.identity import from_address
from tests.chassis.documents.office import CERTIFICATE, CertificateData, in_a_transaction
from tests.printed import text_of
from tests.working import worked

pytestmark = pytest.mark.usefixtures("little_work")

EAST, WEST, STUDENT = new_id(), new_id(), new_id()
ANYBODY = from_address("203.0.113.7")

List, File, Withdraw, Check = (
    of_service("office", contract)
    for contract in (ListIssuedDocuments, GetIssuedDocumentFile, WithdrawIssuedDocument, CheckDocument)
)


def one(office: ServiceHarness, name: str = "欧阳晓明", holder: Holder | None = None) -> Any:
    data = CertificateData(student_name=name, gender=Gender.FEMALE)
    whose = holder or Holder(STUDENT, EAST)
    return in_a_transaction(office, lambda uow: issue(uow, CERTIFICATE, data, whose)).row


def test_a_document_is_seen_by_its_student_its_point_and_the_school(office: ServiceHarness) -> None:
    mine, other = one(office), one(office, holder=Holder(new_id(), WEST))
    seers = {
        "school": acting(),
        "point": acting(scope="point", teaching_point_id=EAST),
        "student": acting(scope="student", student_id=STUDENT),
    }
    for name, who in seers.items():
        seen = {each.id for each in office.ask(List(), who).items}
        assert seen == ({mine.id, other.id} if name == "school" else {mine.id}), name
        reference = office.ask(File(document_id=mine.id), who)
        content = b"".join(files.store().chunks("office", reference.sha256, FileKind.PDF))
        assert mine.number in text_of(content)
        if name != "school":
            assert office.refusal(File(document_id=other.id), who).code == "not_found"


def test_documents_are_found_by_kind_student_status_and_number(office: ServiceHarness) -> None:
    first, second = one(office), one(office, holder=Holder(new_id(), EAST))
    office.run(Withdraw(document_id=second.id, version=1, reason="有误"))
    for wish, found in (
        ({"document": "enrolment_certificate"}, {first.id, second.id}),
        ({"document": "remittance_slip"}, set()),
        ({"student_id": STUDENT}, {first.id}),
        ({"status": DocumentStatus.WITHDRAWN}, {second.id}),
        ({"number": "OF00000"}, {first.id, second.id}),
        ({"number": second.number}, {second.id}),
    ):
        assert {each.id for each in office.ask(List(**wish), acting()).items} == found, wish


def test_anybody_who_has_number_and_code_is_told_what_it_certifies(office: ServiceHarness) -> None:
    row = one(office)
    told = office.ask(Check(number=row.number, code=row.code), ANYBODY)
    assert told == CheckedDocument(
        document="enrolment_certificate",
        title="在读证明",
        number=row.number,
        status=DocumentStatus.VALID,
        holder_name_masked="欧**明",
        facts=(DocumentFact(field="gender", label="性别", value="女"),),
        issued_on=told.issued_on,
        ended_on=None,
    )
    typed = {"number": row.number.lower(), "code": " ".join((row.code[:4], row.code[4:8], row.code[8:])).lower()}
    assert office.ask(Check(**typed), ANYBODY) == told, "as people type it"


def test_anybody_is_told_that_it_is_not_valid_any_more(office: ServiceHarness) -> None:
    row = one(office)
    office.clock.advance(timedelta(days=3))
    office.run(Withdraw(document_id=row.id, version=1, reason="有误"))
    told = office.ask(Check(number=row.number, code=row.code), ANYBODY)
    assert told.status is DocumentStatus.WITHDRAWN
    assert told.ended_on is not None
    assert (told.ended_on - told.issued_on).days == 3
    assert "有误" not in told.model_dump_json(), "why is the school's business"


def test_strangers_are_not_told_which_numbers_there_are(office: ServiceHarness) -> None:
    row = one(office)
    wrong_code = office.refusal(Check(number=row.number, code="2" * 12), ANYBODY)
    no_such_number = office.refusal(Check(number="OF999999", code=row.code), ANYBODY)
    assert wrong_code.to_wire() == no_such_number.to_wire()
    assert wrong_code.code == "document_not_found"


def test_who_tries_codes_of_one_number_works_for_each_and_others_are_not_held_up(office: ServiceHarness) -> None:
    row = one(office)
    for number in range(10):
        office.refusal(Check(number=row.number, code=f"{number + 2}" * 12 if number < 8 else "A" * 12), ANYBODY)
    asked = Check(number=row.number, code=row.code)
    refused = office.refusal(asked, from_address("198.51.100.20"))
    assert refused.code == "work_required"
    solved = asked.model_copy(update={"work": worked(refused)})
    assert office.ask(solved, from_address("198.51.100.20")).number == row.number
    another = one(office)
    assert office.ask(Check(number=another.number, code=another.code), ANYBODY).number == another.number


@pytest.mark.parametrize("code", ["", "short", "7K3MPQ9XWT4B7", "7K3M'OR1=1--"])
def test_what_is_no_code_is_refused_before_anything_is_looked_up(code: str) -> None:
    with pytest.raises(ValueError, match="code"):
        Check(number="OF000001", code=code)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("李", "李*"), ("李明", "李*"), ("张晓明", "张*明"), ("买买提·吐尔逊", "买*****逊"), ("𠮷野家", "𠮷*家")],
)
def test_a_name_is_masked_but_for_its_ends(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_withdrawing_needs_the_version_that_was_seen(office: ServiceHarness) -> None:
    row = one(office)
    seen = office.run(Withdraw(document_id=row.id, version=1, reason="有误"))
    assert (seen.status, seen.reason) == (DocumentStatus.WITHDRAWN, "有误")
    with pytest.raises(ServiceError, match="stale_version"):
        office.run(Withdraw(document_id=row.id, version=1, reason="有误"))
