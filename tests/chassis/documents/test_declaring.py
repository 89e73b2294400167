"""What is declared wrongly fails when it is imported."""

from dataclasses import replace
from pathlib import Path

import pytest

from chassis.documents.declaring import Document
from contracts.base import Contract
from tests.chassis.documents.office import CERTIFICATE, CertificateData


def test_a_document_has_a_name_in_the_words() -> None:
    with pytest.raises(KeyError, match="no_such_document"):
        Document("no_such_document", CertificateData, Path("x.typ"))


def test_every_field_of_its_data_has_a_word() -> None:
    class Odd(Contract):
        nobody_named_this: str

    with pytest.raises(KeyError, match="nobody_named_this"):
        Document("enrolment_certificate", Odd, Path("x.typ"))


def test_what_can_be_scanned_is_a_field_of_its_data() -> None:
    with pytest.raises(TypeError, match="CertificateData has no number"):
        replace(CERTIFICATE, scanned="number")


def test_what_anybody_is_shown_are_fields_of_its_data() -> None:
    assert CERTIFICATE.official is not None
    with pytest.raises(TypeError, match="CertificateData has no level"):
        replace(CERTIFICATE, official=replace(CERTIFICATE.official, shown=("gender", "level")))
