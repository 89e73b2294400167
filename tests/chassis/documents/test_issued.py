"""Official documents as rows: numbers and codes of their own, kept as they were issued, and ended once."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.base.settings import Settings
from chassis.documents import issued as kit
from chassis.documents.issued import Holder, follow_students, issue, official_of, withdraw
from chassis.papers import files
from chassis.testing.harness import ServiceHarness
from contracts.documents import CODE_LENGTH, CODE_SIGNS, DocumentStatus
from contracts.errors import ServiceError
from contracts.types import Gender
from tests.chassis.documents.office import CERTIFICATE, LIST, CertificateData, in_a_transaction
from tests.printed import text_of

POINT, STUDENT = new_id(), new_id()


def one(office: ServiceHarness, name: str = "张晓明") -> Any:
    data = CertificateData(student_name=name, gender=Gender.FEMALE)
    return in_a_transaction(office, lambda uow: issue(uow, CERTIFICATE, data, Holder(STUDENT, POINT))).row


def test_codes_are_never_alike_and_made_of_signs_that_nobody_mistakes(office: ServiceHarness) -> None:
    codes = [one(office).code for _ in range(20)]
    assert len(set(codes)) == 20
    assert all(re.fullmatch(f"[{CODE_SIGNS}]{{{CODE_LENGTH}}}", code) for code in codes)
    assert len(CODE_SIGNS) ** CODE_LENGTH > 2**58
    assert not set("01IO") & set(CODE_SIGNS)


def test_printing_it_again_gives_what_was_issued_whatever_the_template_is_now(
    office: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = one(office)
    office.clock.advance(timedelta(days=400))
    monkeypatch.setattr(kit, "draw", lambda *_, **__: b"%PDF another template")
    with in_a_transaction(office, lambda uow: files.open_file(uow, row.file_id)) as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == row.sha256
    assert row.number in text_of(content)


def test_the_code_beside_the_text_leads_to_the_page_for_checking(
    office: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "settings", lambda: Settings(public_url="https://jw.example.org/"))
    asked = []
    drawing = kit.draw
    monkeypatch.setattr(kit, "draw", lambda *a, marks, **k: asked.append(marks) or drawing(*a, marks=marks, **k))
    row = one(office)
    [marks] = asked
    assert marks.address == "https://jw.example.org/verify/"
    assert marks.check == f"https://jw.example.org/verify/#office/{row.number}/{row.code}"


def test_a_document_is_withdrawn_once_with_its_reason(office: ServiceHarness) -> None:
    row = one(office)
    done = in_a_transaction(office, lambda uow: withdraw(uow, row.id, row.version, "学籍信息有误"))
    assert (done.status, done.reason, done.ended_at) == (DocumentStatus.WITHDRAWN, "学籍信息有误", office.clock.now())
    for version, code in ((done.version, "document_not_valid"), (row.version, "stale_version")):
        with pytest.raises(ServiceError, match=code):
            in_a_transaction(office, lambda uow, version=version: withdraw(uow, row.id, version, "再次作废"))
    entries = office.table("audit_entries")
    [entry] = office.rows(select(entries).where(entries.c.action == "withdraw_document"))
    assert entry.after["status"] == "withdrawn"


def test_documents_go_with_the_student_who_moves(office: ServiceHarness) -> None:
    row, other, place = one(office), new_id(), new_id()
    in_a_transaction(office, lambda uow: follow_students(uow, {STUDENT: place, other: new_id()}))
    [moved] = office.rows(select(office.table("issued_documents")))
    assert (moved.id, moved.teaching_point_id) == (row.id, place)


def test_what_is_not_official_is_not_issued(office: ServiceHarness) -> None:
    with pytest.raises(TypeError, match="remittance_slip is no official document"):
        official_of(LIST)
