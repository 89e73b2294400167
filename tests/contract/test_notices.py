"""What people are told and what waits for them, workflow by workflow: once more, lest it be changed in passing."""

from __future__ import annotations

import pytest

from chassis.declaring.service import Service, load
from chassis.work.workflow import EVERYONE, NOBODY, WHO_ASKED, Addressees
from contracts.base import EVENTS, method_name
from contracts.notices import Decided, sentence
from contracts.to_do import title
from contracts.words import action_word, state_word, workflow_word
from gateway.routes import ROUTES
from launcher.paths import service_names
from services.identity.service import Identity
from tests.workflows import every_workflow

SERVICES: list[type[Service]] = [load(f"services.{name}.service") for name in service_names()]

CONCERNED = Addressees(applicant="requested_by")
BOTH_POINTS = Addressees(points=("teaching_point_id", "to_teaching_point_id"), applicant="requested_by")
TOLD: dict[str, dict[str, Addressees]] = {
    "withdrawal": {
        **dict.fromkeys(("approve", "reject", "finance_approve", "finance_reject", "refund"), EVERYONE),
        "revoke": WHO_ASKED,
    },
    "assessment_requirement": dict.fromkeys(("approve", "reject"), EVERYONE),
    "remittance": dict.fromkeys(("approve", "reject", "book_late"), EVERYONE),
    "application": dict.fromkeys(
        ("admit", "reject", "cancel", "find_untrue", "refuse_record"), Addressees(student=False)
    ),
    "status_change": {
        **dict.fromkeys(("approve", "reject", "revoke", "end_with_admission"), CONCERNED),
        "clear": BOTH_POINTS,
    },
}
"""Workflow → action → who is told. Of all others nobody is."""
TOLD_ELSEWHERE = {"withdrawal_review": "its outcome is told as the withdrawal's, where people asked for it"}
"""Workflow with decisions of which nobody is told, and why."""
WAITED_FOR = {
    "withdrawal": {"pending_academic"},
    "application": {"first_review_passed", "rejected"},
    "signup": {"signed_up"},
    "status_change": {"first_review_passed"},
    "assessment_requirement": {"pending"},
    "remittance": {"pending"},
    "withdrawal_review": {"pending"},
    "refund": {"pending", "failed"},
}


FLOWS = {flow.name: (service, flow) for service, flow in every_workflow()}


@pytest.mark.parametrize("name", FLOWS)
def test_who_is_told_of_which_step_is_as_the_table_says(name: str) -> None:
    _, flow = FLOWS[name]
    told = {step.action: step.told for step in flow.steps if step.told != NOBODY}
    assert told == TOLD.get(name, {})
    assert flow.entering == NOBODY


def test_every_decision_is_told_or_it_is_said_where() -> None:
    deciding = {name for name, (_, flow) in FLOWS.items() if any(step.who.decides for step in flow.steps)}
    silent = {
        name for name in deciding if any(step.who.decides and step.told == NOBODY for step in FLOWS[name][1].steps)
    }
    assert silent == TOLD_ELSEWHERE.keys()
    assert deciding - silent <= TOLD.keys()


@pytest.mark.parametrize("name", FLOWS)
def test_what_waits_is_as_the_table_says_and_on_its_services_list(name: str) -> None:
    service, flow = FLOWS[name]
    waits = {step.state for step in flow.steps if step.awaited}
    assert waits == WAITED_FOR.get(name, set())
    listed = [each for each in load(f"services.{service}.service").to_do if each.flow is flow]
    assert len(listed) == (1 if waits else 0)


def test_what_waits_is_listed_by_a_query_that_has_a_route_and_filters_by_the_state() -> None:
    lists = {(route.service, method_name(route.operation)): route for route in ROUTES if route.method == "GET"}
    every = [(service.name, each) for service in SERVICES for each in service.to_do]
    assert len(every) == len(WAITED_FOR)
    for service, each in every:
        assert "{" not in lists[service, method_name(each.listed)].path
        assert each.by in each.listed.model_fields


def test_a_service_whose_decisions_are_told_publishes_its_own_fact_and_identity_hears_all() -> None:
    deciding = {service for service, flow in FLOWS.values() if flow.name in TOLD}
    assert {each.name for each in SERVICES if each.decided is not None} == deciding
    facts = {each.decided for each in SERVICES if each.decided is not None}
    assert {(fact.owner, fact.__name__) for fact in facts} == {(name, f"{name.title()}Decided") for name in deciding}
    every = {each for each in EVENTS.values() if issubclass(each, Decided) and each.__module__.startswith("contracts.")}
    assert every == facts == {each for each in Identity.heard if issubclass(each, Decided)}


@pytest.mark.parametrize("name", FLOWS)
def test_every_workflow_has_words_for_all_that_a_sentence_says(name: str) -> None:
    _, flow = FLOWS[name]
    assert workflow_word(name)
    assert all(state_word(state, name) for state in flow.states)
    assert all(action_word(action, name) for action in flow.actions)


def test_sentences_are_made_of_words_in_both_languages() -> None:
    assert sentence("withdrawal", "approve", "pending_finance", None, "zh") == "退课申请：通过（待财务审核）"
    assert (
        sentence("withdrawal", "approve", "pending_finance", None, "en")
        == "Withdrawal: Approve (Waiting for finance review)"
    )
    assert sentence("remittance", "reject", "rejected", "HK1", "en") == "Remittance HK1: Reject (Rejected)"
    assert title("withdrawal", "pending_academic", "zh") == "退课申请：待教务审核"
    assert title("withdrawal", "pending_academic", "en") == "Withdrawal: Waiting for academic review"


def test_what_a_newer_service_tells_is_said_by_its_names() -> None:
    assert sentence("leave", "let_off", "granted", None, "zh") == "leave：let_off（granted）"
    assert title("leave", "pending", "en") == "leave: pending"
