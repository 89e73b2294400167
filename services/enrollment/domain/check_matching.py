"""Which forms a result of the national verification is about (ENR-4): the same document and name, today's or those on
the certificate, and the same certificate where the result names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.work.reasons import Reason
from services.enrollment.domain.workflows import CHECKABLE


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a result names, and perhaps by which kind of document and which certificate."""

    id_kind: str | None
    id_number: str
    name: str
    certificate: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """The forms, or why there are none: the reason, and the column that is to be corrected."""

    forms: Sequence[Any] = ()
    column: str = ""
    reason: Reason | None = None


_UNKNOWN: Final = Match(column="id_number", reason=Reason("no_form_with_document"))
_NAME: Final = Match(column="name", reason=Reason("name_differs_from_form"))
_CERTIFICATE: Final = Match(column="prior_certificate_number", reason=Reason("certificate_differs_from_form"))
_SEVERAL: Final = Match(column="prior_certificate_number", reason=Reason("several_certificates"))


def matching(named: Named, forms: Sequence[Any]) -> Match:
    """Of the forms with this number those that are meant. What is over (a cancelled admission) is meant only where
    nothing else is: who applies again does it by a new form. Of which kind the document on the certificate was no form
    says, so the kind is compared where the number is today's."""
    known = [form for form in forms if form.id_number != named.id_number or named.id_kind in (None, form.id_kind)]
    if not known:
        return _UNKNOWN
    alike = [form for form in known if named.name in (form.name, form.prior_name_then)]
    if not alike:
        return _NAME
    certified = [form for form in alike if named.certificate in (None, form.prior_certificate_number)]
    if not certified:
        return _CERTIFICATE
    meant = [form for form in certified if form.state in CHECKABLE] or certified
    if len({form.prior_certificate_number for form in meant}) > 1:
        return _SEVERAL
    return Match(meant)
