"""Four paid courses are to be withdrawn: one is refunded, one revoked, one rejected by finance, one by the school."""

from decimal import Decimal
from uuid import UUID

from contracts.base import Command
from contracts.common import RowResults
from contracts.courses.commands import ApproveWithdrawals, RejectWithdrawals, RequestWithdrawals, RevokeWithdrawals
from contracts.courses.queries import GetSelection, GetWithdrawal
from contracts.courses.states import SelectionState, WithdrawalState
from contracts.courses.views import SelectionView, WithdrawalDetails, WithdrawalResults
from contracts.exams.queries import ListRegistrations
from contracts.exams.states import RegistrationState
from contracts.finance.commands import ApproveWithdrawalReviews, ConfirmRefunds, RejectWithdrawalReviews
from contracts.finance.queries import GetWithdrawalReview, ListRefunds
from contracts.finance.states import RefundState, ReviewState
from contracts.finance.views import RefundView, WithdrawalReviewDetails
from launcher.story.client import ProblemError
from launcher.story.knowing import read_notices, see_what_waits
from launcher.story.people import Person
from launcher.story.school import School
from launcher.story.selecting import Selected
from launcher.story.stage import Stage, expect, wait


def withdraw(stage: Stage, school: School, selected: Selected) -> None:
    """All four ends of a withdrawal."""
    registrar, staff = school.points[0].registrar, school.staff
    course = selected.courses[0].details.id
    selections = [selected.selections[student.id, course] for student in selected.students[10:14]]
    refunded, revoked, rejected, refused = _request(stage, registrar, selections)
    with stage.step(registrar.title, "revokes one of them"):
        _decide(registrar, RevokeWithdrawals(withdrawal_ids=(revoked,)))
    see_what_waits(stage, staff.registrar, 3)
    with stage.step(staff.registrar.title, "reviews the others: two agreed, one rejected") as step:
        _decide(staff.registrar, ApproveWithdrawals(withdrawal_ids=(refunded, rejected)))
        _decide(staff.registrar, RejectWithdrawals(withdrawal_ids=(refused,), note="已超过教学计划规定的退课范围"))
        _wait_for_registration(staff.exams, selections[0], RegistrationState.SUSPENDED)
        step.outcome = "learning closes, the exam registration is held"
    _review(stage, school, refunded, rejected)
    _refund(stage, school, refunded, selections[0])
    with stage.step(registrar.title, "sees that the student whom finance refused goes on") as step:
        _wait_for_state(registrar, rejected, WithdrawalState.FINANCE_REJECTED)
        _wait_for_registration(staff.exams, selections[2], RegistrationState.REGISTERED)
        selection: SelectionView = registrar.send(GetSelection(selection_id=selections[2].id))
        expect(selection.state is SelectionState.SELECTED and selection.learning_open, "learning is open", selection)
        step.outcome = "learning is open, the exam will be sat"
    read_notices(stage, registrar)


def _request(stage: Stage, registrar: Person, selections: list[SelectionView]) -> list[UUID]:
    with stage.step(registrar.title, f"asks for {len(selections)} paid courses to be withdrawn") as step:
        command = RequestWithdrawals(
            selection_ids=tuple(selection.id for selection in selections), reason="工作调动，本学期无法学习"
        )
        results: WithdrawalResults = registrar.send(command)
        ids = [result.withdrawal_id for result in results.results if result.withdrawal_id is not None]
        expect(len(ids) == len(selections), "all requests are taken", results)
        step.outcome = "in academic review"
    return ids


def _review(stage: Stage, school: School, approved: UUID, rejected: UUID) -> None:
    officer = school.staff.refunds
    with stage.step(officer.title, "waits for the registrations to be held, agrees to one, rejects one") as step:
        review: WithdrawalReviewDetails | None = None
        for withdrawal in (approved, rejected):
            review = wait(
                "finance's review",
                lambda withdrawal=withdrawal: _review_of(officer, withdrawal),  # type: ignore[misc]
                lambda seen: seen is not None and seen.state is ReviewState.PENDING,
            )
        note = "不符合退费规定"
        _decide(officer, ApproveWithdrawalReviews(withdrawal_ids=(approved,)))
        _decide(officer, RejectWithdrawalReviews(withdrawal_ids=(rejected,), note=note))
        assert review is not None
        step.outcome = ", ".join(f"{bill.percent} % of the {bill.kind} fee" for bill in review.bills)


def _review_of(officer: Person, withdrawal: UUID) -> WithdrawalReviewDetails | None:
    """Finance's side of it, None while finance has not heard of it."""
    try:
        review: WithdrawalReviewDetails = officer.send(GetWithdrawalReview(withdrawal_id=withdrawal))
    except ProblemError as problem:
        if problem.code != "not_found":
            raise
        return None
    return review


def _refund(stage: Stage, school: School, withdrawal: UUID, selection: SelectionView) -> None:
    officer = school.staff.refunds
    with stage.step(officer.title, "pays the refunds out") as step:
        query = ListRefunds(withdrawal_id=withdrawal, state=RefundState.PENDING)
        refunds: list[RefundView] = list(officer.client.pages(query))
        confirm = ConfirmRefunds(
            refund_ids=tuple(refund.id for refund in refunds),
            paid_out_on=stage.today,
            bank_reference=f"TF{stage.run}",
        )
        _decide(officer, confirm)
        total = sum((refund.amount for refund in refunds), Decimal(0))
        step.outcome = f"{len(refunds)} refunds, {total} yuan"
    registrar = school.points[0].registrar
    with stage.step(registrar.title, "sees the withdrawal refunded") as step:
        details = _wait_for_state(registrar, withdrawal, WithdrawalState.REFUNDED)
        expect(details.amount == total, "the point sees the amount that goes back", details.amount)
        _wait_for_registration(school.staff.exams, selection, RegistrationState.CANCELLED)
        after: SelectionView = registrar.send(GetSelection(selection_id=selection.id))
        expect(after.state is SelectionState.WITHDRAWN, "the selection is withdrawn", after)
        step.outcome = " → ".join(step.to_state for step in details.history)


def _wait_for_state(registrar: Person, withdrawal: UUID, state: WithdrawalState) -> WithdrawalDetails:
    details: WithdrawalDetails = wait(
        f"the withdrawal is {state}",
        lambda: registrar.send(GetWithdrawal(withdrawal_id=withdrawal)),
        lambda seen: seen.state is state,
    )
    return details


def _wait_for_registration(officer: Person, selection: SelectionView, state: RegistrationState) -> None:
    query = ListRegistrations(selection_id=selection.id, state=state)
    wait(f"the registration is {state}", lambda: officer.client.count(query), lambda number: number == 1)


def _decide(person: Person, command: Command) -> None:
    """Every row is carried out."""
    results: RowResults = person.send(command)
    refusals = [row.refusal for row in results.items if row.refusal is not None]
    expect(results.done == len(results.items) and not refusals, f"{type(command).__name__} does all", refusals)
