"""What the national verification said of prior education, kept in forms: singly, or from a table (ENR-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.papers.spreadsheets import CellError
from chassis.running.import_lines import Importer, Line
from chassis.work.reasons import Reason
from chassis.work.rows import change_each, lock
from contracts.enrollment.states import ApplicationState
from contracts.types import PriorEducationCheck
from services.enrollment.domain.check_matching import Match, Named, matching
from services.enrollment.domain.workflows import ADMITTED, CHECKABLE
from services.enrollment.papers.prior_checks import Entry
from services.enrollment.steps.cancelling import cancel
from services.enrollment.tables import applications

_a = applications.c

UNTRUE = "前置学历经验证为虚假学历。"
"""Why an admission was taken back, as its history says it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says: a result, the forms that it is about, and those of them whose admission it ends."""

    form_ids: tuple[UUID, ...]
    check: PriorEducationCheck
    ended: tuple[UUID, ...]


def against_checking(uow: UnitOfWork, row: Row[Any], check: PriorEducationCheck) -> Reason | None:
    """What speaks against a result for a form: nobody verifies what they sent, and what is over stays as it is. The
    same result once more is no news, whenever it comes."""
    if row.state not in CHECKABLE and row.prior_check != check:
        return Reason("application_decided", {"state": row.state})
    if uow.acting_user in (row.entered_by, row.sent_by):
        return Reason("decides_own_request")
    return None


def keep_checks(uow: UnitOfWork, found: Mapping[UUID, Row[Any]], checks: Mapping[UUID, PriorEducationCheck]) -> None:
    """Keep results in forms that are locked. Who was admitted by a false one is admitted no more."""
    news = {id_: {"prior_check": check} for id_, check in checks.items() if found[id_].prior_check != check}
    change_each(uow, applications, found, "check_prior_education", news)
    untrue = {id_: found[id_] for id_, check in checks.items() if _ends(check, found[id_])}
    cancel(uow, list(untrue), untrue, "find_untrue", UNTRUE).whole()


def _ends(check: PriorEducationCheck, row: Row[Any]) -> bool:
    """Whether a result takes the admission of a form back."""
    return check == PriorEducationCheck.FALSE and row.state == ADMITTED


def contradictions(uow: UnitOfWork, blocks: Iterator[Sequence[Line[Entry]]]) -> Mapping[int, CellError]:
    """Rows of a table that say different things about one form, by whichever number and name they name it: which one is
    true the school finds out, so none of them is taken."""
    told: dict[UUID, list[tuple[int, PriorEducationCheck]]] = defaultdict(list)
    for lines in blocks:
        for line, check, match in _matched(uow, lines):
            for row in match.forms:
                told[row.id].append((line.row.number, check))
    found: dict[int, CellError] = {}
    for said in told.values():
        for number, check in said:
            if other := next((row for row, its in said if its != check), None):
                found.setdefault(number, CellError("check", "contradicts_row", {"row": other}))
    return found


def judge(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Find the forms that each row is about, and say why it can't be taken in."""
    for line, check, match in _matched(uow, lines):
        if match.reason is not None:
            line.refuse(match.column, match.reason.code, **match.reason.params)
        _refuse(uow, line, check, match.forms)
        line.record = _told(check, match.forms)


def _matched(uow: UnitOfWork, lines: Sequence[Line[Entry]]) -> Iterator[tuple[Line[Entry], PriorEducationCheck, Match]]:
    """The rows with their results and forms, without those of which a cell has its reason already."""
    forms = _by_number(uow, {line.entry.id_number for line in lines if line.entry.id_number})
    for line in lines:
        entry = line.entry
        if entry.id_number is None or entry.name is None or entry.check is None:
            continue
        named = Named(entry.id_kind, entry.id_number, entry.name, entry.prior_certificate_number)
        yield line, entry.check, matching(named, forms[entry.id_number])


def enter(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Keep the results of a block. Forms are locked in order of id; what has moved on meanwhile is refused."""
    found = lock(uow, applications, {id_ for line in lines for id_ in line.record.form_ids})
    checks: dict[UUID, PriorEducationCheck] = {}
    for line in lines:
        check: PriorEducationCheck = line.record.check
        rows = [row for id_ in line.record.form_ids if (row := found.get(id_)) is not None]
        if not rows:  # erased meanwhile
            line.refuse("id_number", "no_form_with_document")
        line.record = _told(check, rows)
        _refuse(uow, line, check, rows)
        if not line.errors:
            checks |= dict.fromkeys(line.record.form_ids, check)
    keep_checks(uow, found, checks)


def _told(check: PriorEducationCheck, rows: Collection[Row[Any]]) -> Told:
    return Told(tuple(row.id for row in rows), check, tuple(row.id for row in rows if _ends(check, row)))


def _refuse(uow: UnitOfWork, line: Line[Entry], check: PriorEducationCheck, rows: Collection[Row[Any]]) -> None:
    against = (against_checking(uow, row, check) for row in rows)
    if (reason := next(filter(None, against), None)) is not None:
        line.refuse("check", reason.code, **reason.params)


def _by_number(uow: UnitOfWork, numbers: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """Forms that were not taken back, by each number that they tell: today's, and the one on the certificate."""
    of_them = or_(_a.id_number.in_(numbers), _a.prior_id_number_then.in_(numbers))
    forms: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in uow.rows(select(applications).where(of_them, _a.state != ApplicationState.WITHDRAWN).order_by(_a.id)):
        for number in {row.id_number, row.prior_id_number_then} - {None}:
            forms[number].append(row)
    return forms
