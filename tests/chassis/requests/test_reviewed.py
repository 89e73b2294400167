"""What a service answers about a kind of request: one line of its table, made of the contracts that name the kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chassis.declaring.service import Service, command
from chassis.requests.asking import deciding, entering
from chassis.requests.reviewed import reviewed
from chassis.requests.showing import Shown, attaching
from chassis.work.workflow import Workflow
from contracts.base import Command, Page, PageQuery, Query, TryableCommand
from contracts.requests import Decision, RequestResults
from contracts.types import FileReference, Id, Ids
from tests.chassis.requests import leaves
from tests.chassis.requests.leaves import LEAVE, LEAVES, TWO_LOOKS, GrantLeaves, Library, ListLeaves, metadata
from tests.counting import A_PAGE, lines_of


def declared(line: Any, name: str = "library", **more: Any) -> type[Service]:
    return type("Declared", (Service,), {"name": name, "metadata": metadata, "requests": line, **more})


def test_a_whole_reviewed_request_is_a_page() -> None:
    assert lines_of(leaves) < A_PAGE


def test_one_line_has_every_contract_that_names_the_kind_and_what_the_kind_knows() -> None:
    assert Library.operations.keys() == {
        *("ask_for_leaves", "grant_leaves", "refuse_leaves", "revoke_leaves", "add_leave_files"),
        *("list_leaves", "count_leaves", "get_leave", "get_leave_file"),
    }
    assert Library.conflicts == {"uq_leaves_open": "request_already_open"}
    assert [(each.flow, each.listed) for each in Library.to_do] == [(LEAVE, ListLeaves)]
    assert Library.settings == (TWO_LOOKS,)


def test_what_the_service_says_itself_stands() -> None:
    conflicts = {"uq_leaves_open": "another_change_open"}
    made = declared(reviewed(Shown(LEAVES), leaves.against_leave), conflicts=conflicts, settings=(TWO_LOOKS,))
    assert (made.conflicts, made.settings) == (conflicts, (TWO_LOOKS,))


def test_what_others_copy_from_is_switched_by_no_setting_of_the_service() -> None:
    shared = replace(TWO_LOOKS, shared=True)
    steps = tuple(
        replace(step, when=step.when and shared, unless=step.unless and shared, emits=None) for step in LEAVE.steps
    )
    flow = Workflow("leave", LEAVE.initial, steps, open=LEAVE.open)
    assert declared(reviewed(Shown(replace(LEAVES, flow=flow)), leaves.against_leave)).settings == ()


def test_nothing_is_handled_twice() -> None:
    again = command(deciding(LEAVES, GrantLeaves, "grant"))
    with pytest.raises(TypeError, match="library handles grant_leaves twice"):
        declared(reviewed(Shown(LEAVES), leaves.against_leave), grant_leaves=again)


def test_where_the_kit_asks_somebody_says_what_speaks_against_it() -> None:
    with pytest.raises(TypeError, match="AskForLeaves asks, and nothing says what would speak against it"):
        declared(reviewed(Shown(LEAVES)))


class LendLeaves(TryableCommand, answers=RequestResults, service="lending", request="leave"):
    book_ids: Ids


class ListLoans(PageQuery, answers=Page[leaves.LeaveView], service="listing", request="leave"):
    shelf: str | None = None


class SearchLoans(PageQuery, answers=Page[leaves.LeaveView], service="searching", request="leave"):
    search: str | None = None


class ShowLeave(Query, answers=leaves.LeaveView, service="showing", request="leave"):
    leave_id: Id


class ShowNoLeave(Query, answers=leaves.LeaveDetails, service="unnamed_one", request="leave"):
    name: str


class GiveFile(ShowLeave, answers=FileReference, service="giving", request="leave"):
    pass


class AddFiles(Command, answers=leaves.LeaveDetails, service="adding", request="leave"):
    leave_id: Id


class GrantBoth(Decision, service="granting", request="leave"):
    leave_ids: Ids
    other_ids: Ids


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("lending", "LendLeaves has no field reader_ids, reason"),
        ("listing", "ListLoans filters by shelf, which no row has"),
        ("searching", "SearchLoans filters by search, which no row has"),
        ("showing", "LeaveView has no field history"),
        ("unnamed_one", "ShowNoLeave names requests in 0 fields, not in one"),
        ("giving", "GiveFile has no field file_id"),
        ("adding", "AddFiles has no field version, attachments"),
        ("granting", "GrantBoth names requests in 2 fields, not in one"),
    ],
)
def test_a_contract_that_could_not_be_answered_is_refused_when_the_service_is_loaded(service: str, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        declared(reviewed(Shown(LEAVES), leaves.against_leave), name=service)


def test_files_are_added_to_kinds_that_take_some() -> None:
    kind = replace(LEAVES, attachments=None)
    with pytest.raises(TypeError, match="AddLeaveFiles adds files, and leaves take none"):
        attaching(Shown(kind), leaves.AddLeaveFiles)
    with pytest.raises(TypeError, match="AskForLeaves comes with files, and leaves take none"):
        entering(kind, leaves.AskForLeaves, leaves.against_leave)


class ForgetLeaves(Decision, service="forgetful", request="leave"):
    leave_ids: Ids


def test_a_decision_begins_with_an_action_of_the_workflow() -> None:
    with pytest.raises(TypeError, match="ForgetLeaves begins with no action of the workflow leave"):
        declared(reviewed(Shown(LEAVES)), name="forgetful")


def test_a_contract_is_about_a_kind_only_where_it_says_so_itself() -> None:
    assert GrantLeaves.request == "leave"
    assert type("Other", (GrantLeaves,), {"__module__": __name__}, service="other").request == ""
    assert RequestResults not in (entry.operation for entry in Library.operations.values())
