"""What happens at the same moment: locks and constraints decide, with real concurrency."""

from __future__ import annotations

from chassis.testing.harness import ServiceHarness
from contracts.courses.events import WithdrawalsSentToFinance
from contracts.exams.commands import PublishArrangement
from contracts.exams.events import RegistrationRefused, RegistrationsHeld
from contracts.exams.queries import ListRegistrations
from contracts.finance.events import BillsPaid
from contracts.registry.events import StudentState
from tests.builders import exams as build
from tests.builders.exams import Candidate
from tests.racing import codes, race

PAIRS = 12


def test_a_payment_and_a_withdrawal_at_the_same_moment_always_end_held(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    candidates = [Candidate() for _ in range(PAIRS)]
    exams.feed(StudentState, *(c.now() for c in candidates))
    for candidate in candidates:
        fee = build.paid_fee(candidate, round_, round_.courses[0])
        sent = WithdrawalsSentToFinance(withdrawals=(build.sent_withdrawal(fee),))
        race(lambda fee=fee: exams.deliver(BillsPaid(bills=(fee,))), lambda sent=sent: exams.deliver(sent))
    rows = exams.ask(ListRegistrations()).items
    assert [row.state for row in rows] == ["suspended"] * PAIRS
    assert sum(len(event.held) for event in exams.published(RegistrationsHeld)) == PAIRS


def test_payments_during_the_publication_are_arranged_or_refunded_and_nothing_between(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    candidates = [Candidate() for _ in range(PAIRS)]
    exams.feed(StudentState, *(c.now() for c in candidates))
    exams.clock.set(round_.closes_at)
    fees = [build.paid_fee(c, round_, round_.courses[0]) for c in candidates]
    publish = PublishArrangement(exam_round_id=round_.id, version=round_.details.version)
    payments = [lambda fee=fee: exams.deliver(BillsPaid(bills=(fee,))) for fee in fees]
    race(*payments[:6], lambda: exams.run(publish, build.ARRANGER), *payments[6:])
    rows = exams.ask(ListRegistrations()).items
    arranged = [row for row in rows if row.state == "arranged"]
    refused = [row for event in exams.published(RegistrationRefused) for row in event.refused]
    assert {row.state for row in rows} <= {"arranged", "lapsed"}
    assert len(arranged) + len(refused) == PAIRS


def test_a_hold_during_the_publication_is_either_without_a_seat_or_leaves_it_empty(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    fees = [build.registered(exams, Candidate(), round_, round_.courses[0]) for _ in range(8)]
    exams.clock.set(round_.closes_at)
    publish = PublishArrangement(exam_round_id=round_.id, version=round_.details.version)
    holds = [lambda fee=fee: build.held(exams, fee) for fee in fees]
    race(*holds[:4], lambda: exams.run(publish, build.ARRANGER), *holds[4:])
    assert {row.state for row in exams.ask(ListRegistrations()).items} == {"suspended"}


def test_of_two_publications_one_wins(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    build.registered(exams, Candidate(), round_, round_.courses[0])
    exams.clock.set(round_.closes_at)
    publish = PublishArrangement(exam_round_id=round_.id, version=round_.details.version)
    outcomes = race(*[lambda: exams.run(publish, build.ARRANGER)] * 4)
    assert codes(outcomes).count("stale_version") == 3


def test_two_papers_in_one_session_keep_the_arrangement_from_being_published(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams, courses=2, sessions=1)
    candidate = Candidate()
    for course in round_.courses:
        build.registered(exams, candidate, round_, course)
    exams.clock.set(round_.closes_at)
    publish = PublishArrangement(exam_round_id=round_.id, version=round_.details.version)
    refusal = exams.refusal(publish, build.ARRANGER)
    assert (refusal.code, refusal.params) == ("exam_sessions_of_candidates_clash", {"count": 1})
    assert {row.state for row in exams.ask(ListRegistrations()).items} == {"registered"}


def test_an_arrangement_is_not_published_while_registration_is_open(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    publish = PublishArrangement(exam_round_id=round_.id, version=round_.details.version)
    assert exams.refusal(publish, build.ARRANGER).code == "registration_still_open"


def test_thousands_of_candidates_are_arranged_within_seconds(exams: ServiceHarness) -> None:
    round_ = build.published_round(exams)
    for _ in range(4):
        candidates = [Candidate() for _ in range(500)]
        exams.feed(StudentState, *(c.now() for c in candidates))
        exams.deliver(BillsPaid(bills=tuple(build.paid_fee(c, round_, round_.courses[0]) for c in candidates)))
    assert build.arrange(exams, round_).arranged == 2000
