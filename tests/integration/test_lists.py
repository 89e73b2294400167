"""Lists sort and filter by what their rows show, and for nobody by what is hidden from them.

Every list of every service is asked by every kind of person that its permission has, once with each key and each filter
that its contract has: whatever is refused stands in a table here, and nothing else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.data import lists as listing
from chassis.data.list_plans import Plan, plans
from chassis.data.list_wanted import PAGED, Found, Wanted
from chassis.declaring.service import load
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import OPERATIONS, PageQuery, method_name
from contracts.errors import ServiceError
from contracts.examples import example_of
from contracts.identity.notices import ListNotices
from contracts.permissions import ROLE_PERMISSIONS
from contracts.sentences import describe
from gateway.routes import SERVICES
from launcher.paths import service_names
from tests.harnesses import HarnessOf
from tests.permissions import demanded

BEYOND_THE_ROWS = {
    "search": "names and numbers that the rows show",
    "since": "the rows' own instant",
    "until": "the rows' own instant",
    "requested_from": "the rows' own `requested_at`",
    "requested_to": "the rows' own `requested_at`",
    "list_cohort.intake": "the cohort itself: every row has what was asked",
    "list_cohort.level": "as the intake",
    "list_cohort.student_type": "as the intake",
    "list_cohort.student_source": "as the intake",
    "list_cohort.major_code": "as the intake",
    "list_cohort.schooling_length": "as the intake",
    "list_courses.education_level": "one of the course's `education_levels`",
    "list_courses.requirement_state": "of a requirement, which the course's page shows to everybody",
    "list_programmes.intake": "programmes that begin with `from_intake` or earlier",
    "list_programmes.teaching_point_id": "who offers it: public",
    "list_selection_rounds.open_now": "its window, which the rows show",
    "list_admission_rounds.open_now": "its window, which the rows show",
    "list_exam_rounds.open_now": "its window, which the rows show",
    "list_selections.intake": "of the student, whom the rows name",
    "list_withdrawals.selection_round_id": "of the selection, which the rows name",
    "list_registrations.session_id": "the session, which the rows name",
    "list_registrations.resits": "whether `resit_of` is there",
    "list_fee_standards.on": "`valid_from` and `valid_until`",
    "list_users.role": "one of the user's `grants`",
    "list_status_changes.teaching_point_id": "of the student, whom the rows name",
    "list_students.account_refused": "whether the record has an `account_refusal`",
}
"""Filters that are no field of the rows: by what they look at instead, which is no secret of the rows'."""

HIDDEN = {
    # A lead's courses name students, whose records are not theirs.
    ("list_selections", "course"): {"sort student_number", "intake", "search"},
    ("list_withdrawals", "course"): {"sort student_number", "search"},
    ("list_registrations", "course"): {"sort student_number", "search"},
    # On which slip a bill is, is the payer's business.
    ("list_bills", "student"): {"remittance_id"},
}
"""Of a list, for a kind of scope: what looks at rows that this kind sees none of."""


SHORT = {
    *("list_terms", "list_courses", "list_programmes", "list_selection_rounds", "list_exam_rounds"),
    "list_admission_rounds",
    "list_sign_in_providers",
    *("list_fee_standards", "list_refund_rules", "list_teaching_points", "list_setting_changes"),
    *("list_erasures", "list_tasks", "list_notices", "list_parked_messages"),
}
"""Lists of a few hundred rows, of what one reader has in the time that it is kept, or of what went wrong: all of them
are sorted."""

SPREAD = {"list_students.name": "people of a name are in every intake: found by grams, or soon"}
"""Filters that no index has in the list's order, and that are promised all the same: why that holds."""


def lists() -> dict[str, type[PageQuery]]:
    """Every list of every service."""
    for name in SERVICES:
        __import__(f"contracts.{name}.queries")
    return {
        f"{service}.{method}": operation
        for (service, method), operation in OPERATIONS.items()
        if service in service_names() and issubclass(operation, PageQuery) and demanded(operation)
    }


LISTS = lists()


def row_fields(operation: type[PageQuery]) -> set[str]:
    """What the rows of a list show."""
    return set(operation.answers.model_fields["items"].annotation.__args__[0].model_fields)  # type: ignore[union-attr]


def filters(operation: type[PageQuery]) -> dict[str, Any]:
    """Each filter of a list, with a value that it takes."""
    schema = operation.model_json_schema()
    return {name: example_of(schema["properties"][name], schema.get("$defs", {})) for name in operation.filters()}


def needed(operation: type[PageQuery]) -> dict[str, Any]:
    """The filters that the list is not asked without."""
    return {name: value for name, value in filters(operation).items() if operation.model_fields[name].is_required()}


def kinds(operation: type[PageQuery]) -> Iterator[str]:
    """The kinds of scope that anybody reads this list in."""
    permission = demanded(operation)
    yield from sorted({scopes[permission] for scopes in ROLE_PERMISSIONS.values() if permission in scopes})


def sort_keys(harness: ServiceHarness, operation: type[PageQuery]) -> set[str]:
    """What everybody who sees all can sort by: the refusal of a key that is none says it."""
    refused = harness.refusal(operation.model_validate({**needed(operation), "sort": "no_such_key"}))
    assert (refused.code, refused.params["allowed"]) == ("sort_not_supported", ", ".join(operation.sort_keys()))
    return set(operation.sort_keys())


def of(service: str) -> dict[str, type[PageQuery]]:
    """The lists of a service, by their methods."""
    return {name.partition(".")[2]: each for name, each in LISTS.items() if name.startswith(f"{service}.")}


def harness_for(service: str, harness_of: HarnessOf) -> ServiceHarness:
    return harness_of(load(f"services.{service}.service"))


def refusal_of(harness: ServiceHarness, question: PageQuery, someone: Context) -> ServiceError | None:
    """The refusal, or None for a page."""
    try:
        harness.ask(question, someone)
    except ServiceError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("service", SERVICES)
def test_lists_sort_and_filter_by_what_their_rows_show(service: str, harness_of: HarnessOf) -> None:
    harness = harness_for(service, harness_of)
    faults = set()
    for method, operation in of(service).items():
        shown = row_fields(operation)
        faults |= {f"{method} sorts by {key}" for key in sort_keys(harness, operation) - shown}
        beyond = set(filters(operation)) - shown - set(BEYOND_THE_ROWS)
        faults |= {f"{method} filters by {field}" for field in beyond if f"{method}.{field}" not in BEYOND_THE_ROWS}
    assert faults == set()


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_sorts_or_filters_by_what_is_hidden_from_them(service: str, harness_of: HarnessOf) -> None:
    harness = harness_for(service, harness_of)
    refused = {
        (method, kind): hidden
        for method, operation in of(service).items()
        for kind in kinds(operation)
        if (hidden := refusals(harness, operation, kind))
    }
    assert refused == {key: hidden for key, hidden in HIDDEN.items() if key[0] in of(service)}


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_long_list_promises_is_found_in_an_index_and_what_it_does_not_promise_is_not(
    service: str, harness_of: HarnessOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness, asked_for = harness_for(service, harness_of), list[Wanted]()
    monkeypatch.setattr(listing, "find", lambda uow, wanted: asked_for.append(wanted) or Found((), False, 0))
    not_found, found_all_the_same = set(), set()
    for method, operation in of(service).items():
        if method in SHORT:
            continue
        values, looked_at = filters(operation), set(operation.looked_at)
        for kind in {"point", "school", "course"} & set(kinds(operation)):
            someone = acting(demanded(operation), scope=kind, ids=() if kind == "school" else (new_id(),))
            for names in {*operation.promised(kind), *(frozenset({name}) for name in operation.looked_at)}:
                question = operation.model_validate({**needed(operation), **{name: values[name] for name in names}})
                if refusal_of(harness, question, someone) or any(f"{method}.{name}" in SPREAD for name in names):
                    continue
                wanted = asked_for.pop()
                found = wanted.few or any(is_found(plan, wanted, kind, names) for plan in plans(wanted))
                if not found and not names & looked_at:
                    not_found.add((method, kind, *sorted(names)))
                if found and kind == "school":
                    found_all_the_same |= {f"{method}.{name}" for name in names & looked_at}
    assert (not_found, found_all_the_same) == (set(), set())


@pytest.mark.parametrize("service", SERVICES)
def test_who_has_to_narrow_a_long_list_is_told_a_filter_and_none_that_is_hidden_from_them(
    service: str, harness_of: HarnessOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness, told = harness_for(service, harness_of), list[Sequence[str]]()
    # Only while it answers can what a filter looks at be asked for.
    monkeypatch.setattr(listing, "find", lambda uow, wanted: told.append(wanted.alone()) or Found((), False, 0))
    nothing, hidden = set(), set()
    for method, operation in of(service).items():
        for kind in set() if method in SHORT else kinds(operation):
            someone = acting(demanded(operation), scope=kind, ids=() if kind == "school" else (new_id(),))
            harness.ask(operation.model_validate(needed(operation)), someone)
            alone = told.pop()
            nothing |= set() if alone else {(method, kind)}
            hidden |= {(method, kind, name) for name in alone if name in HIDDEN.get((method, str(kind)), set())}
            told_alone = describe("narrow_the_list", {"limit": PAGED, "filters": alone})
            assert not re.search("[a-z]", told_alone), "filters have words"
    assert (nothing, hidden) == (set(), set())


@pytest.mark.parametrize("service", SERVICES)
def test_a_list_is_put_together_once_and_not_for_each_request(
    service: str, harness_of: HarnessOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness, built, read = harness_for(service, harness_of), list[str](), list[Any]()
    monkeypatch.setattr(listing.Listing, "__post_init__", lambda its: built.append(method_name(its.contract)))
    as_it_is = listing.Listing.page
    monkeypatch.setattr(listing.Listing, "page", lambda its, *asked: read.append(its._rows) or as_it_is(its, *asked))
    for operation in of(service).values():
        someone = acting(demanded(operation), scope=next(kinds(operation)))
        assert refusal_of(harness, operation.model_validate(needed(operation)), someone) is None
        built.clear()
        harness.ask(operation.model_validate(needed(operation)), someone)
        if operation is not ListNotices:  # which there are, and what is shown of them, is the reader's
            assert (built, read.pop() is read.pop()) == ([], True)


def is_found(plan: Plan, wanted: Wanted, kind: str, names: frozenset[str]) -> bool:
    """Whether a plan finds a page soon however many rows there are: nothing is left to be looked at row by row, or one
    of two filters, of which that of a course is given to who sees courses. Where few rows stand among others' they are
    gathered; there are enough of many."""
    given = len(names | {"course_id"} if kind == "course" else names)
    return len(plan.left) <= given // 2 and (kind != "course" or given > 1 or not plan.among_others)


def refusals(harness: ServiceHarness, operation: type[PageQuery], kind: str) -> set[str]:
    """What somebody of this kind of scope can neither sort nor filter by."""
    someone = acting(demanded(operation), scope=kind, ids=() if kind == "school" else (new_id(),))
    asked = {f"sort {key}": {"sort": key} for key in sort_keys(harness, operation)}
    asked |= {field: {field: value} for field, value in filters(operation).items()}
    refused = set()
    for what, values in asked.items():
        if refusal := refusal_of(harness, operation.model_validate({**needed(operation), **values}), someone):
            by_sort = what.startswith("sort ")
            assert refusal.code == ("sort_not_supported" if by_sort else "filter_not_supported"), what
            assert by_sort or not re.search("[a-z]", describe(refusal.code, refusal.params)), "columns have words"
            refused.add(what)
    return refused


def test_every_exception_is_a_filter_of_a_list_that_is_there() -> None:
    known = {f"{name.partition('.')[2]}.{field}" for name, each in LISTS.items() for field in filters(each)}
    assert {each for each in BEYOND_THE_ROWS if "." in each} <= known
    assert {method for method, _ in HIDDEN} <= {name.partition(".")[2] for name in LISTS}
