"""What a service answers about a kind of request: one line of its table, made of the contracts that name the kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.declaring.service import Service, command
from chassis.requests.asking import deciding
from chassis.requests.reviewed import reviewed
from chassis.requests.showing import Shown
from chassis.work.workflow import Workflow
from contracts.requests import Decision, RequestResults
from contracts.types import Ids
from tests.chassis.requests import leaves
from tests.chassis.requests.leaves import LEAVE, LEAVES, TWO_LOOKS, GrantLeaves, Library, ListLeaves, metadata

MOST_LINES = 120


def declared(line: Any, name: str = "library", **more: Any) -> type[Service]:
    return type("Declared", (Service,), {"name": name, "metadata": metadata, "requests": line, **more})


def test_a_whole_reviewed_request_is_a_page() -> None:
    written = Path(leaves.__file__).read_text("utf-8").splitlines()
    assert len([line for line in written if line.strip()]) < MOST_LINES


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


class ForgetLeaves(Decision, service="forgetful", request="leave"):
    leave_ids: Ids


def test_a_decision_begins_with_an_action_of_the_workflow() -> None:
    with pytest.raises(TypeError, match="ForgetLeaves begins with no action of the workflow leave"):
        declared(reviewed(Shown(LEAVES)), name="forgetful")


def test_a_contract_is_about_a_kind_only_where_it_says_so_itself() -> None:
    assert GrantLeaves.request == "leave"
    assert type("Other", (GrantLeaves,), {"__module__": __name__}, service="other").request == ""
    assert RequestResults not in (entry.operation for entry in Library.operations.values())
