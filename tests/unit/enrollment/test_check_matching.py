"""Which forms a result of the national verification is about."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from contracts.enrollment.states import ApplicationState as S
from services.enrollment.domain.check_matching import Named, matching

NUMBER = "32031119980520001X"


@dataclass(frozen=True)
class Form:
    id_kind: str = "resident"
    id_number: str = NUMBER
    name: str = "张晓明"
    prior_name_then: str | None = None
    prior_certificate_number: str = "123451201806000001"
    state: str = S.ADMITTED


NOW_BY_ANOTHER_DOCUMENT = Form(id_kind="hk_macao_taiwan", id_number="H12345678")
"""Found by the number that stands on the certificate."""
MARRIED = Form(prior_name_then="张小红")
OTHER = Form(prior_certificate_number="123451201806000002", state=S.FIRST_REVIEW_PASSED)
REJECTED = Form(state=S.REJECTED)
OVER = Form(state=S.ADMISSION_CANCELLED)
OVER_BY_ANOTHER = Form(state=S.ADMISSION_CANCELLED, prior_certificate_number="123451201806000009")


def named(kind: str | None = None, name: str = "张晓明", certificate: str | None = None) -> Named:
    return Named(kind, NUMBER, name, certificate)


@pytest.mark.parametrize(
    ("asked", "forms", "meant"),
    [
        (named(), [Form()], [Form()]),
        (named("resident"), [Form()], [Form()]),
        (named("resident"), [NOW_BY_ANOTHER_DOCUMENT], [NOW_BY_ANOTHER_DOCUMENT]),
        (named(name="张小红"), [MARRIED], [MARRIED]),
        (named(certificate="123451201806000002"), [Form(), OTHER], [OTHER]),
        (named(), [Form(), REJECTED], [Form(), REJECTED]),
        (named(), [OVER, REJECTED], [REJECTED]),
        (named(), [OVER], [OVER]),
        (named(), [OVER_BY_ANOTHER, REJECTED], [REJECTED]),
    ],
)
def test_forms_are_meant_by_document_name_and_where_it_is_given_certificate(
    asked: Named, forms: list[Form], meant: list[Form]
) -> None:
    match = matching(asked, forms)
    assert match.reason is None
    assert list(match.forms) == meant


@pytest.mark.parametrize(
    ("asked", "forms", "column", "code"),
    [
        (named(), [], "id_number", "no_form_with_document"),
        (named("passport"), [Form()], "id_number", "no_form_with_document"),
        (named(name="张小红"), [Form()], "name", "name_differs_from_form"),
        (named(certificate="9"), [Form()], "prior_certificate_number", "certificate_differs_from_form"),
        (named(), [Form(), OTHER], "prior_certificate_number", "several_certificates"),
    ],
)
def test_what_fits_no_form_or_too_many_says_why_at_the_column_to_correct(
    asked: Named, forms: list[Form], column: str, code: str
) -> None:
    match = matching(asked, forms)
    assert (match.column, match.reason and match.reason.code, match.forms) == (column, code, ())
