"""Every state, action and actor of forms and rounds."""

import pytest

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import acting
from contracts.base import Fact
from contracts.enrollment.events import AdmissionsCancelled, StudentsAdmitted
from contracts.enrollment.states import AdmissionRoundStatus, ApplicationState, SignupState
from contracts.errors import ServiceError
from services.enrollment.domain.workflows import ADMISSION_ROUND, APPLICATION, SIGNUP
from tests.workflows import AUTHOR, walk

ACTORS = {
    "system": system_context(),
    "author": acting("enrollment.enter_applications", user_id=AUTHOR),
    "colleague": acting("enrollment.enter_applications"),
    "school": acting("enrollment.review_applications"),
    "author at the school": acting("enrollment.review_applications", user_id=AUTHOR),
    "checker": acting("enrollment.check_prior_education"),
    "author as checker": acting("enrollment.check_prior_education", user_id=AUTHOR),
    "reader": acting("enrollment.read_applications"),
}


def test_each_actor_takes_exactly_the_steps_of_a_form() -> None:
    allowed = {
        ("first_review_passed", "admit"): ("admitted", "school"),
        ("first_review_passed", "reject"): ("rejected", "school"),
        ("first_review_passed", "withdraw"): ("withdrawn", "author", "colleague"),
        ("rejected", "resend"): ("first_review_passed", "author", "colleague"),
        ("rejected", "withdraw"): ("withdrawn", "author", "colleague"),
        ("admitted", "cancel"): ("admission_cancelled", "school"),
        ("admitted", "find_untrue"): ("admission_cancelled", "checker"),
        ("admitted", "refuse_record"): ("rejected", "system"),
        ("admitted", "return_number"): ("first_review_passed", "system"),
    }
    own = {(action, "author at the school"): "decides_own_request" for action in ("admit", "reject", "cancel")}
    own["find_untrue", "author as checker"] = "decides_own_request"
    walk(APPLICATION, ApplicationState, ACTORS, allowed, refused=own, sent_by=None)


def test_a_signup_is_completed_or_discarded_by_anybody_of_the_point() -> None:
    allowed = {
        ("signed_up", "complete"): ("completed", "author", "colleague"),
        ("signed_up", "discard"): ("discarded", "author", "colleague"),
    }
    walk(SIGNUP, SignupState, ACTORS, allowed)


def test_nobody_decides_what_they_corrected_or_sent_again() -> None:
    row = {"state": "first_review_passed", "entered_by": new_id(), "sent_by": AUTHOR}
    for action in ("admit", "reject"):
        with pytest.raises(ServiceError) as refused:
            APPLICATION.allowed(row, action, ACTORS["author at the school"])
        assert refused.value.code == "decides_own_request"


@pytest.mark.parametrize(
    ("state", "action", "fact"),
    [
        ("first_review_passed", "admit", StudentsAdmitted),
        ("admitted", "cancel", AdmissionsCancelled),
        ("admitted", "find_untrue", AdmissionsCancelled),
    ],
)
def test_an_admission_and_its_end_are_told_to_other_services_and_nobody_waits_for_the_end(
    state: str, action: str, fact: type[Fact]
) -> None:
    step = APPLICATION.step({"state": state}, action)
    assert step is not None
    assert step.emits is fact
    assert step.awaited is (action == "admit")


def test_a_round_is_published_by_who_manages_rounds() -> None:
    actors = {"admissions": acting("enrollment.manage_rounds"), "reader": acting("enrollment.read_rounds")}
    walk(ADMISSION_ROUND, AdmissionRoundStatus, actors, {("draft", "publish"): ("published", "admissions")}, status="")
